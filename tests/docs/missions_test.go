package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// missions is how many rows there are of what users come for.
const missions = 15

// TestTheReadmeLinksEachMissionToItsBrowserTest: the table of features says
// nothing that nobody has tried in a browser.
func TestTheReadmeLinksEachMissionToItsBrowserTest(t *testing.T) {
	_, features, found := strings.Cut(documents(t)["README.md"], "\n## What it does\n")
	require.True(t, found)
	features, _, _ = strings.Cut(features, "\n## ")
	for n := 1; n <= missions; n++ {
		file := fmt.Sprintf("tests/browser/mission%02d_test.go", n)
		require.Contains(t, features, fmt.Sprintf("[%d](%s)", n, file))
		source, err := os.ReadFile(filepath.Join(need.Root(t), filepath.FromSlash(file)))
		require.NoError(t, err)
		tests := regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(source, -1)
		require.Len(t, tests, 1, file)
		require.True(t, strings.HasPrefix(string(tests[0][1]), fmt.Sprintf("TestMission%02d", n)), file)
	}
	for _, row := range strings.Split(features, "\n") {
		if strings.HasPrefix(row, "| **") {
			require.Regexp(t, `\]\(tests/browser/\w+_test\.go\) \|$`, row, "a feature that no browser test tries")
		}
	}
}
