package upgrade_test

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/postgres"
	"github.com/postern-go/postern/tests/upgrade/replica"
	"github.com/postern-go/postern/totp"
)

// this is the present version.
func this(t *testing.T) program {
	path, err := os.Executable()
	require.NoError(t, err)
	return program{name: "this version", path: path}
}

// TestReplicasOnTablesThatANewerVersionAddedTo is a rolling deploy of a version that is not
// written yet: what it adds, all replicas ignore; when it says that this one is too old, they
// answer 503, and say why.
func TestReplicasOnTablesThatANewerVersionAddedTo(t *testing.T) {
	o := newOffice(t, replica.Settings{Dialect: "postgresql", Driver: "pgx", DSN: postgres.Start(t)})
	db, err := sql.Open(postgres.Driver, o.settings.DSN)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	exec := func(statement string) {
		t.Helper()
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	p := this(t)
	ada := o.roll(p, p, func() {
		for _, table := range []string{"operators", "sessions", "parameters", "events", "tokens", "mails"} {
			exec("ALTER TABLE postern_" + table + " ADD COLUMN later TEXT NOT NULL DEFAULT ''")
		}
		exec("INSERT INTO postern_migrations (version, name) VALUES (1000, 'later')")
	})
	ran := o.start(p)
	ada = ada.At(ran.server)
	require.Contains(t, ada.Get("/page").Body, "page of Ada")

	exec("UPDATE postern_parameters SET min_version = 1000")
	require.Equal(t, http.StatusServiceUnavailable, ada.Get("/page").Status, "the very next request")
	require.Equal(t, http.StatusServiceUnavailable, ran.browser().Get("/login").Status)
	require.Eventually(t, func() bool { status, _ := ran.health(); return status == http.StatusServiceUnavailable }, 10*time.Second, 20*time.Millisecond)
	_, why := ran.health()
	require.Contains(t, why, "store_incompatible")
	require.Contains(t, ran.log.String(), "programs must know version 1000 of the tables")
	_, err = o.try(p)
	require.ErrorContains(t, err, "programs must know version 1000 of the tables")

	exec("UPDATE postern_parameters SET min_version = 1")
	require.Contains(t, ada.Get("/page").Body, "page of Ada", "once the backup is restored")
	ran.stop()
}

// databases are those of a whole trial.
func databases(t *testing.T) map[string]replica.Settings {
	return map[string]replica.Settings{
		"SQLite":     {Dialect: "sqlite", Driver: "sqlite", DSN: "file:" + filepath.Join(t.TempDir(), "office.db") + "?_pragma=journal_mode(WAL)"},
		"MariaDB":    {Dialect: "mysql", Driver: mariadb.Driver, DSN: mariadb.Start(t)},
		"PostgreSQL": {Dialect: "postgresql", Driver: "pgx", DSN: postgres.Start(t)},
	}
}

// roll replaces replicas of one version by those of another, one by one, while people go from
// one to the other, and then takes the new version back. between happens before the first new
// one starts. It returns Ada's browser, who is signed in, and leaves no replica.
func (o *office) roll(was, is program, between func()) *browse.Browser {
	t := o.t
	t.Helper()
	invited := o.command(was, "invite", "ada@example.org", "-name", "Ada", "-role", "super-administrator")
	first := o.start(was)
	started := was
	// A version that knows no newer tables can use them, but refuses to start on them.
	was.stale = knowsNoNewerTables(was)
	ada := first.browser()
	ada.Use("/welcome", linkIn(invited), testoffice.Good)
	require.Equal(t, http.StatusSeeOther, ada.Login("Ada", testoffice.Good).Status)
	shown := ada.Get("/login/enrol")
	enrolled := ada.Submit(shown, "/login/enrol", "code", code(t, shown.Secret()))
	codes := enrolled.RecoveryCodes()
	require.Contains(t, ada.Get("/page").Body, "page of Ada")
	begun := ada.Get("/roles/new")

	between()
	if was.stale {
		early := is
		early.stale = true
		_, err := o.try(early)
		require.ErrorContains(t, err, "call Migrate", "the new one, before anyone has migrated")
	}
	second := o.start(is)
	atNew := ada.At(second.server)
	both := func(what string) {
		t.Helper()
		require.Contains(t, ada.Get("/page").Body, "page of Ada", "%s: the old one knows the session", what)
		require.Contains(t, atNew.Get("/page").Body, "page of Ada", "%s: the new one knows the session", what)
	}
	both("the new one has started")

	// A form of one is sent to the other.
	saved := atNew.Submit(begun, "/roles/new", "name", "Gardeners", "permission", "audit.view")
	require.Equal(t, http.StatusSeeOther, saved.Status, saved.Text())
	saved = ada.Submit(atNew.Get("/roles/new"), "/roles/new", "name", "Cooks", "permission", "audit.view")
	require.Equal(t, http.StatusSeeOther, saved.Status, saved.Text())

	// Ben is invited at the new one, accepts at the old one, and signs in at both, half each.
	sent := atNew.Submit(atNew.Get("/operators/new"), "/operators/new", "email", "ben@example.org", "name", "Ben", "role", "moderator")
	require.Equal(t, http.StatusSeeOther, sent.Status, sent.Text())
	ben := first.browser()
	ben.Use("/welcome", o.link("ben@example.org", "welcome"), testoffice.Good)
	require.Equal(t, http.StatusSeeOther, ben.Login("Ben", testoffice.Good).Status)
	benNew := ben.At(second.server)
	shown = benNew.Get("/login/enrol")
	enrolled = ben.Submit(shown, "/login/enrol", "code", code(t, shown.Secret()))
	bens := enrolled.RecoveryCodes()
	require.Contains(t, benNew.Get("/page").Body, "page of Ben")

	// Each reads and keeps what the other saved.
	o.command(is, "parameters", "set", "session.idle", "20m")
	require.Contains(t, o.command(was, "parameters", "show", "session.idle"), "20m")
	o.command(was, "parameters", "set", "signin.failures", "4")
	require.Contains(t, o.command(is, "parameters", "show", "signin.failures"), "4")
	require.Contains(t, o.command(is, "parameters", "show", "session.idle"), "20m")
	o.command(is, "set-roles", "ben@example.org", "community-manager")
	require.Contains(t, o.command(was, "operators", "show", "ben@example.org"), "Community manager")
	both("after changes")

	// A reset is asked for at the old one, used at the new one, and not again at the old one.
	forgetful := first.browser()
	require.Equal(t, http.StatusOK, forgetful.Submit(forgetful.Get("/forgot"), "/forgot", "email", "ben@example.org").Status)
	token := o.link("ben@example.org", "reset")
	forgetful = forgetful.At(second.server)
	asked := forgetful.Use("/reset", token, testoffice.Better)
	done := forgetful.Submit(asked, "/reset", "password", testoffice.Better, "password_again", testoffice.Better, "code", bens[0])
	require.Less(t, done.Status, http.StatusBadRequest, done.Text())
	require.NotEqual(t, http.StatusOK, benNew.Get("/page").Status, "his sessions ended, at both")
	require.NotEqual(t, http.StatusOK, ben.Get("/page").Status)
	require.GreaterOrEqual(t, ben.Use("/reset", token, testoffice.Good).Status, http.StatusBadRequest)

	// Recovery codes are spent for both.
	stranger := first.browser()
	require.Equal(t, http.StatusSeeOther, stranger.Login("Ben", testoffice.Better).Status)
	require.NotEqual(t, http.StatusSeeOther, stranger.Submit(stranger.Get("/login/recovery"), "/login/recovery", "code", bens[0]).Status)
	require.Equal(t, http.StatusSeeOther, stranger.Submit(stranger.Get("/login/recovery"), "/login/recovery", "code", bens[1]).Status)

	// The old one is killed and starts again on the new tables; then it goes.
	first.kill()
	if was.stale {
		_, err := o.try(started)
		require.ErrorContains(t, err, "run a newer program")
	}
	again := o.start(was)
	ada = ada.At(again.server)
	both("the old one has started again")
	again.stop()
	require.Contains(t, o.command(is, "audit", "verify"), "The chain is intact")

	// The release is taken back.
	second.stop()
	require.Contains(t, o.command(was, "audit", "verify"), "The chain is intact")
	back := o.start(was)
	ada = ada.At(back.server)
	require.Contains(t, ada.Get("/page").Body, "page of Ada")
	saved = ada.Submit(ada.Get("/roles/new"), "/roles/new", "name", "Builders", "permission", "audit.view")
	require.Equal(t, http.StatusSeeOther, saved.Status, saved.Text())
	back.stop()
	require.Contains(t, o.command(is, "audit", "verify"), "The chain is intact")

	// Nothing was lost, and nothing came twice.
	o.complete(is, codes)
	return ada
}

// complete checks that what was done is there, once.
func (o *office) complete(is program, codes []string) {
	t := o.t
	t.Helper()
	audit := o.command(is, "audit", "-n", "200")
	for event, times := range map[string]int{"role.created": 3, "operator.invited": 2, "password.reset ": 1, "two_factor.added": 2, "parameters.changed": 2, "operator.roles_changed": 1} {
		require.GreaterOrEqual(t, strings.Count(audit, event), times, "%s in\n%s", event, audit)
	}
	roles := o.command(is, "roles")
	for _, name := range []string{"Gardeners", "Cooks", "Builders"} {
		require.Equal(t, 1, strings.Count(roles, name), roles)
	}
	ids := map[string]bool{}
	for _, m := range o.sink.Messages() {
		h, err := m.Header()
		require.NoError(t, err)
		require.False(t, ids[h.Get("Message-Id")], "an email came twice")
		ids[h.Get("Message-Id")] = true
	}
	require.Len(t, codes, 10)
}

func code(t *testing.T, secret totp.Secret) string {
	c, err := totp.Code(secret, time.Now(), totp.Options{})
	require.NoError(t, err)
	return c
}

// linkIn is the token of the link in what a command printed.
func linkIn(text string) string {
	_, after, _ := strings.Cut(text, "#")
	token, _, _ := strings.Cut(after, "\n")
	return strings.TrimSpace(token)
}
