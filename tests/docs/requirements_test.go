package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// requirement is a row of docs/requirements.md.
type requirement struct {
	part, id, state, proof, reason string
}

const (
	holds       = "holds"
	departs     = "departs"
	holdsInPart = "in part"
	open        = "open"
	notHere     = "not here"
)

var (
	partHeading = regexp.MustCompile(`^## ([A-K])\. `)
	// named is a test as documents name it: the folder of its package, a dot,
	// the function.
	named = regexp.MustCompile(`^([a-z0-9_/]+)\.((?:Test|Fuzz|Benchmark|Example)[A-Za-z0-9_]*)$`)
)

// requirements reads the tables of docs/requirements.md that begin at the headings
// of the parts: row, what, state, proof, reason.
func requirements(t *testing.T) []requirement {
	t.Helper()
	var rows []requirement
	part := ""
	for _, line := range strings.Split(documents(t)["docs/requirements.md"], "\n") {
		if strings.HasPrefix(line, "#") {
			part = ""
			if found := partHeading.FindStringSubmatch(line); found != nil {
				part = found[1]
			}
			continue
		}
		if part == "" || !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| row |") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "| "), " |"), " | ")
		require.Len(t, cells, 5, "cells of: %s", line)
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, requirement{part, cells[0], cells[2], cells[3], cells[4]})
	}
	return rows
}

func TestEveryRequirementIsAnsweredOnce(t *testing.T) {
	list, err := os.ReadFile(filepath.Join("testdata", "requirements.txt"))
	require.NoError(t, err)
	var wanted []string
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		if !strings.HasPrefix(line, "#") {
			cells := strings.Split(line, "\t")
			require.Len(t, cells, 3, line)
			wanted = append(wanted, cells[0]+" "+cells[1])
		}
	}
	var answered []string
	for _, r := range requirements(t) {
		answered = append(answered, r.part+" "+r.id)
	}
	slices.Sort(wanted)
	slices.Sort(answered)
	require.Equal(t, wanted, answered)
}

func TestEveryAnswerNamesAProofOrAReason(t *testing.T) {
	_, departures, found := strings.Cut(documents(t)["docs/requirements.md"], "\n## Departures\n")
	require.True(t, found)
	for _, r := range requirements(t) {
		where := r.part + " " + r.id
		switch r.state {
		case departs:
			require.NotEmpty(t, r.proof, "%s departs without a proof of what holds instead", where)
			first, _, _ := strings.Cut(r.id, " · ")
			first, _, _ = strings.Cut(first, ", ")
			require.Contains(t, departures, first, "%s departs, and Departures does not say why", where)
		case holds:
			require.NotEmpty(t, r.proof, "%s holds without a proof", where)
		case holdsInPart:
			require.NotEmpty(t, r.proof, "%s holds in part without a proof", where)
			require.NotEmpty(t, r.reason, "%s does not say what is missing", where)
		case open, notHere:
			require.NotEmpty(t, r.reason, "%s does not say why", where)
		default:
			t.Errorf("%s: %q is no state", where, r.state)
		}
	}
}

// namedTests are the tests that documents promise something by.
func namedTests(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, text := range documents(t) {
		for _, span := range inline.FindAllString(text, -1) {
			if span = strings.Trim(span, "`"); named.MatchString(span) {
				found[span] = name
			}
		}
	}
	return found
}

func TestTestsThatDocumentsNameExist(t *testing.T) {
	tests := namedTests(t)
	require.NotEmpty(t, tests)
	for test, document := range tests {
		parts := named.FindStringSubmatch(test)
		files, err := filepath.Glob(filepath.Join(need.Root(t), filepath.FromSlash(parts[1]), "*_test.go"))
		require.NoError(t, err)
		exists := slices.ContainsFunc(files, func(file string) bool {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			return strings.Contains(string(text), "\nfunc "+parts[2]+"(")
		})
		require.True(t, exists, "%s names %s, which is not there", document, test)
	}
}

func TestProofsAreTestsOrFiles(t *testing.T) {
	for _, r := range requirements(t) {
		for _, span := range inline.FindAllString(r.proof, -1) {
			span = strings.Trim(span, "`")
			if named.MatchString(span) {
				continue
			}
			file, anchor, _ := strings.Cut(span, "#")
			_, err := os.Stat(filepath.Join(need.Root(t), filepath.FromSlash(file)))
			require.NoError(t, err, "%s %s is proved by %s", r.part, r.id, span)
			require.Empty(t, anchor)
		}
	}
}
