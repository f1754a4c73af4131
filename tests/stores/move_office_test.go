package stores_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// wanderer is an office that moves from database to database, with people who notice nothing.
type wanderer struct {
	*browse.Site
	t       *testing.T
	handler atomic.Pointer[http.Handler]
	st      *sqlstore.Store
	at      database
}

func wander(t *testing.T, d database) *wanderer {
	w := &wanderer{t: t, st: d.store(t), at: d}
	w.Site = browse.Over(testoffice.NewRig(t, w.st), browse.WithPasskeys, func(c *backoffice.Config) {
		c.Store = w.st
	})
	w.serve(w.Site.Office)
	w.Site.Server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { (*w.handler.Load()).ServeHTTP(rw, r) })
	return w
}

func (w *wanderer) serve(o *backoffice.Office) {
	w.Site.Office = o
	handler := o.Wrap(http.HandlerFunc(browse.Community))
	w.handler.Store(&handler)
}

// run runs a command of the office.
func (w *wanderer) run(args ...string) (status int, stdout, stderr string) {
	w.t.Helper()
	var out, problems bytes.Buffer
	command, _ := backoffice.ParseCommand(args, &out, &problems)
	require.NotNil(w.t, command, problems.String())
	status = command.Run(w.t.Context(), w.Site.Office)
	return status, out.String(), problems.String()
}

func (w *wanderer) ok(args ...string) string {
	w.t.Helper()
	status, stdout, stderr := w.run(args...)
	require.Zero(w.t, status, "%s: %s", args, stderr)
	return stdout
}

// move moves the office with the command, and has the program use the new database.
func (w *wanderer) move(to database) {
	w.t.Helper()
	args := []string{"move", "-to", to.dsn, "-yes", "-prefix", to.tablePrefix()}
	if to.dialect.String() == "mysql" {
		require.Contains(w.t, w.ok(append(args, "-dry-run")...), "Nothing would stop the move.")
	}
	require.Contains(w.t, w.ok(args...), "The office has moved from "+w.at.dialect.String()+" to "+to.dialect.String()+".")
	w.change(to)
}

// interrupt begins a move and has it fail, after which the program is started again.
func (w *wanderer) interrupt(to database, ada *browse.Person) {
	t := w.t
	calls, broken := 0, errors.New("broken")
	_, err := w.st.Move(t.Context(), store.Move{Way: store.MoveAll, To: to.over(t, to.open(t)), Verify: func(context.Context, store.Store) error {
		if calls++; calls == 2 {
			return broken
		}
		return nil
	}})
	require.ErrorIs(t, err, broken)
	w.change(w.at)
	for _, shown := range []browse.Page{ada.Get("/account"), w.Browser().Login(ada.Email, ada.Password)} {
		require.Equal(t, http.StatusServiceUnavailable, shown.Status, shown.Text())
	}
	status, _, stderr := w.run("operators")
	require.NotZero(t, status)
	require.Contains(t, stderr, "the office is being moved to another database ("+to.dialect.String()+"): finish that with the command move")
	status, _, stderr = w.run("disable", "Ada")
	require.NotZero(t, status)
	require.Contains(t, stderr, "the office is being moved")
}

func (w *wanderer) change(to database) {
	w.t.Helper()
	w.st, w.at = to.store(w.t), to
	cfg := w.Cfg
	cfg.Store = w.st
	office, err := backoffice.New(w.t.Context(), cfg)
	require.NoError(w.t, err)
	w.Rig.Under = w.st
	w.serve(office)
}

// exports are what the office says of itself, up to a moment.
func (w *wanderer) exports(until time.Time) string {
	var all strings.Builder
	for _, args := range [][]string{
		{"audit", "export", "-until", until.Format(time.RFC3339)}, {"operators", "-json"}, {"roles", "-json"}, {"parameters", "-json"}, {"mail", "-json"}, {"keys", "-json"},
	} {
		if out := w.ok(args...); args[0] != "keys" {
			all.WriteString(out)
		}
	}
	return all.String()
}

