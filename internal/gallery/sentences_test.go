package gallery

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

// TestWhatTheOfficeWritesMakesWholeSentences reads the audit logs of all offices here as
// people do: nothing that a sentence needs is missing from an entry, and roles, parameters
// and letters are called as people call them.
func TestWhatTheOfficeWritesMakesWholeSentences(t *testing.T) {
	g := build(t)
	codes := map[string]bool{}
	// Ids of roles, kinds of letters, parameters and permissions, which are no names.
	id := regexp.MustCompile(`^[a-z_]+([.-][a-z_]+)*$`)
	for _, o := range g.offices {
		if o.ada == nil || o.ada.Get("/audit").Status != http.StatusOK {
			continue
		}
		for path, read := "/audit", 0; path != "" && read < 5; read++ {
			shown := o.ada.Get(path)
			page, ok := o.seen.page.(pages.AuditPage)
			require.True(t, ok, shown.Text())
			for _, e := range page.Events {
				codes[e.Code] = true
				for _, part := range e.Sentence {
					require.NotEqual(t, "…", part.Text, "%s has not all that its sentence needs: %s", e.Code, e.Sentence.Text())
					require.False(t, part.Name && part.Path == "" && id.MatchString(part.Text), "%s in %s: %s", part.Text, e.Code, e.Sentence.Text())
				}
			}
			path = page.Next
		}
	}
	require.GreaterOrEqual(t, len(codes), 20, slices.Sorted(maps.Keys(codes)))
}
