package stores_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// TestStatementsOfPages counts what an answer asks of the database, the guard
// included.
func TestStatementsOfPages(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		d.store(t)
		db, sent := d.record(t)
		o := browse.Over(testoffice.NewRig(t, d.over(t, db)))
		sue := o.Enrolled("Sue", backoffice.SuperAdministrator)
		o.Write(store.PutRole{Role: store.Role{ID: "press", Name: "Press", NameKey: "press", Permissions: []string{"analytics.view"}}})
		o.Person("Ben", "press", backoffice.Moderator)
		parameters := sue.Get("/parameters/session-limits")
		asked := sue.Press(parameters, "/parameters/session-limits", "Review and save", "session.per_operator.preset=2")
		require.Equal(t, http.StatusOK, asked.Status)
		for _, page := range []struct {
			name                        string
			postgreSQL, sqlite, mariaDB int
			open                        func() browse.Page
		}{
			{"home, before the office is set up", 13, 13, 13, func() browse.Page { return sue.Get("/") }},
			{"home", 9, 9, 9, func() browse.Page {
				o.ChangeParameters(func(p *store.Parameters) { p.Setup = map[string]string{"finished": "2026-03-14T09:00:00Z"} })
				sue.Get("/account") // reads the parameters
				sent.take()
				return sue.Get("/")
			}},
			{"roles", 3, 3, 3, func() browse.Page { return sue.Get("/roles") }},
			{"parameters", 3, 3, 3, func() browse.Page { return sue.Get("/parameters") }},
			{"a section of parameters", 2, 2, 2, func() browse.Page { return sue.Get("/parameters/session-limits") }},
			{"saving parameters", 7, 10, 11, func() browse.Page { return sue.Press(asked, "/parameters/session-limits", "Save 1 change") }},
		} {
			sent.take()
			answer := page.open()
			require.Less(t, answer.Status, http.StatusBadRequest, answer.Text())
			var queries []string
			for _, s := range sent.take() {
				queries = append(queries, strings.Join(strings.Fields(s.query), " "))
			}
			most := each(d, page.sqlite, page.postgreSQL, page.mariaDB)
			require.LessOrEqual(t, len(queries), most, "%s: %s", page.name, strings.Join(queries, "\n"))
		}
		saved, err := o.Under.LoadParameters(t.Context())
		require.NoError(t, err)
		require.Equal(t, "2", saved.Values["session.per_operator"])

		for range 30 {
			for code, who := range map[string]string{"signin.succeeded": "ben", "request.allowed": sue.ID} {
				o.Write(store.AppendEvent{Event: store.Event{ID: vault.ID(), At: o.Clock.Now(), Code: code, Outcome: desk.Success, ActorID: who}})
			}
		}
		require.Contains(t, sue.Get("/").Text(), "Your last sign-ins", "they are found behind those of others")
	})
}
