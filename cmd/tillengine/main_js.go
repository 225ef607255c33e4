//go:build js

package main

import "syscall/js"

// main gives the page the object tillengine and stays to answer. When the page has set the function
// tillengineReady, it is called once the engine can be used.
func main() {
	e := newEngine()
	call := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if len(args) != 2 || args[0].Type() != js.TypeString || args[1].Type() != js.TypeString {
			return string(encode(nil, errCall))
		}
		return string(e.call(args[0].String(), []byte(args[1].String())))
	})
	api := js.Global().Get("Object").New()
	api.Set("call", call)
	js.Global().Set("tillengine", api)
	if ready := js.Global().Get("tillengineReady"); ready.Type() == js.TypeFunction {
		ready.Invoke()
	}
	select {}
}
