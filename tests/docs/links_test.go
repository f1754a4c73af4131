package docs_test

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

var (
	link    = regexp.MustCompile(`\]\(([^()\s]+)\)|(?:src|srcset)="([^"]+)"`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	fence   = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	inline  = regexp.MustCompile("`[^`\n]+`")
	// ours is a path of this repository, as documents write it.
	ours = regexp.MustCompile(`^(backoffice|benchmarks|docs|examples|internal|mail|metrics|passkey|password|reset|scripts|store|tests|totp)/[A-Za-z0-9_./-]*$`)
	// elsewhere is a path on the machine of whoever wrote the document.
	elsewhere = regexp.MustCompile(`(^|[\s"'(\x60])(/work|/tmp|/home|/Users|/root|/mnt|C:\\)([/\s"'\x60)]|$)`)
)

func TestRelativeLinksLeadSomewhere(t *testing.T) {
	root, texts := need.Root(t), documents(t)
	for name, text := range texts {
		prose := inline.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
		for _, found := range link.FindAllStringSubmatch(prose, -1) {
			to, err := url.Parse(found[1] + found[2])
			require.NoError(t, err, name)
			if to.Scheme != "" {
				continue
			}
			target := name
			if to.Path != "" {
				target = path.Join(path.Dir(name), to.Path)
				_, err := os.Stat(filepath.Join(root, filepath.FromSlash(target)))
				require.NoError(t, err, "%s links to %s", name, to)
			}
			if to.Fragment != "" {
				require.Contains(t, anchors(texts[target]), to.Fragment, "%s links to %s", name, to)
			}
		}
	}
}

// anchors are the fragments that headings can be reached by.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, found := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		all[strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, found[1])] = true
	}
	return all
}

func TestPathsThatDocumentsNameExist(t *testing.T) {
	root := need.Root(t)
	for name, text := range documents(t) {
		require.NotRegexp(t, elsewhere, text, "%s names a path outside the repository", name)
		if strings.Contains(text, "**Superseded by") {
			continue // it tells of the tree of its time
		}
		for _, span := range inline.FindAllString(fence.ReplaceAllString(text, ""), -1) {
			span = strings.Trim(span, "`")
			if !ours.MatchString(span) {
				continue
			}
			file, _, _ := strings.Cut(span, ".Test")
			file, _, _ = strings.Cut(file, ".Fuzz")
			file, _, _ = strings.Cut(file, ".Benchmark")
			file, _, _ = strings.Cut(file, ".Example")
			_, err := os.Stat(filepath.Join(root, filepath.FromSlash(file)))
			require.NoError(t, err, "%s names %s", name, span)
		}
	}
}
