//go:build !js

package main

import (
	"fmt"
	"io"
	"os"
)

// main answers one call: the name is the argument, the input is read from standard input. It ends
// with 1 when the answer is a fault.
func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: tillengine CALL < input.json")
		fmt.Fprintln(os.Stderr, "for the register: GOOS=js GOARCH=wasm go build -ldflags '-s -w' -trimpath ./cmd/tillengine")
		os.Exit(2)
	}
	input, err := io.ReadAll(io.LimitReader(os.Stdin, maxBook+1))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	answer := newEngine().call(os.Args[1], input)
	fmt.Printf("%s\n", answer)
	if len(answer) > 8 && string(answer[:8]) == `{"fault"` {
		os.Exit(1)
	}
}
