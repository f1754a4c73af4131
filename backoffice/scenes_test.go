package backoffice_test

import (
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/totp"
)

// scenes are a request each, with everything right about it.
var scenes = map[string]func(*office) (*browser, func() page){
	"the sign-in page": func(o *office) (*browser, func() page) {
		b := o.Browser()
		return b, func() page { return b.Get("/login") }
	},
	"a password": func(o *office) (*browser, func() page) {
		o.Plain("Ada", backoffice.Moderator)
		b := o.Browser()
		return form(b, b.Get("/login"), "/login", "login", "Ada", "password", good)
	},
	"a password, with the code to come": func(o *office) (*browser, func() page) {
		o.Person("Ada", backoffice.Moderator)
		b := o.Browser()
		return form(b, b.Get("/login"), "/login", "login", "Ada", "password", good)
	},
	"a code": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		b := o.Browser()
		shown := b.Follow(b.Login("Ada", good))
		return form(b, shown, "/login/code", "code", o.Code(ada.Secret))
	},
	"a recovery code": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		b := o.Browser()
		b.Login("Ada", good)
		return form(b, b.Get("/login/recovery"), "/login/recovery", "code", ada.Codes[3])
	},
	"an enrolment": func(o *office) (*browser, func() page) {
		o.Person("Ada", backoffice.Moderator)
		b := o.Browser()
		shown := b.Follow(b.Login("Ada", good))
		return form(b, shown, "/login/enrol", "code", o.Code(shown.Secret()))
	},
	"a forgotten password": func(o *office) (*browser, func() page) {
		o.Person("Ada", backoffice.Moderator)
		b := o.Browser()
		return form(b, b.Get("/forgot"), "/forgot", "email", "ada@example.org")
	},
	"a reset link": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		b := o.Browser()
		b.Submit(b.Get("/forgot"), "/forgot", "email", ada.Email)
		return form(b, b.Get("/reset"), "/reset", "token", o.LinkIn("reset"), "password", better, "password_again", better, "code", o.Code(ada.Secret))
	},
	"an invitation": func(o *office) (*browser, func() page) {
		_, err := o.CommandLine().Invite(ctx, "ben@example.org", "Ben", backoffice.Moderator)
		require.NoError(o.T, err)
		b := o.Browser()
		return form(b, b.Get("/welcome"), "/welcome", "token", o.LinkIn("welcome"), "password", better, "password_again", better)
	},
	"setting up": func(o *office) (*browser, func() page) {
		b := o.Browser()
		return form(b, b.Get("/setup"), "/setup", "token", o.SetupToken(), "email", "ada@example.org", "name", "Ada", "password", good, "password_again", good)
	},
	"a step-up": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/step-up"), "/step-up", "password", good, "code", o.Code(ada.Secret))
	},
	"a new name": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/account/name"), "/account/name", "name", "Adele")
	},
	"a new password": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/account/password"), "/account/password", "current_password", good, "password", better, "password_again", better)
	},
	"a second authenticator": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		shown := ada.Get("/account/two-factor/add")
		return form(ada.Browser, shown, "/account/two-factor/add", "code", o.Code(shown.Secret()), "label", "Tablet")
	},
	"new recovery codes": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/account/recovery-codes/new"), "/account/recovery-codes")
	},
	"ending the other sessions": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		ada.Again()
		return form(ada.Browser, ada.Get("/account/sessions"), "/account/sessions", "end", "others")
	},
	"inviting": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
		return form(ada.Browser, ada.Get("/operators/new"), "/operators/new", "email", "ben@example.org", "name", "Ben", "role", backoffice.Moderator)
	},
	"signing out": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/account"), "/logout")
	},
	"the home page": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return ada.Browser, func() page { return ada.Get("/") }
	},
	"a home page with everything": func(o *office) (*browser, func() page) {
		sue := o.Enrolled("Sue", backoffice.SuperAdministrator)
		return sue.Browser, func() page { return sue.Get("/") }
	},
	"a step of the checklist": func(o *office) (*browser, func() page) {
		sue := o.Enrolled("Sue", backoffice.SuperAdministrator)
		return form(sue.Browser, sue.Get("/"), "/", "action", "address")
	},
	"an email that arrived": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return ada.Browser, func() page { return ada.Get(o.arrival(ada.ID)) }
	},
	"a search": func(o *office) (*browser, func() page) {
		sue := o.Enrolled("Sue", backoffice.SuperAdministrator)
		return sue.Browser, func() page { return sue.Get("/search?q=sue") }
	},
	"a chart of the audit log": func(o *office) (*browser, func() page) {
		sue := o.Enrolled("Sue", backoffice.SuperAdministrator)
		return sue.Browser, func() page { return sue.Get("/audit?person=Sue") }
	},
	"the history of a parameter": func(o *office) (*browser, func() page) {
		sue := o.Enrolled("Sue", backoffice.SuperAdministrator)
		return sue.Browser, func() page { return sue.Get("/parameters/history/session.idle") }
	},
	"an act on several, shown": func(o *office) (*browser, func() page) {
		sue := o.Enrolled("Sue", backoffice.SuperAdministrator)
		return sue.Browser, func() page { return sue.Get("/operators/bulk?act=end-sessions&operator=" + sue.ID) }
	},
	"what was typed before": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		typed := ada.Get("/account/name")
		o.Clock.Add(6 * time.Minute)
		asked := ada.Follow(ada.Submit(typed, "/account/name", "name", "Adele"))
		o.Clock.Add(totp.Period)
		shown := ada.Submit(asked, "/step-up", "password", good, "code", o.Code(ada.Secret))
		require.Contains(o.T, shown.Location, "kept=")
		return ada.Browser, func() page { return ada.Get(shown.Location) }
	},
	"the list of operators": func(o *office) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
		return ada.Browser, func() page { return ada.Get("/operators") }
	},
	"a page of the host's": func(o *office) (*browser, func() page) {
		o.Inside.Handle("/analytics", o.Require("analytics.view")(hello))
		ada := o.Enrolled("Ada", backoffice.CommunityManager)
		return ada.Browser, func() page { return ada.Get("/analytics") }
	},
}

// arrival is where the link of a test email to an operator leads.
func (o *office) arrival(id string) string {
	return strings.TrimPrefix(o.Desk().ArrivalURL(o.Find(id)), strings.TrimSuffix(o.HomeURL(), "/"))
}

func form(b *browser, shown page, path string, pairs ...string) (*browser, func() page) {
	return b, func() page { return b.Submit(shown, path, pairs...) }
}
