package upgrade_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

var (
	whole = flag.Bool("upgrade", false, "build an earlier version, and run its replicas beside those of this one")
	from  = flag.String("from", "", "with -upgrade, the commit of the earlier version (default: the newest release, or else the commit before this one)")
)

// TestReplicasOfAnEarlierVersion upgrades from an earlier version to this one, with its own
// program, on each database.
func TestReplicasOfAnEarlierVersion(t *testing.T) {
	if !*whole {
		t.Log(`"make upgrade" runs it: a version takes a while to build`)
		return
	}
	was, is := earlier(t), this(t)
	for name, settings := range databases(t) {
		t.Run(name, func(t *testing.T) {
			if !was.knows(settings.Dialect) {
				t.Logf("%s has no %s", was.name, name)
				return
			}
			newOffice(t, settings).roll(was, is, func() {})
		})
	}
}

// earlier builds an earlier version of the library with the replica that is here, unless it has
// one of its own.
func earlier(t *testing.T) program {
	root := need.Root(t)
	commit := *from
	if commit == "" {
		if _, err := git(t, root, "rev-parse", "--verify", "--quiet", "HEAD~1^{commit}"); err != nil {
			need.Missing(t, "the commit before this one", "git fetch --unshallow, in a clone of the repository")
		}
		tag, _ := git(t, root, "describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD~1")
		commit = cmp.Or(tag, "HEAD~1")
	}
	commit, err := git(t, root, "rev-parse", "--verify", commit+"^{commit}")
	require.NoError(t, err, commit)
	dir := t.TempDir()
	run(t, root, "sh", "-c", `git archive "$1" | tar -x -C "$2"`, "sh", commit, dir)
	path := filepath.Join(dir, "earlier")
	own := filepath.Join(dir, "tests", "upgrade", "replica")
	if _, err := os.Stat(own); err != nil {
		require.NoError(t, os.CopyFS(own, os.DirFS(filepath.Join(root, "tests", "upgrade", "replica"))))
		if p := (program{path: path}); !p.knows("mysql") {
			require.NoError(t, os.Remove(filepath.Join(own, "mysql.go")))
		}
	}
	run(t, dir, "go", "build", "-o", path, "./tests/upgrade/replica/program")
	t.Logf("upgrades from %s", commit)
	return program{name: "version " + commit[:12], path: path}
}

// knows reports whether a version that was built has a dialect.
func (p program) knows(dialect string) bool {
	_, err := os.Stat(filepath.Join(filepath.Dir(p.path), "store", "sqlstore", "migrations", dialect))
	return err == nil
}

// knowsNoNewerTables reports whether a version is from before min_version: it refuses to start
// on tables of any newer one, though one that runs goes on.
func knowsNoNewerTables(p program) bool {
	_, err := os.Stat(filepath.Join(filepath.Dir(p.path), "go.mod"))
	if err != nil {
		return false // this version
	}
	later, _ := filepath.Glob(filepath.Join(filepath.Dir(p.path), "store", "sqlstore", "migrations", "sqlite", "0003_*"))
	return len(later) == 0
}

func git(t *testing.T, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

func run(t *testing.T, dir string, command ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, fmt.Sprintf("%v: %s", command, out))
}
