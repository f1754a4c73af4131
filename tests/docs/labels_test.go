package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// label is what a document says stands on a page.
var label = regexp.MustCompile(`\*\*([^*\n]+)\*\*`)

// TestLabelsThatTheGuideToTheOfficeNamesAreOnItsPages looks for each of them
// where the words of pages come from.
func TestLabelsThatTheGuideToTheOfficeNamesAreOnItsPages(t *testing.T) {
	var words strings.Builder
	root := need.Root(t)
	for _, dir := range []string{"internal/pages", "internal/view", "internal/messages/languages/en"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, filepath.FromSlash(dir)), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(name, "testdata") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			words.Write(text)
			return err
		}))
	}
	labels := label.FindAllStringSubmatch(documents(t)["docs/running-the-office.md"], -1)
	require.Greater(t, len(labels), 20)
	var missing []string
	for _, found := range labels {
		// What is all in small letters is said with force, and no label.
		if found[1] != strings.ToLower(found[1]) && !strings.Contains(words.String(), found[1]) {
			missing = append(missing, found[1])
		}
	}
	require.Empty(t, missing, "no page says this")
}
