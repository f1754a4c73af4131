package stores_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/need"
	"github.com/postern-go/postern/tests/postgres"
)

// TestABackupIsAnOffice copies an office that is at work with the tool of its database, as
// docs/operations.md says, and opens the copy elsewhere: it is the office of one moment.
func TestABackupIsAnOffice(t *testing.T) {
	onEach(t, func(t *testing.T, from database) {
		o := testoffice.Open(testoffice.NewRig(t, from.store(t)))
		o.Person("Boss", desk.RoleSuperAdministrator)
		ada, in := o.Enrolled("Ada", desk.RoleModerator)
		record := func() { o.Audit(testoffice.Home, "mail.tested", desk.Success).System().Record(t.Context()) }
		record()
		before := len(o.Events())

		// Somebody writes all the time.
		done, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for {
				select {
				case <-done:
					return
				default:
					record()
				}
			}
		}()
		to := from.backUp(t)
		close(done)
		<-stopped

		st := to.over(t, to.open(t))
		require.NoError(t, st.Check(t.Context()))
		require.Equal(t, from.schema(t), to.schema(t))
		copied := o.Over(st)
		v, err := copied.VerifyAudit(t.Context(), desk.CommandLine(), testoffice.Home, "")
		require.NoError(t, err)
		require.Zero(t, v.Broken, v.Problem)
		require.GreaterOrEqual(t, v.Checked, before)

		o.Clock.Add(time.Minute)
		pre, err := copied.SignIn(t.Context(), testoffice.Home, desk.SignInForm{Login: "Ada", Password: testoffice.Good})
		require.NoError(t, err)
		passed, err := copied.SubmitCode(t.Context(), testoffice.Home, pre.Token, o.Code(in.Secret))
		require.NoError(t, err)
		require.True(t, passed.SignedIn)
		sessions, err := st.ListSessions(t.Context(), ada.ID)
		require.NoError(t, err)
		require.NotEmpty(t, sessions)
		v, err = copied.VerifyAudit(t.Context(), desk.CommandLine(), testoffice.Home, "")
		require.NoError(t, err)
		require.Zero(t, v.Broken, "it goes on")

		db := to.open(t)
		_, err = db.ExecContext(t.Context(), `DELETE FROM postern_events`)
		require.ErrorContains(t, err, "events are append-only")
		// What docs/operations.md says to delete.
		for _, statement := range []string{
			`DELETE FROM postern_sessions`, `DELETE FROM postern_pre_sessions`, `DELETE FROM postern_tokens`,
			`UPDATE postern_mails SET state = 'cancelled', body = ` + each(to, `x''`, `''::bytea`, `x''`) + ` WHERE state = 'queued'`,
		} {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		mails, err := st.ListMails(t.Context(), store.MailQuery{State: store.MailQueued})
		require.NoError(t, err)
		require.Empty(t, mails.Rows)
	})
}

// backUp copies a database into a new one.
func (d database) backUp(t *testing.T) (to database) {
	t.Helper()
	to = d
	dump := filepath.Join(t.TempDir(), "office.sql")
	shell := func(script string, args ...string) {
		t.Helper()
		out, err := exec.Command("sh", append([]string{"-ec", script, dump}, args...)...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	switch d.driver {
	case mariadb.Driver:
		need.Program(t, "mariadb-dump")
		to.dsn = mariadb.Start(t)
		names := make([]string, 2)
		for i, dsn := range []string{d.dsn, to.dsn} {
			config, err := mysql.ParseDSN(dsn)
			require.NoError(t, err)
			names[i] = config.DBName
			t.Setenv("MYSQL_UNIX_PORT", config.Addr)
		}
		shell(`mariadb-dump --no-defaults -u root --single-transaction --hex-blob --triggers "$1" > "$0"; mariadb --no-defaults -u root "$2" < "$0"`, names...)
	case postgres.Driver:
		to.dsn = postgres.Start(t)
		shell(`"$3/pg_dump" --no-owner "$1" > "$0"; "$3/psql" -q -v ON_ERROR_STOP=1 "$2" < "$0"`, d.dsn, to.dsn, postgresPrograms(t))
	default:
		to.dsn = filepath.Join(t.TempDir(), "copy.db")
		// Without write-ahead logging, it waits for a moment in which nobody writes.
		db := d.open(t)
		require.Eventually(t, func() bool {
			_, err := db.ExecContext(t.Context(), fmt.Sprintf(`VACUUM INTO '%s'`, to.dsn))
			return err == nil
		}, 10*time.Second, time.Millisecond)
		if _, parameters, tuned := strings.Cut(d.dsn, "?"); tuned {
			_, err := url.ParseQuery(parameters)
			require.NoError(t, err)
			to.dsn = "file:" + to.dsn + "?" + parameters
		}
	}
	return to
}

// postgresPrograms is the folder of the newest server's programs, where its pg_dump is.
func postgresPrograms(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("pg_dump"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil && filepath.Base(path) == "pg_dump" {
			return filepath.Dir(path)
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	require.NoError(t, err)
	require.NotEmpty(t, found)
	_, err = os.Stat(found[len(found)-1])
	require.NoError(t, err)
	return filepath.Dir(found[len(found)-1])
}
