package pages_test

import (
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
		require.NotEmpty(t, desk.Events[code].Title, "event %s", code)
		area := store.Event{Code: code}.Area()
		require.NotEmpty(t, pages.AreaTitles[area], "area %s", area)
	}
	for _, kind := range letters.Kinds {
		require.NotEmpty(t, pages.MailTitles[kind], "letter %s", kind)
	}
}
