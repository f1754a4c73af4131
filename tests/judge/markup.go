package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/postern-go/postern/tests/need"
)

// Finding is an error in a page or stylesheet.
type Finding struct {
	// Name is the key under which the document was given.
	Name string
	Line int
	// Message describes the error; Extract shows it.
	Message, Extract string
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.Name, f.Line, f.Message, f.Extract)
}

// Markup checks documents with vnu, the W3C's validator, and returns their errors,
// sorted by document and line. The keys name the documents in the findings; a key
// that ends in ".css" is a stylesheet, all others are pages. Pass all documents at
// once: a call starts a Java machine for pages and one for stylesheets, which takes
// longer than the check.
func Markup(t testing.TB, documents map[string][]byte) []Finding {
	t.Helper()
	var pages, sheets []string
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		if strings.HasSuffix(name, ".css") {
			sheets = append(sheets, name)
		} else {
			pages = append(pages, name)
		}
	}
	if len(documents) == 0 {
		t.Fatal("check markup: there is nothing to check")
	}
	// Not a single run with --also-check-css, which miscounts the lines of pages.
	findings := validate(t, "--html", pages, documents)
	return append(findings, validate(t, "--css", sheets, documents)...)
}

// vnu does not know container queries yet (CSS Containment Level 3), and would not
// read their contents. Their conditions are those of media queries, so they are
// judged as such; the property that names the container is left out, as is field-sizing,
// which it does not know either.
var (
	containerQuery = regexp.MustCompile(`@container [a-z-]+ \(`)
	unknown        = regexp.MustCompile(`\b(container: [a-z-]+ / inline-size|field-sizing: content);`)
)

func withoutUnknown(sheet []byte) []byte {
	return unknown.ReplaceAll(containerQuery.ReplaceAll(sheet, []byte("@media (")), nil)
}

// validate runs vnu over the named documents, all of one kind.
func validate(t testing.TB, kind string, names []string, documents map[string][]byte) []Finding {
	t.Helper()
	java := need.Program(t, "java")
	jar := need.Package(t, "vnu-jar/build/dist/vnu.jar")
	if len(names) == 0 {
		return nil
	}
	args := []string{"-jar", jar, "--format", "json", "--stdout", "--exit-zero-always", kind}
	dir, byFile := t.TempDir(), map[string]string{}
	for i, name := range names {
		file := filepath.Join(dir, fmt.Sprintf("%04d.%s", i, strings.Trim(kind, "-")))
		text := documents[name]
		if kind == "--css" {
			text = withoutUnknown(text)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatalf("check markup: %v", err)
		}
		args = append(args, file)
		byFile[filepath.Base(file)] = name
	}
	report, err := output(t, exec.Command(java, args...))
	if err != nil {
		t.Fatalf("check markup: %v: %s", err, report)
	}
	findings, err := decode(report, byFile)
	if err != nil {
		t.Fatalf("check markup: %v", err)
	}
	return findings
}

// decode returns the errors of a report, including those that stopped vnu.
func decode(report string, byFile map[string]string) ([]Finding, error) {
	var decoded struct {
		Messages []struct {
			Type, URL, Message, Extract string
			LastLine                    int
		}
	}
	if err := json.Unmarshal([]byte(report), &decoded); err != nil {
		return nil, fmt.Errorf("decode vnu's report: %w: %s", err, report)
	}
	var findings []Finding
	for _, m := range decoded.Messages {
		if m.Type == "info" { // advice, such as a slash after a void element
			continue
		}
		findings = append(findings, Finding{
			Name: byFile[m.URL[strings.LastIndex(m.URL, "/")+1:]], Line: m.LastLine,
			Message: m.Message, Extract: m.Extract,
		})
	}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		if by := strings.Compare(a.Name, b.Name); by != 0 {
			return by
		}
		return a.Line - b.Line
	})
	return findings, nil
}
