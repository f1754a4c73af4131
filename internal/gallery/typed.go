package gallery

import (
	"errors"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// typedAgain is what becomes of a form that could not be handled: what was typed is there
// again, or is sent again.
func typedAgain(g *gallery) {
	o := g.open()
	o.Rules(map[string]string{"two_factor.who": "recommended", "session.proof": "5m"})
	o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleModerator)
	op := o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator)
	o.at(ago(8*time.Minute), op)
	ada := o.at(ago(7*time.Minute), op)
	o.Clock.Set(ago(7 * time.Minute))
	role, err := o.CreateRole(ctx, o.Identity(ada.Cookie(0)).Actor(), testoffice.From(home), desk.RoleForm{Name: "Ride leader", Permissions: []string{"posts.moderate"}})
	require.NoError(g.t, err)
	edit, invite, disable := ada.Get("/roles/"+role), ada.Get("/operators/new"), ada.Get("/operators/grace/disable")
	seeAs := ada.Get("/operators/grace/see-as")
	name, rename := ada.Get("/account/name"), ada.Get("/operators/grace/name")

	o.Clock.Set(Time)
	asked := ada.Follow(ada.Submit(edit, "/roles/"+role, "name", "Ride leader", "description", "Plans a ride and leads it.", "permission", "posts.moderate"))
	o.keep("kept", asked)
	o.keep("kept", ada.Get(asked.Link("Cancel")))
	o.keep("kept", ada.Follow(ada.Submit(asked, "/step-up", "password", testoffice.Good)))
	o.keep("lapsed", ada.Get("/roles/"+role+"?kept=nothing"))

	// The error page sends again what could not be saved.
	save := func() {
		o.keep("again", ada.Submit(name, "/account/name", "name", "Ada King"))
	}
	o.Store.FailMethod("Commit", store.ErrReadOnly)
	save()
	o.Store.FailMethod("Commit", &password.BusyError{RetryAfter: password.DefaultQueueWait})
	save()
	o.Store.FailMethod("Commit", errors.New("this one write fails"))
	save()
	o.Store.FailMethod("FindSession", testoffice.ErrDown)
	save()
	o.Store.Reset()

	// Someone else was faster.
	require.NoError(g.t, o.RenameOperator(ctx, o.Identity(ada.Cookie(0)).Actor(), testoffice.From(home), "grace", o.Find("grace").Version, "Grace B. Hopper"))
	stale := ada.Submit(rename, "/operators/grace/name", "name", "Admiral Hopper")
	o.keep("kept", stale)
	o.keep("changed", ada.Get(stale.Link("Open the form again")))

	// The session has ended.
	require.NoError(g.t, o.EndOtherSessions(ctx, testoffice.From(home), o.Identity(o.at(Time, op).Cookie(0))))
	signIn := ada.Follow(ada.Submit(invite, "/operators/new", "email", "mary@community.example", "name", "Mary Somerville", "role", desk.RoleModerator))
	o.keep("kept", signIn)
	o.keep("kept", ada.Follow(ada.Submit(signIn, "/login", "login", "Ada Lovelace", "password", testoffice.Good)))
	stale = ada.Submit(disable, "/operators/grace/disable", "reason", "Left the team.")
	o.keep("stale", ada.Get(stale.Link("Open the form again")))
	stale = ada.Submit(seeAs, "/operators/grace/see-as", "reason", "Asked what the Rides page shows.")
	o.keep("stale", ada.Get(stale.Link("Open the form again")))
}
