package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/tests/need"
)

// read is a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(need.Root(t), filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(text)
}

func TestEveryWaySetsWhatTheProgramReads(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(need.Root(t), "examples/replicas/*.go"))
	require.NoError(t, err)
	var known, required []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`s\.(env|file|required)\("([A-Z_]+)"\)`).FindAllStringSubmatch(string(text), -1) {
			known = append(known, m[2])
			if m[1] == "required" {
				required = append(required, m[2])
			}
		}
		// What a command wants besides: open(ctx, env, log, "LISTEN").
		for _, m := range regexp.MustCompile(`open\(ctx, env, log((?:, "[A-Z_]+")+)\)`).FindAllStringSubmatch(string(text), -1) {
			for _, name := range regexp.MustCompile(`[A-Z_]+`).FindAllString(m[1], -1) {
				known, required = append(known, name), append(required, name)
			}
		}
	}
	require.Contains(t, required, "ORIGIN")
	others := []string{"GOMAXPROCS", "GOMEMLIMIT"} // of the runtime
	for way, text := range map[string]string{
		"compose":    section(t, read(t, "deploy/compose/compose.yaml"), "x-replica", "app3:") + section(t, read(t, "deploy/compose/compose.yaml"), "  migrate:", "  db:"),
		"kubernetes": read(t, "deploy/kubernetes/community.yaml"),
		"systemd":    read(t, "deploy/systemd/community.env") + read(t, "deploy/systemd/community@.service") + read(t, "deploy/systemd/community-migrate.service"),
	} {
		var set []string
		for _, m := range regexp.MustCompile(`(?m)(?:^ *|[ =]|name: )([A-Z][A-Z_]{4,})(?:=|: |, value)`).FindAllStringSubmatch(text, -1) {
			set = append(set, m[1])
		}
		for _, name := range required {
			require.Contains(t, set, name, way)
		}
		for _, name := range set {
			require.Contains(t, slices.Concat(known, others), name, "%s sets what the program does not read", way)
		}
	}
	table := read(t, "deploy/README.md")
	for _, name := range known {
		require.Contains(t, table, "`"+name+"`", "the table of settings")
	}
}

func section(t *testing.T, text, from, to string) string {
	t.Helper()
	_, text, found := strings.Cut(text, from)
	require.True(t, found, from)
	text, _, found = strings.Cut(text, to)
	require.True(t, found, to)
	return text
}

func TestProxiesLogNothingThatCouldBeAnAlias(t *testing.T) {
	for name, pattern := range map[string]string{
		"deploy/nginx/community.conf": `"~(.+)" +"-";`,
		"deploy/compose/Caddyfile":    `request>uri regexp "(.+)" "-"`,
	} {
		all := regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, name), -1)
		require.NotEmpty(t, all, name)
		for _, m := range all {
			hides := regexp.MustCompile(m[1])
			for _, char := range "abcdefghijklmnopqrstuvwxyz0123456789-" {
				alias := strings.Repeat(string(char), desk.AliasShortest)
				for _, uri := range []string{"/" + alias, "/" + alias + "/login?x=y", "/forum/" + alias, "//" + strings.ToUpper(alias), "/?next=%2F" + alias, "/%2d" + alias[1:]} {
					require.True(t, hides.MatchString(uri), "%s: %s", name, uri)
				}
			}
			require.False(t, hides.MatchString("/forum/42?page=3"), name)
		}
	}
}
