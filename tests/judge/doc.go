// Package judge lets independent programs judge our output: zbarimg reads our QR
// codes, oathtool generates the codes we accept, vnu checks our markup and axe our
// pages' accessibility.
//
// If a judge is not installed, the test is skipped, or fails with CI=true.
package judge

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// output runs a program and returns its output, or ends the test. It returns an
// exit status other than 0 as exit, because judges use it for verdicts.
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
