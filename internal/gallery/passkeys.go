package gallery

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// withPasskeys is an office that has passkeys.
func withPasskeys(c *desk.Config, _ *pages.Config) { c.Passkeys = authenticator.Checker{} }

// device is an authenticator of one of the people.
func device() *authenticator.Authenticator { return authenticator.New(testoffice.Origin) }

func phished(a *authenticator.Answer) { a.Origin = "https://evil.example" }

// passkeySignIn is everything with passkeys that comes before a session.
func passkeySignIn(g *gallery) {
	o := g.open(withPasskeys)
	o.Clock.Set(Time)
	o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator)
	b, phone := o.browser(home), device()
	form := b.Follow(b.Login("Ada Lovelace", testoffice.Good))
	o.keep("empty", form)
	o.keep("no-script", b.Submit(form, "/login/enrol/passkey", "label", "Laptop"))
	o.keep("refused", b.Submit(form, "/login/enrol/passkey", "label", longName+" 2", "passkey", form.Passkey(phone)))
	o.keep("passkey", b.Get("/login/enrol"))
	form = b.Get("/login/enrol/passkey")
	o.keep("passkey", b.Submit(form, "/login/enrol/passkey", "label", "Laptop", "passkey", form.Passkey(phone)))
	phone.Keys = phone.Keys[len(phone.Keys)-1:] // the others were refused

	again := func() (*browse.Browser, browse.Page) {
		b := o.browser(home)
		return b, b.Follow(b.Login("Ada Lovelace", testoffice.Good))
	}
	b, form = again()
	o.keep("alone", form)
	o.keep("passkey", b.Get("/login/recovery"))
	o.keep("passkeys", b.Get("/login/lost-phone"))
	o.keep("no-script", b.Submit(form, "/login/passkey"))
	o.keep("refused", b.Submit(form, "/login/passkey", "passkey", form.Passkey(phone, phished)))
	o.keep("unknown", b.Submit(form, "/login/passkey", "passkey", form.Passkey(phone, func(a *authenticator.Answer) { a.ID = []byte("another") })))
	form = b.Get("/login/passkey")
	answer := form.Passkey(phone)
	o.Clock.Add(6 * time.Minute)
	o.keep("expired", b.Submit(form, "/login/passkey", "passkey", answer))
	form = b.Get("/login/passkey")
	require.Equal(g.t, "/", b.Submit(form, "/login/passkey", "passkey", form.Passkey(phone)).Location)
	b, form = again()
	o.keep("counter", b.Submit(form, "/login/passkey", "passkey", form.Passkey(phone, func(a *authenticator.Answer) { a.Counter = 1 })))

	o.Rules(map[string]string{"passkeys.who": "everyone"})
	_, form = again()
	o.keep("required", form)
	o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleModerator)
	b = o.browser(home)
	o.keep("required", b.Follow(b.Login("Grace Hopper", testoffice.Good)))

	o.Rules(map[string]string{"passkeys.alone": "on"})
	b = o.browser(home)
	form = b.Get("/login")
	o.keep("passkeys", form)
	o.keep("passkey-no-script", b.Submit(form, "/login/with-passkey"))
	o.keep("passkey-refused", b.Submit(form, "/login/with-passkey", "passkey", form.Passkey(phone, phished)))
	o.Rules(nil)
	b = o.browser(home)
	use := []string{"token", o.ResetLink("ada@community.example"), "password", testoffice.Better, "password_again", testoffice.Better}
	form = b.Submit(b.Get("/reset"), "/reset", use...)
	o.keep("passkey", form)
	o.keep("passkey-refused", b.Submit(form, "/reset", append(use, "code", "", "passkey", form.Passkey(phone, phished))...))
	o.Clock.Set(Time)

	// The passkeys were made in another configuration.
	o = g.open()
	o.Rules(map[string]string{"passkeys.who": "everyone"})
	o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator)
	require.NoError(g.t, o.Under.Commit(ctx, store.PutFactor{Factor: store.Factor{
		ID: "laptop", OperatorID: "ada", Kind: store.FactorPasskey, Label: "Laptop", Secret: []byte("unreadable"), CreatedAt: ago(day), ConfirmedAt: ago(day),
	}}))
	o.Clock.Set(Time)
	b = o.browser(home)
	o.keep("passkey-needed", b.Follow(b.Login("Ada Lovelace", testoffice.Good)))
}

