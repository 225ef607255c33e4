// Command tillpost is the whole of Tillpost: point of sale, books, hub and insight in one program.
package main

import (
	"os"

	"github.com/tillpost/tillpost/internal/edge/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
