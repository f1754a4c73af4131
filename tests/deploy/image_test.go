package deploy_test

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// TestTheImageHasAllThatTheProgramNeeds builds what the Dockerfile does, and runs it where
// nothing else is, with the account of the image.
func TestTheImageHasAllThatTheProgramNeeds(t *testing.T) {
	if !*everything {
		return
	}
	file := read(t, "deploy/Dockerfile")
	build := regexp.MustCompile(`(?m)^RUN (.+ -o /community .+)$`).FindStringSubmatch(file)
	require.NotNil(t, build)
	root, err := os.MkdirTemp("", "image") // as t.TempDir, but others may enter it
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(root) })
	require.NoError(t, os.Chmod(root, 0o755))
	program := filepath.Join(root, "community")
	cmd := exec.Command("sh", "-c", strings.Replace(build[1], "-o /community", "-o "+program, 1))
	cmd.Dir = need.Root(t)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	binary, err := elf.Open(program)
	if err != nil {
		return // no Linux
	}
	defer binary.Close()
	for _, p := range binary.Progs {
		require.NotEqual(t, elf.PT_INTERP, p.Type, "it is linked with libraries, which the image does not have")
	}
	require.Contains(t, file, "FROM scratch\n")
	require.Contains(t, file, "\nUSER 65532:65532\n")
	if os.Geteuid() != 0 {
		return
	}
	inside := exec.Command("/community", "alias", "set", "-help")
	inside.Dir, inside.Env = "/", []string{}
	inside.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	out, err = inside.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "alias set")
}
