package gallery_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/gallery"
	"github.com/postern-go/postern/internal/messages"
)

// madeUp is a catalogue with the language en-XA: every text of a message is the English one
// between "⟦" and "⟧", arguments outside, as a host would add it.
func madeUp(t *testing.T) *messages.Catalogue {
	t.Helper()
	pieces := regexp.MustCompile(`[^{}<>]+|\{[^}]*\}|<[^>]*>`)
	bracketed := func(text string) string {
		return pieces.ReplaceAllStringFunc(text, func(piece string) string {
			if strings.ContainsAny(piece[:1], "{<") {
				return piece
			}
			return "⟦" + piece + "⟧"
		})
	}
	all := map[string]any{}
	for _, key := range messages.Keys() {
		if strings.HasPrefix(key, "format.group") {
			continue // no words, but how numbers are written
		}
		written, forms := messages.Written(key), map[string]string{}
		if json.Unmarshal([]byte(written), &forms) != nil {
			all[key] = bracketed(written)
			continue
		}
		for form, text := range forms {
			forms[form] = bracketed(text)
		}
		all[key] = forms
	}
	file, err := json.Marshal(all)
	require.NoError(t, err)
	c, err := messages.Load(fstest.MapFS{"en-XA.json": {Data: file}})
	require.NoError(t, err)
	return c
}

var (
	unread = regexp.MustCompile(`(?s)<svg.*?</svg>|<script.*?</script>|<(?:bdi|code)\b[^>]*>[^<]*</(?:bdi|code)>|<[a-z]+\b[^>]* dir="ltr"[^>]*>[^<]*`)
	labels = regexp.MustCompile(`\s(?:title|alt|label|placeholder|aria-label|data-(?:first|found|heading|marked|matches|no-answer|none|said|state|strength-word|ticked|ticked-all|ticked-rows|too-many))="([^"]*)"`)
	texts  = regexp.MustCompile(`>([^<]+)`)
	// named are initials, colours, addresses, time zones, programs and names of events: the
	// same in every language.
	named = regexp.MustCompile(`(?s)^(\p{L}{1,2}|#[0-9a-f]{6}|.*\S+@\S+.*|https?://\S+|UTC\S*|Linux|Firefox|Safari|Chrome|Windows|[a-z_]+(\.[a-z_]+)+)$`)
)

// TestEverythingIsSaidByTheCatalogue reads all pages in a made-up language: what is not in it
// must be data that a scene put there, or no translator sees it.
func TestEverythingIsSaidByTheCatalogue(t *testing.T) {
	given, words := literals(t, ".", "../testoffice")
	isData := func(piece string) bool {
		if named.MatchString(piece) || strings.Contains(given, "\n"+piece+"\n") || strings.Contains(piece, " ") && strings.Contains(given, piece) {
			return true
		}
		for _, word := range strings.Fields(piece) {
			if !words[word] { // Scenes make names of lists of words.
				return false
			}
		}
		return true
	}
	read := 0
	for _, s := range gallery.In(t, "en-XA", madeUp(t)) {
		if s.Host != nil {
			continue // its words are the host's
		}
		if s.Frame.In().Tag != "en-XA" {
			continue // a scene about other languages
		}
		read++
		page := unread.ReplaceAllString(string(s.HTML), "")
		for _, found := range append(texts.FindAllStringSubmatch(page, -1), labels.FindAllStringSubmatch(page, -1)...) {
			for _, text := range unpack(html.UnescapeString(found[1])) {
				for _, piece := range messages.Unsaid(text) {
					piece = strings.TrimSpace(strings.ReplaceAll(piece, "Sunday Cyclists", ""))
					if piece = strings.Trim(piece, "· "); !isData(piece) {
						t.Errorf("%s says %q in no language", s.Name, piece)
					}
				}
			}
		}
	}
	require.Greater(t, read, 200)
}

// unpack returns a text, or the plural forms in it, which the script says.
func unpack(text string) (all []string) {
	forms := map[string]string{}
	if json.Unmarshal([]byte(text), &forms) != nil {
		return []string{text}
	}
	for _, form := range forms {
		all = append(all, regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(form, ""))
	}
	return all
}

// literals are the strings in the Go files of folders, a line each, and by themselves, also in
// lower case.
func literals(t *testing.T, folders ...string) (lines string, words map[string]bool) {
	t.Helper()
	words = map[string]bool{}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			require.NoError(t, err)
			ast.Inspect(parsed, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, err := strconv.Unquote(lit.Value)
					require.NoError(t, err)
					lines += "\n" + text + "\n"
					word := strings.TrimSpace(text)
					words[word], words[strings.ToLower(word)] = true, true
				}
				return true
			})
		}
	}
	return lines, words
}
