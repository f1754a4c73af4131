package commands_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store/memstore"
)

func TestOriginalsAreWrittenOut(t *testing.T) {
	r := newRig(t)
	dir := filepath.Join(t.TempDir(), "templates")
	status, out, problems := r.run("templates", "export", dir)
	require.Zero(t, status, problems)
	require.Contains(t, out, "templates written to "+dir)
	require.Contains(t, out, "Config.PageTemplates")
	login := filepath.Join(dir, "pages", "login.html")
	require.FileExists(t, login)
	require.FileExists(t, filepath.Join(dir, "pages", "partials", "field.html"))
	require.FileExists(t, filepath.Join(dir, "mails", "letter.txt"))

	// They are what New takes.
	newRigOver(t, memstore.New(), func(cfg *backoffice.Config) {
		cfg.PageTemplates, cfg.MailTemplates = os.DirFS(filepath.Join(dir, "pages")), os.DirFS(filepath.Join(dir, "mails"))
	})

	require.NoError(t, os.WriteFile(login, []byte("mine"), 0o600))
	require.NoError(t, os.Remove(filepath.Join(dir, "pages", "home.html")))
	status, _, problems = r.run("templates", "export", dir)
	require.NotZero(t, status)
	require.Contains(t, problems, "already exists; nothing was written")
	require.NoFileExists(t, filepath.Join(dir, "pages", "home.html"))
	text, err := os.ReadFile(login)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))

	status, _, problems = r.run("templates", "export", dir, "-force")
	require.Zero(t, status, problems)
	text, err = os.ReadFile(login)
	require.NoError(t, err)
	require.Contains(t, string(text), `{{define "content"`)
}
