// Package judge has programs of other authors judge what we produce: zbarimg
// reads our QR codes, oathtool makes the codes we accept, vnu checks our markup
// and axe our pages' accessibility.
//
// A judge that is not installed skips the test, or fails it with CI=true.
package judge

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// output runs a program and returns what it said, or ends the test. An exit
// status that is not 0 is left to the caller, because judges use it for
// verdicts.
func output(t testing.TB, cmd *exec.Cmd) (stdout string, exit error) {
	t.Helper()
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	if err != nil && out.Len() == 0 && problems.Len() > 0 {
		t.Fatalf("%s: %v: %s", cmd.Path, err, strings.TrimSpace(problems.String()))
	}
	return out.String(), err
}
