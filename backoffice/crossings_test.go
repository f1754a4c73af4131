package backoffice_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// crossing is a state of Sam's account, and where each road leads from there.
type crossing struct {
	state string
	sso   bool
	at    func(c *crossroads) *crossroads
	// sent is the kind of the email that answers "Forgot your password?", and why the
	// reason in the audit log if it leads nowhere.
	sent, why string
	// act is what an operator can do: "Send reset email" or "Resend invitation", or the
	// reason why neither works.
	act string
	// link reports whether the link that Sam had works, enters whether the right
	// password signs in.
	link, enters bool
}

const (
	resend = "Resend invitation"
	send   = "Send reset email"
	week   = 7 * 24 * time.Hour
)

var (
	member    = store.Operator{MemberID: "m-sam"}
	temporary = func(op *store.Operator) { op.PasswordBy, op.MustChangePassword = "id-of-boss", true }
	closed    = "access-closed"
)

// crossings are all states of an account.
var crossings = []crossing{
	{"invited", false, func(c *crossroads) *crossroads { return c.invited("Boss") }, "invitation", "", resend, true, false},
	{"invited, expired", false, func(c *crossroads) *crossroads { return c.invited("Boss").later(week) }, "invitation", "", resend, false, false},
	{"invited, and its inviter left", false, func(c *crossroads) *crossroads {
		c.Person("Leaver", backoffice.Administrator)
		c.invited("Leaver")
		c.Change("id-of-leaver", func(op *store.Operator) { op.State = store.OperatorDisabled })
		return c
	}, closed, "its creator may no longer invite", resend, false, false},
	{"invited, its inviter left, and sent again by another", false, func(c *crossroads) *crossroads {
		c.Person("Leaver", backoffice.Administrator)
		c.invited("Leaver")
		o, err := c.Under.FindOperatorByLogin(ctx, "sam")
		require.NoError(c.T, err)
		_, a := c.as("Boss")
		link, err := c.Desk().ResendInvitation(ctx, a, testoffice.Home, o.ID)
		require.NoError(c.T, err)
		c.token = testoffice.Token(link)
		c.Write(store.DeleteOperator{ID: "id-of-leaver", Version: c.Find("id-of-leaver").Version})
		return c
	}, "invitation", "", resend, true, false},
	{"invited, and has more than the inviter by now", false, func(c *crossroads) *crossroads {
		c.Person("Helper", backoffice.Administrator)
		return c.invited("Helper").change(func(op *store.Operator) { op.PrimaryRole = backoffice.SuperAdministrator })
	}, closed, "its creator may no longer invite", resend, false, false},
	{"invited, without a role by now", false, func(c *crossroads) *crossroads {
		return c.invited("Boss").change(func(op *store.Operator) { op.PrimaryRole = "" })
	}, closed, "no role", "Give them a role first", false, false},
	{"disabled before they chose a password", false, func(c *crossroads) *crossroads {
		return c.invited("Boss").change(func(op *store.Operator) { op.State = store.OperatorDisabled })
	}, closed, "account is disabled", "Enable", false, false},
	{"granted under SSO", true, func(c *crossroads) *crossroads { return c.granted() }, "access-granted", "", resend, true, false},
	{"granted under SSO, expired", true, func(c *crossroads) *crossroads { return c.granted().later(week) }, "access-granted", "", resend, false, false},
	{"granted under SSO, which was turned off", true, func(c *crossroads) *crossroads { c.granted().sso(false); return c }, "access-granted", "", resend, false, false},
	{"granted under SSO, and left the community", true, func(c *crossroads) *crossroads { c.granted().folk.Forget("m-sam"); return c }, closed, "no longer a member", "no longer a member", false, false},
	{"active", false, func(c *crossroads) *crossroads { return c.active(store.Operator{}, backoffice.Moderator) }, "password-reset", "", send, true, true},
	{"active, a member under SSO", true, func(c *crossroads) *crossroads { return c.active(member, backoffice.Moderator) }, "password-reset", "", send, true, true},
	{"active, a member without SSO", false, func(c *crossroads) *crossroads { return c.active(member, backoffice.Moderator) }, "password-elsewhere", "", "community password", false, true},
	{"active, a member, and SSO was turned on", false, func(c *crossroads) *crossroads {
		c.active(store.Operator{State: store.OperatorActive, MemberID: "m-sam"}, backoffice.Moderator).sso(true)
		return c
	}, "password-reset", "", send, false, false},
	{"active, a member, and SSO was turned off", true, func(c *crossroads) *crossroads { c.active(member, backoffice.Moderator).sso(false); return c }, "password-elsewhere", "", "community password", false, true},
	{"disabled", false, func(c *crossroads) *crossroads {
		return c.active(store.Operator{}, backoffice.Moderator).change(func(op *store.Operator) { op.State = store.OperatorDisabled })
	}, closed, "account is disabled", "Enable", false, false},
	{"locked", false, func(c *crossroads) *crossroads { return c.active(store.Operator{}, backoffice.Moderator).locked() }, "password-reset", "", send, true, false},
	{"a temporary password", false, func(c *crossroads) *crossroads {
		return c.active(store.Operator{}, backoffice.Moderator).change(temporary)
	}, "password-reset", "", send, true, true},
	{"a temporary password, expired", false, func(c *crossroads) *crossroads {
		return c.active(store.Operator{}, backoffice.Moderator).change(temporary).later(week)
	}, "password-reset", "", send, false, false},
	{"must change the password", false, func(c *crossroads) *crossroads {
		return c.active(store.Operator{}, backoffice.Moderator).change(func(op *store.Operator) { op.MustChangePassword = true })
	}, "password-reset", "", send, true, true},
	{"no role", false, func(c *crossroads) *crossroads { return c.active(store.Operator{}) }, closed, "no role", "give them one before you send a link", false, false},
	{"left the community, with SSO", true, func(c *crossroads) *crossroads {
		c.active(member, backoffice.Moderator).folk.Forget("m-sam")
		return c
	}, closed, "no longer a member", "no longer a member", false, false},
	{"left the community, without SSO", false, func(c *crossroads) *crossroads {
		c.active(member, backoffice.Moderator).folk.Forget("m-sam")
		return c
	}, closed, "no longer a member", "community password", false, false},
	{"a member without access", false, func(c *crossroads) *crossroads { c.sam = "sam@members.example"; return c }, "", "unknown", "", false, false},
	{"unknown", false, func(c *crossroads) *crossroads { return c }, "", "unknown", "", false, false},
}
