package admin_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/web/admin"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// A heading made of a stable name is understood by programmers only.
func TestEveryEventAndLetterHasATitleInWords(t *testing.T) {
	for code := range desk.EventCodes {
		require.NotEmpty(t, admin.EventTitles[code], "event %s", code)
		area := store.Event{Code: code}.Area()
		require.NotEmpty(t, admin.AreaTitles[area], "area %s", area)
	}
	for _, kind := range mail.Kinds() {
		require.NotEmpty(t, admin.MailTitles[kind], "letter %s", kind)
	}
}
