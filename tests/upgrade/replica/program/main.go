// Command program is a replica and nothing else.
package main

import (
	"fmt"
	"os"

	"github.com/postern-go/postern/tests/upgrade/replica"
)

func main() {
	if !replica.Main() {
		fmt.Fprintln(os.Stderr, "the test of upgrades runs this, and sets", replica.Env)
		os.Exit(2)
	}
}
