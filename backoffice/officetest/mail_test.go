package officetest_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice/officetest"
)

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()      {}
func (r *recorder) Error(...any) { r.failed = true }

func TestCheckMailTemplates(t *testing.T) {
	for source, fails := range map[string]bool{
		`{{.Greeting}} {{with .Button}}{{.URL}}{{end}} {{.NotYou}}`: false,
		`{{.Greeting}} {{.NotYou}}`:                                 true,
	} {
		r := &recorder{TB: t}
		officetest.CheckMailTemplates(r, fstest.MapFS{"letter.txt": {Data: []byte(source)}})
		require.Equal(t, fails, r.failed, source)
	}
}
