package backoffice_test

import (
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// scenes are a request each, with everything right about it.
var scenes = map[string]func(*office) (*browser, func() page){
	"the sign-in page": func(o *office) (*browser, func() page) {
		b := o.browser()
		return b, func() page { return b.get("/login") }
	},
	"a password": func(o *office) (*browser, func() page) {
		o.plain("Ada", backoffice.Moderator)
		b := o.browser()
		return form(b, b.get("/login"), "/login", "login", "Ada", "password", good)
	},
	"a password, with the code to come": func(o *office) (*browser, func() page) {
		o.add(store.Operator{}, "Ada", backoffice.Moderator)
		b := o.browser()
		return form(b, b.get("/login"), "/login", "login", "Ada", "password", good)
	},
	"a code": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		b := o.browser()
		shown := b.follow(b.login("Ada", good))
		return form(b, shown, "/login/code", "code", o.code(ada.secret))
	},
	"a recovery code": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		b := o.browser()
		b.login("Ada", good)
		return form(b, b.get("/login/recovery"), "/login/recovery", "code", ada.codes[3])
	},
	"an enrolment": func(o *office) (*browser, func() page) {
		o.add(store.Operator{}, "Ada", backoffice.Moderator)
		b := o.browser()
		shown := b.follow(b.login("Ada", good))
		return form(b, shown, "/login/enrol", "code", o.code(shown.shown()))
	},
	"a forgotten password": func(o *office) (*browser, func() page) {
		o.add(store.Operator{}, "Ada", backoffice.Moderator)
		b := o.browser()
		return form(b, b.get("/forgot"), "/forgot", "email", "ada@example.org")
	},
	"a reset link": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		b := o.browser()
		b.submit(b.get("/forgot"), "/forgot", "email", ada.Email)
		return form(b, b.get("/reset"), "/reset", "token", o.linkIn("reset"), "password", better, "password_again", better, "code", o.code(ada.secret))
	},
	"an invitation": func(o *office) (*browser, func() page) {
		_, err := o.CommandLine().Invite(ctx, "ben@example.org", "Ben", backoffice.Moderator)
		require.NoError(o.t, err)
		b := o.browser()
		return form(b, b.get("/welcome"), "/welcome", "token", o.linkIn("welcome"), "password", better, "password_again", better)
	},
	"setting up": func(o *office) (*browser, func() page) {
		b := o.browser()
		return form(b, b.get("/setup"), "/setup", "token", o.setupToken(), "email", "ada@example.org", "name", "Ada", "password", good, "password_again", good)
	},
	"a step-up": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		return form(ada.browser, ada.get("/step-up"), "/step-up", "password", good, "code", o.code(ada.secret))
	},
	"a new name": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		return form(ada.browser, ada.get("/account/name"), "/account/name", "name", "Adele")
	},
	"a new password": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		return form(ada.browser, ada.get("/account/password"), "/account/password", "current_password", good, "password", better, "password_again", better)
	},
	"a second authenticator": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		shown := ada.get("/account/two-factor/add")
		return form(ada.browser, shown, "/account/two-factor/add", "code", o.code(shown.shown()), "label", "Tablet")
	},
	"new recovery codes": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		return form(ada.browser, ada.get("/account/recovery-codes/new"), "/account/recovery-codes")
	},
	"ending the other sessions": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		ada.again()
		return form(ada.browser, ada.get("/account/sessions"), "/account/sessions", "end", "others")
	},
	"inviting": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.SuperAdministrator)
		return form(ada.browser, ada.get("/operators/new"), "/operators/new", "email", "ben@example.org", "name", "Ben", "role", backoffice.Moderator)
	},
	"signing out": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		return form(ada.browser, ada.get("/account"), "/logout")
	},
	"the home page": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.Moderator)
		return ada.browser, func() page { return ada.get("/") }
	},
	"the list of operators": func(o *office) (*browser, func() page) {
		ada := o.enrolled("Ada", backoffice.SuperAdministrator)
		return ada.browser, func() page { return ada.get("/operators") }
	},
	"a page of the host's": func(o *office) (*browser, func() page) {
		o.admin.Handle("/analytics", o.Require("analytics.view")(hello))
		ada := o.enrolled("Ada", backoffice.CommunityManager)
		return ada.browser, func() page { return ada.get("/analytics") }
	},
}

func form(b *browser, shown page, path string, pairs ...string) (*browser, func() page) {
	return b, func() page { return b.submit(shown, path, pairs...) }
}
