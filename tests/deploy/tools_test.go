package deploy_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// Programs that judge files of deploy/, and are built for that.
const (
	compose    = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2" // what "docker compose" reads its files with
	kubernetes = "sigs.k8s.io/kubectl-validate@v0.0.4"               // what the API server refuses, without one
)

// TestEveryFileIsRightForItsProgram also shows each program a mistake, so that its word
// counts.
func TestEveryFileIsRightForItsProgram(t *testing.T) {
	if !*everything {
		return
	}
	promtool, systemd := need.Program(t, "promtool"), need.Program(t, "systemd-analyze")
	for _, c := range []struct {
		name string
		// file of deploy/ is copied, with the whole folder, and checked there; wrong is a
		// mistake in place of right.
		file, right, wrong string
		command            []string
	}{
		{"compose", "compose/compose.yaml", "stop_grace_period: 35s", "stop_grace: 35s", []string{"go", "run", compose, "compose.yaml"}},
		{"kubernetes", "kubernetes/community.yaml", "maxUnavailable: 1", "maximumUnavailable: 1", []string{"go", "run", kubernetes, "--version", "1.30", "."}},
		{"kubernetes' network", "kubernetes/network.yaml", "pathType: Prefix", "pathType: 7", []string{"go", "run", kubernetes, "--version", "1.30", "."}},
		{"replica", "systemd/community@.service", "ProtectSystem=strict", "ProtectSystem=perhaps", []string{systemd, "verify", "--man=no", "./community@1.service"}},
		{"migration", "systemd/community-migrate.service", "Type=oneshot", "Type=twoshot", []string{systemd, "verify", "--man=no", "./community-migrate.service"}},
		{"backup", "systemd/community-backup.timer", "OnCalendar=*-*-* 03:30", "OnCalendar=25:30", []string{systemd, "verify", "--man=no", "./community-backup.service", "./community-backup.timer"}},
		{"what a replica may do", "systemd/community@.service", "CapabilityBoundingSet=", "CapabilityBoundingSet=~", []string{systemd, "security", "--offline=true", "--no-pager", "--threshold=15", "./community@1.service"}},
		{"what the migration may do", "systemd/community-migrate.service", "CapabilityBoundingSet=", "CapabilityBoundingSet=~", []string{systemd, "security", "--offline=true", "--no-pager", "--threshold=10", "./community-migrate.service"}},
		{"what the backup may do", "systemd/community-backup.service", "CapabilityBoundingSet=", "CapabilityBoundingSet=~", []string{systemd, "security", "--offline=true", "--no-pager", "--threshold=10", "./community-backup.service"}},
		{"prometheus", "prometheus/prometheus.yml", "rule_files: [alerts.yml]", "rule_files: alerts.yml", []string{promtool, "check", "config", "prometheus.yml"}},
		{"alerts", "prometheus/alerts.yml", "for: 5m", "for: five minutes", []string{promtool, "check", "rules", "alerts.yml"}},
		{"what alerts fire", "prometheus/alerts.yml", "expr: postern_ready == 0", "expr: postern_ready == 1", []string{promtool, "test", "rules", filepath.Join(need.Root(t), "tests/deploy/testdata/alerts.yml")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := judge(t, c.file, "", "", c.command)
			require.NoError(t, err, out)
			out, err = judge(t, c.file, c.right, c.wrong, c.command)
			require.Error(t, err, "this mistake was not found: %s", out)
		})
	}
}

// judge runs a program on a copy of deploy/, in the folder of a file that may have a mistake.
func judge(t *testing.T, file, right, wrong string, command []string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(need.Root(t), "deploy"))))
	file = filepath.Join(dir, file)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), right)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), right, wrong, 1)), 0o600))
	if units, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*.service")); units != nil {
		for _, unit := range units { // with a program that is there, and an instance
			text, err := os.ReadFile(unit)
			require.NoError(t, err)
			name := strings.Replace(unit, "@.", "@1.", 1)
			require.NoError(t, os.WriteFile(name, []byte(strings.ReplaceAll(string(text), "/usr/local/bin/community", "/bin/true")), 0o600))
		}
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = filepath.Dir(file)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if strings.HasSuffix(command[len(command)-1], "testdata/alerts.yml") {
		tests, err := os.ReadFile(command[len(command)-1])
		require.NoError(t, err)
		copied := filepath.Join(cmd.Dir, "tests.yml")
		require.NoError(t, os.WriteFile(copied, tests, 0o600))
		cmd.Args[len(cmd.Args)-1] = copied
	}
	out, err := cmd.CombinedOutput()
	if err == nil && command[1] == "verify" && len(out) > 0 {
		err = fmt.Errorf("it has something to say") // and ignores what it does not understand
	}
	return string(out), err
}

func TestPrepareMakesTheSecretsOfCompose(t *testing.T) {
	if !*everything || os.Geteuid() != 0 {
		return
	}
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(need.Root(t), "deploy", "compose"))))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "secrets")))
	_, named, _ := strings.Cut(read(t, "deploy/compose/compose.yaml"), "\nsecrets:\n")
	require.NotEmpty(t, named)
	before := map[string]string{}
	for range 2 { // again, it changes nothing
		cmd := exec.Command("sh", "./prepare")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		for line := range strings.Lines(named) {
			_, file, found := strings.Cut(strings.TrimSuffix(strings.TrimSpace(line), " }"), "file: ")
			require.True(t, found, line)
			info, err := os.Stat(filepath.Join(dir, file))
			require.NoError(t, err)
			require.Zero(t, info.Mode().Perm()&0o022)
			if file != "secrets/mail_certificate" {
				require.Zero(t, info.Mode().Perm()&0o007, "%s is readable by all", file)
			}
			text, err := os.ReadFile(filepath.Join(dir, file))
			require.NoError(t, err)
			require.True(t, before[file] == "" || before[file] == string(text), file)
			require.Greater(t, len(text), 20)
			before[file] = string(text)
		}
	}
}
