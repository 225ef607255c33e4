// Command generate makes the files of the API that are made from other files:
//
//	go run ./generate words     the comments of the Go types in the document, and all faults
//	go run ./generate document  the OpenAPI document, which has these words in it
//
// It runs in the folder of the package httpapi (go generate). Two steps, because the words are embedded
// in the program that makes the document.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
)

// root is the project's folder, seen from that of the package httpapi.
var root = filepath.Join("..", "..", "..")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate: "+err.Error())
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("say words or document")
	}
	switch args[0] {
	case "words":
		types, err := readTypes(httpapi.DocumentTypes())
		if err != nil {
			return err
		}
		faults, err := readFaults()
		if err != nil {
			return err
		}
		return errors.Join(write("words.json", types), write("faults.json", faults))
	case "document":
		return os.WriteFile(filepath.Join(root, "api", "openapi.json"), httpapi.Document(), 0o644)
	}
	return errors.New("there is no " + args[0])
}

func write(name string, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
