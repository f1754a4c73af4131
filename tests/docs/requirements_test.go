package docs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
	"github.com/postern-go/postern/tests/requirements"
)

// rows reads docs/requirements.md.
func rows(t *testing.T) []requirements.Row {
	t.Helper()
	all, err := requirements.Read(need.Root(t))
	require.NoError(t, err)
	return all
}

func TestEveryRequirementIsAnsweredOnce(t *testing.T) {
	list, err := requirements.Levels(need.Root(t))
	require.NoError(t, err)
	var wanted []string
	for _, l := range list {
		wanted = append(wanted, l.Part+" "+l.ID)
	}
	var answered []string
	for _, r := range rows(t) {
		answered = append(answered, r.Part+" "+r.ID)
	}
	slices.Sort(wanted)
	slices.Sort(answered)
	require.Equal(t, wanted, answered)
}

func TestEveryAnswerNamesAProofOrAReason(t *testing.T) {
	_, departures, found := strings.Cut(documents(t)["docs/requirements.md"], "\n## Departures\n")
	require.True(t, found)
	for _, r := range rows(t) {
		where := r.Part + " " + r.ID
		switch r.State {
		case requirements.Departs:
			require.NotEmpty(t, r.Proof, "%s departs without a proof of what holds instead", where)
			first, _, _ := strings.Cut(r.ID, " · ")
			first, _, _ = strings.Cut(first, ", ")
			require.Contains(t, departures, first, "%s departs, and Departures does not say why", where)
		case requirements.Holds:
			require.NotEmpty(t, r.Proof, "%s holds without a proof", where)
		case requirements.HoldsInPart:
			require.NotEmpty(t, r.Proof, "%s holds in part without a proof", where)
			require.NotEmpty(t, r.Reason, "%s does not say what is missing", where)
		case requirements.Open, requirements.NotHere:
			require.NotEmpty(t, r.Reason, "%s does not say why", where)
		default:
			t.Errorf("%s: %q is no state", where, r.State)
		}
	}
}

func isTest(name string) bool {
	_, _, ok := requirements.Test(name)
	return ok
}

// namedTests are the tests that documents promise something by.
func namedTests(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, text := range documents(t) {
		for _, span := range inline.FindAllString(text, -1) {
			if span = strings.Trim(span, "`"); isTest(span) {
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
		folder, function, _ := requirements.Test(test)
		files, err := filepath.Glob(filepath.Join(need.Root(t), filepath.FromSlash(folder), "*_test.go"))
		require.NoError(t, err)
		exists := slices.ContainsFunc(files, func(file string) bool {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			return strings.Contains(string(text), "\nfunc "+function+"(")
		})
		require.True(t, exists, "%s names %s, which is not there", document, test)
	}
}

func TestProofsAreTestsOrFiles(t *testing.T) {
	for _, r := range rows(t) {
		for _, span := range r.Proofs() {
			if isTest(span) {
				continue
			}
			require.False(t, strings.HasSuffix(span, "_test.go"), "%s names a file of tests: name the test", r.ID)
			file, anchor, _ := strings.Cut(span, "#")
			_, err := os.Stat(filepath.Join(need.Root(t), filepath.FromSlash(file)))
			require.NoError(t, err, "%s %s is proved by %s", r.Part, r.ID, span)
			require.Empty(t, anchor)
		}
	}
}
