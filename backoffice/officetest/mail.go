package officetest

import (
	"io/fs"
	"testing"

	"github.com/postern-go/postern/internal/letters/lettertest"
)

// CheckMailTemplates fails the test unless templates, for
// backoffice.Config.MailTemplates, lay out a sample of every letter, and none
// leaves out its link or what to do if it was not the reader who acted.
func CheckMailTemplates(t testing.TB, templates fs.FS) {
	t.Helper()
	if err := lettertest.Check(templates); err != nil {
		t.Error(err)
	}
}