// TestAnOfficeThatMovesAroundIsTheSame has 10,000 entries in its audit log, and people at work.
func TestAnOfficeThatMovesAroundIsTheSame(t *testing.T) {
	first := tunedSQLite(t)
	w := wander(t, first)
	ada := &browse.Person{Browser: w.Browser(), Operator: w.Person("Ada", backoffice.SuperAdministrator), Password: testoffice.Good}
	ada.Follow(ada.Login("Ada", testoffice.Good))
	ada.Enrol(ada.Get("/login/enrol"))
	kay, key := w.Keyed("Kay", backoffice.Moderator)
	values := w.SessionStore()
	w.Inside.HandleFunc("/draft", func(rw http.ResponseWriter, r *http.Request) {
		s, err := values.Get(r, "draft")
		require.NoError(t, err)
		s.Values["text"] = "half a sentence"
		require.NoError(t, s.Save(r, nil))
	})
	ada.Get("/draft")
	w.ok("invite", "ivy@example.net", "-name", "Ivy")
	w.run("mail", "test", "ada@example.org")
	b := w.Browser()
	b.Submit(b.Get("/forgot"), "/forgot", "email", kay.Email)
	b.Login(ada.Email, testoffice.Wrong)
	o := testoffice.Open(testoffice.NewRig(t, w.st))
	o.Clock.Add(w.Clock.Now().Sub(o.Clock.Now()))
	var writes []store.Write
	for i := range 10_000 {
		writes = append(writes, o.Audit(testoffice.Home, "mail.tested", desk.Success).System().With("n", strconv.Itoa(i)).Write())
		if len(writes) == 1000 {
			require.NoError(t, o.Commit(t.Context(), writes...))
			writes = nil
		}
	}
	w.Clock.Add(time.Hour / 4)
	until := w.Clock.Now().UTC().Truncate(time.Second)
	was := w.exports(until)
	require.Greater(t, strings.Count(was, "\n"), 10_000)

	other := plainSQLite(t)
	other.prefix = "garden_"
	for _, next := range []database{postgreSQL(t), mariaDB(t), other} {
		old, from := w.Site.Office, w.at
		rows := from.contents(t, from.open(t), "")
		if from.dialect.String() == "sqlite" {
			w.interrupt(next, ada)
		}
		w.move(next)
		requireSame(t, rows, next.contents(t, next.open(t), ""))

		// A replica that was left behind lets nobody in, and cannot be started again.
		here := *w.handler.Load()
		w.serve(old)
		shown := ada.Get("/account")
		require.Equal(t, http.StatusServiceUnavailable, shown.Status, shown.Text())
		require.Equal(t, http.StatusServiceUnavailable, w.Browser().Get("/login").Status)
		require.Error(t, old.CommandLine().Disable(t.Context(), ada.ID, "no"))
		cfg := w.Cfg
		cfg.Store = from.over(t, from.open(t))
		_, err := backoffice.New(t.Context(), cfg)
		require.ErrorContains(t, err, "the office was moved from this database to another one ("+next.dialect.String()+")")
		require.ErrorContains(t, from.over(t, from.open(t)).Migrate(t.Context()), "the office was moved from this database")
		require.ErrorContains(t, from.over(t, from.open(t)).Check(t.Context()), "the office was moved from this database")
		w.handler.Store(&here)
		w.change(next)
	}
	requireSame(t, was, w.exports(until))
	w.people(ada, kay, key)
}

// people do what people do after a move.
func (w *wanderer) people(ada, kay *browse.Person, key *authenticator.Authenticator) {
	t := w.t
	sent, err := w.DeliverMail(t.Context())
	require.NoError(t, err)
	require.NotZero(t, sent, "what waited in the old database")
	require.True(t, ada.SignedIn(), "her session is still there")
	require.True(t, kay.SignedIn())
	require.True(t, ada.Again().SignedIn(), "with her password and her phone")
	b := w.Browser()
	shown := b.Follow(b.Login(kay.Email, kay.Password))
	answer := b.Submit(shown, "/login/passkey", "passkey", shown.Passkey(key))
	require.Equal(t, http.StatusSeeOther, answer.Status, answer.Text())
	require.True(t, b.SignedIn())
	b = w.Browser()
	b.Follow(b.Login(ada.Email, ada.Password))
	answer = b.Submit(b.Get("/login/recovery"), "/login/recovery", "code", ada.Codes[0])
	require.Equal(t, http.StatusSeeOther, answer.Status, answer.Text())
	require.Contains(t, w.ok("disable", "Kay", "-reason", "moved out"), "Kay")
	require.False(t, kay.SignedIn())
	require.Contains(t, w.ok("audit", "verify"), "intact")
	require.Contains(t, w.ok("keys"), "Secret")
}

// TestATryOfAMoveSaysEverythingThatWouldStopIt has several things wrong at once.
func TestATryOfAMoveSaysEverythingThatWouldStopIt(t *testing.T) {
	w := wander(t, plainSQLite(t))
	ada := w.Person("Ada", backoffice.SuperAdministrator)
	taken := mariaDB(t)
	fill(t, taken.store(t))
	db := w.at.open(t)
	for _, statement := range []string{
		"UPDATE postern_event_head SET seq = seq + 1",
		"UPDATE postern_operators SET language = CAST(x'ff41' AS TEXT)",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	was := w.at.contents(t, db, "")
	for _, args := range [][]string{{"-dry-run"}, {"-yes"}} {
		status, _, stderr := w.run(append([]string{"move", "-to", taken.dsn}, args...)...)
		require.NotZero(t, status)
		require.Contains(t, stderr, "the database to move to: it holds an office already")
		if args[0] == "-dry-run" {
			require.Contains(t, stderr, "move: the audit log is broken at entry 2, so investigate it, then run audit accept: ")
			require.Contains(t, stderr, "row \""+ada.ID+"\": column language cannot be kept as text: correct it by hand")
		}
		require.NotContains(t, stderr, "The database is not responding")
		requireSame(t, was, w.at.contents(t, db, ""))
	}
	status, _, stderr := w.run("move", "-to", taken.dsn)
	require.NotZero(t, status)
	require.Contains(t, stderr, "-yes")
	status, _, stderr = w.run("move", "-to", "@"+filepath.Join(t.TempDir(), "none"), "-yes")
	require.NotZero(t, status)
	require.Contains(t, stderr, "read the data source name")
}