// passkeyAccount is what operators do about their passkeys, and what others see of them.
func passkeyAccount(g *gallery) {
	o := g.open(withPasskeys)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	ada := o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	o.keep("passkeys-none", ada.Get("/account/two-factor"))
	o.keep("passkeys-none", ada.Get("/"))
	laptop, cloud := device(), device()
	cloud.Syncs = true
	add := func(d *authenticator.Authenticator, label string) browse.Page {
		form := ada.Get("/account/passkeys/new")
		return ada.Submit(form, "/account/passkeys/new", "passkey", form.Passkey(d), "label", label)
	}
	o.Rules(map[string]string{"passkeys.who": "everyone"})
	o.keep("required", ada.Get("/account/passkeys/new"))
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	form := ada.Get("/account/passkeys/new")
	o.keep("empty", form)
	o.keep("no-script", ada.Submit(form, "/account/passkeys/new", "label", "Laptop"))
	o.keep("refused", ada.Submit(form, "/account/passkeys/new", "label", longName+" 2", "passkey", form.Passkey(laptop)))
	laptop.Keys = nil
	shown := add(laptop, "Work laptop")
	ada.Codes = shown.RecoveryCodes()
	o.keep("passkey", shown)
	o.keep("passkey", ada.Get("/account/two-factor"))
	o.keep("passkey", ada.Get("/account"))
	first := removal.FindString(ada.Get("/account/two-factor").Body)
	o.keep("passkey-last", ada.Get(first))
	o.Rules(map[string]string{"two_factor.who": "everyone", "passkeys.who": "everyone"})
	o.keep("passkey-lone", ada.Get("/account/two-factor"))
	o.keep("passkey-refused", ada.Submit(ada.Get(first), first))
	require.Equal(g.t, 303, add(cloud, longName).Status)
	app := ada.Get("/account/two-factor/add")
	ada.Submit(app, "/account/two-factor/add", "code", o.Code(app.Secret()), "label", "Phone")
	o.keep("passkey-several", ada.Get("/account/two-factor"))
	o.keep("passkey-other", ada.Get(first))

	o.Clock.Set(Time.Add(10 * time.Minute))
	form = ada.Open("/operators/new")
	o.keep("passkey-only", form)
	o.Rules(map[string]string{"two_factor.who": "everyone"})
	form = ada.Open("/operators/new")
	o.keep("passkey", form)
	o.keep("passkey-refused", ada.Submit(form, "/step-up", "next", "/operators/new", "passkey", form.Passkey(laptop, phished)))
	laptop.Verifies = false
	form = ada.Open("/operators/new")
	o.keep("passkey-password", ada.Submit(form, "/step-up", "next", "/operators/new", "passkey", form.Passkey(laptop)))
	laptop.Verifies = true
	form = ada.Open("/operators/new")
	require.Equal(g.t, "/operators/new", ada.Submit(form, "/step-up", "next", "/operators/new", "passkey", form.Passkey(laptop)).Location)

	b := o.browser(home)
	o.keep("app", b.Follow(b.Login("Ada Lovelace", testoffice.Good)))
	o.keep("passkey", b.Get("/login/code"))

	o.keep("passkeys", ada.Get("/roles/new"))
	o.keep("passkeys", ada.Get("/operators"))
	o.keep("passkeys", ada.Get("/operators/ada"))
	o.keep("passkeys", ada.Get("/account/sessions"))
	o.Clock.Set(Time)
}
