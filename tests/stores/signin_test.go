package stores_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// How many statements a request may send, with BEGIN and COMMIT. Two are the claim of the
// form, and its answer.
var (
	onSQLite     = map[string]int{"password": 17, "code": 23, "refused": 12, "forgot": 19, "reset": 27}
	onPostgreSQL = map[string]int{"password": 11, "code": 11, "refused": 10, "forgot": 15, "reset": 16}
	onMariaDB    = map[string]int{"password": 23, "code": 25, "refused": 23, "forgot": 22, "reset": 29}
)

func TestAStepOfASignInIsAReadACountAndACommit(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		most := each(d, onSQLite, onPostgreSQL, onMariaDB)
		d.store(t)
		db, sent := d.record(t)
		st := d.over(t, db)
		site := browse.New(t, func(c *backoffice.Config) { c.Store = st })
		site.Under = st
		ada := site.Enrolled("Ada", backoffice.Moderator)
		site.Clock.Add(time.Minute)
		submit := func(b *browse.Browser, shown browse.Page, what, path string, status int, fields ...string) browse.Page {
			t.Helper()
			sent.take()
			answer := b.Submit(shown, path, fields...)
			statements := sent.take()
			require.Equal(t, status, answer.Status, answer.Text())
			queries, begun := make([]string, len(statements)), 0
			for i, s := range statements {
				queries[i] = strings.Join(strings.Fields(s.query), " ")
				if begins(s.query) {
					begun++
				}
			}
			// MariaDB cannot count several attempts in one statement.
			require.LessOrEqual(t, begun, each(d, 1, 1, 3), "%s takes one commit:\n%s", what, strings.Join(queries, "\n"))
			require.LessOrEqual(t, len(statements), most[what], "%s:\n%s", what, strings.Join(queries, "\n"))
			t.Logf("%s: %d", what, len(statements))
			return answer
		}

		b := site.Browser()
		passed := submit(b, b.Get("/login"), "password", "/login", http.StatusSeeOther, "login", "ada", "password", testoffice.Good)
		submit(b, b.Follow(passed), "code", "/login/code", http.StatusSeeOther, "code", site.Code(ada.Secret))

		b = site.Browser()
		for _, who := range []string{"ada", "nobody"} {
			submit(b, b.Get("/login"), "refused", "/login", http.StatusUnprocessableEntity, "login", who, "password", testoffice.Wrong)
		}
		submit(b, b.Get("/forgot"), "forgot", "/forgot", http.StatusOK, "email", "ada@example.org")
		link := site.LinkIn("reset")
		site.Clock.Add(time.Minute)
		submit(b, b.Get("/reset"), "reset", "/reset", http.StatusSeeOther, "token", link,
			"password", testoffice.Better, "password_again", testoffice.Better, "code", site.Code(ada.Secret))
	})
}
