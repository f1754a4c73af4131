package pages_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// A heading made of a stable name is understood by programmers only.
func TestEveryEventAndLetterHasATitleInWords(t *testing.T) {
	for code := range desk.Events {
		require.NotEmpty(t, desk.Events[code].Title, "the event %s has no title: add it to desk.Events", code)
		area := store.Event{Code: code}.Area()
		require.NotEmpty(t, pages.AreaTitles[area], "the area %s has no title: add it to areaTitles in internal/pages/titles.go", area)
	}
	require.ElementsMatch(t, letters.Kinds, slices.Collect(maps.Keys(pages.MailTitles)),
		"every letter has a title in mailTitles in internal/pages/titles.go, and nothing else does")
}
