package pages_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/view"
)

// TestEveryIconIsInTheSprite looks for names that have no shape: they would show nothing.
func TestEveryIconIsInTheSprite(t *testing.T) {
	sprite, err := os.ReadFile("templates/partials/icon.html")
	require.NoError(t, err)
	names := view.MenuIcons
	named := regexp.MustCompile(`template "icon" "([a-z]+)"`)
	require.NoError(t, fs.WalkDir(os.DirFS("templates"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".html") {
			return err
		}
		text, err := os.ReadFile("templates/" + name)
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
		return err
	}))
	for _, level := range []view.Level{view.LevelInfo, view.LevelSuccess, view.LevelWarning, view.LevelDanger} {
		names = append(names, level.Icon())
	}
	routes, err := os.ReadFile("routes.go")
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`"/[a-z]+", "([a-z]+)"},`).FindAllStringSubmatch(string(routes), -1) {
		names = append(names, m[1])
	}
	require.Greater(t, len(names), 60)
	for _, name := range names {
		require.Contains(t, string(sprite), `<symbol id="i-`+name+`" viewBox="0 0 24 24">`, "icon %q is missing", name)
	}
}
