// Package need finds and runs the programs that tests rely on. It decides what happens
// when one is not installed: outside CI the test is skipped with a line that says what is
// missing and how to get it; with CI=true it fails. tests/arch ensures that tests do
// not call Skip themselves.
package need

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// install names the package of each program. "make test" installs all of them on
// Debian and Ubuntu.
var install = map[string]string{
	"chromium-headless-shell": "apt-get install chromium-headless-shell, or name another Chromium in $CHROME",
	"initdb":                  "apt-get install postgresql",
	"ip":                      "apt-get install iproute2",
	"java":                    "apt-get install default-jre-headless",
	"mariadb-dump":            "apt-get install mariadb-client",
	"mariadbd":                "apt-get install mariadb-server-core mariadb-client",
	"nginx":                   "apt-get install nginx-light",
	"node":                    "apt-get install nodejs",
	"oathtool":                "apt-get install oathtool",
	"pgbouncer":               "apt-get install pgbouncer",
	"rsync":                   "apt-get install rsync",
	"zbarimg":                 "apt-get install zbar-tools",
}

// Program returns the path of the first of names found on the PATH. If there is
// none, the test is skipped, or fails with CI=true. Messages use the first name.
func Program(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Missing(t, names[0], install[names[0]])
	return ""
}

// Package returns the path of a file inside a package that
// scripts/install-test-tools fetches with npm, such as "axe-core/axe.min.js".
// If it is missing, the test is skipped, or fails with CI=true.
func Package(t testing.TB, file string) string {
	t.Helper()
	path := filepath.Join(Root(t), ".tools", "node_modules", filepath.FromSlash(file))
	if _, err := os.Stat(path); err != nil {
		Missing(t, file, "scripts/install-test-tools")
	}
	return path
}

// Missing skips or fails a test that needs what. The hint says how to get it.
func Missing(t testing.TB, what, hint string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing and CI=true: %s", what, hint)
	}
	t.Skipf("SKIPPED: %s is missing: %s", what, hint)
}

// Root returns the folder of the repository, the one that holds go.work.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("find the repository: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("find the repository: no go.work above the working directory")
		}
		dir = parent
	}
}
