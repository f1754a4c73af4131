package officetest

import (
	"io/fs"
	"testing"

	"github.com/postern-go/postern/internal/letters/lettertest"
)

// CheckMailTemplates fails the test unless templates, meant for backoffice.Config.MailTemplates,
// lay out a sample of every email. None may leave out its link, or what to do if the reader did
// not do what it reports.
func CheckMailTemplates(t testing.TB, templates fs.FS) {
	t.Helper()
	if err := lettertest.Check(templates); err != nil {
		t.Error(err)
	}
}
