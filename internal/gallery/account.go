package gallery

import (
	"fmt"
	"regexp"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

const (
	safari  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	unknown = "Gopher/1.0"
	farIP   = "2001:db8:85a3:8d3:1319:8a2e:370:7348"
)

// homes are the home pages of people with more and less to see.
func homes(g *gallery) {
	o := g.open(func(_ *desk.Config, c *pages.Config) { c.Menu = nil })
	ada := o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleModerator))
	o.keep("empty", ada.Get("/"))
	o.Change("ada", func(op *store.Operator) { op.PrimaryRole = desk.RoleSuperAdministrator })
	o.keep("first", ada.Get("/"))

	o = g.staffed()
	for i := range desk.AttentionMost {
		o.person(fmt.Sprint("i", i), fmt.Sprint("Invited ", i), fmt.Sprint("i", i, "@community.example"), store.Operator{State: store.OperatorInvited, InviteExpiresAt: Time.Add(day)}, desk.RoleModerator)
	}
	o.Sent.Answer(deliveries)
	require.NoError(g.t, o.RequestReset(ctx, testoffice.From(home), longEmail))
	o.Delivered()
	o.Rules(map[string]string{"password.max_age": "90d", "two_factor.who": "recommended"})
	o.browser(farIP).Login("nobody@community.example", testoffice.Wrong)
	o.keep("filled", o.at(ago(2*time.Minute), o.Find("grace")).Get("/"))
	o.keep("office", o.ada.Get("/"))

	o = g.open(func(_ *desk.Config, c *pages.Config) {
		c.Menu = append(c.Menu, pages.MenuItem{Label: longName, Text: arabicName, Path: "/long", Permission: pages.AnyOperator}, pages.MenuItem{Label: hostile, Text: hostile, Path: "/hostile", Permission: pages.AnyOperator})
	})
	ada = o.at(ago(20*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleModerator))
	for i := range 8 {
		o.Clock.Set(ago(time.Duration(15-i) * time.Minute))
		ada.Browser = o.browser(home)
		ada.Submit(ada.Follow(ada.Login(ada.Name, ada.Password)), "/login/code", "code", ada.Codes[i])
	}
	o.Clock.Set(Time)
	o.keep("attention", ada.Get("/"))
	boss := o.at(ago(2*time.Minute), o.person("boss", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	b := o.browser(home)
	b.Submit(b.Follow(b.Login(ada.Name, ada.Password)), "/login/code", "code", ada.Codes[8])
	o.keep("one-code", boss.Get("/operators/ada"))

	o = g.open()
	o.Rules(map[string]string{"two_factor.from": "2026-04-01", "signin.paused": "on"})
	ada = o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	o.keep("notices", ada.Get("/?done=nothing"))
}

// newAlias is an office that has moved and may have to move back.
func newAlias(g *gallery) {
	o := g.open(func(c *desk.Config, _ *pages.Config) {
		c.Sender = &mail.Outbox{Dir: g.t.TempDir(), Sender: "Sunday Cyclists <office@community.example>"}
	})
	ada := o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	grace := o.at(ago(2*time.Minute), o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleCommunityManager))
	o.Clock.Set(ago(time.Minute))
	asks := func() browse.Page {
		return ada.Submit(ada.Get("/parameters/address"), "/parameters/address", "action", "choose", "alias", "p9xk-7dqm-w2ht")
	}
	o.keep("no-link", asks())
	o.Invited("emmy@community.example", "Emmy Noether", desk.RoleModerator)
	o.keep("one-link", asks())
	o.person("mary", hostile, "mary@community.example", store.Operator{}, desk.RoleModerator)
	require.NoError(g.t, o.RequestReset(ctx, testoffice.From(home), "grace@community.example"))
	_, _, err := o.PasswordLink(ctx, desk.CommandLine(), testoffice.From(home), "mary")
	require.NoError(g.t, err)
	o.keep("three-links", asks())
	for i, name := range []string{longName, arabicName, "Guest 1", "Guest 2", "Guest 3", "Guest 4", "Guest 5", "Guest 6", "Guest 7", "Guest 8", "Guest 9"} {
		o.Clock.Set(ago(time.Minute - time.Duration(i+1)*time.Second)) // so that they expire in this order
		o.Invited(fmt.Sprintf("guest%d@community.example", i), name, desk.RoleModerator)
	}
	ask := asks()
	o.keep("fourteen-links", ask)
	ada.Submit(ask, "/parameters/address")
	o.Clock.Set(Time)
	ada.Browser, grace.Browser = ada.Moved("/p9xk-7dqm-w2ht"), grace.Moved("/p9xk-7dqm-w2ht")
	o.keep("new-alias", ada.Get("/"))
	o.keep("pending", ada.Get("/parameters"))
	o.Clock.Set(Time.Add(13*time.Minute + 20*time.Second))
	o.keep("new-alias-waits", grace.Get("/"))
	require.NoError(g.t, o.ConfirmAlias(ctx, desk.CommandLine(), testoffice.From(home)))
	o.keep("confirmed", ada.Get("/parameters?done=address-confirmed"))
}

func account(g *gallery) {
	o := g.staffed(directory("Ada", "Grace", "Katherine"))
	ada := o.ada
	o.Change("ada", func(op *store.Operator) { op.Roles = []string{"press"} })
	o.keep("plain", ada.Get("/account"))
	o.keep("several", ada.Get("/account/sessions"))
	name := ada.Get("/account/name")
	o.keep("empty", name)
	o.keep("refused", ada.Submit(name, "/account/name", "name", "grace HOPPER"))
	form := ada.Get("/account/password")
	o.keep("empty", form)
	o.keep("wrong", ada.Submit(form, "/account/password", "current_password", testoffice.Wrong, "password", testoffice.Better, "password_again", testoffice.Better))
	o.keep("refused", ada.Submit(form, "/account/password", "current_password", testoffice.Good, "password", short, "password_again", "too long"))
	forced := o.at(ago(2*time.Minute), o.person("forced", "Charles Babbage", "charles@community.example", store.Operator{MustChangePassword: true}, desk.RoleModerator))
	o.keep("forced", forced.Get("/account/password"))

	mary := o.at(ago(20*time.Minute), o.Find("mary"))
	form = mary.Open("/operators/new")
	o.keep("code", form)
	o.keep("refused-code", mary.Submit(form, "/step-up", "password", mary.Password, "code", o.WrongCode(mary.Secret)))
	o.Unreadable("mary")
	o.keep("unreadable", mary.Submit(form, "/step-up", "password", mary.Password, "code", o.Code(mary.Secret)))

	o = g.open()
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	alone := o.at(ago(20*time.Minute), o.person("ada", longName, longEmail, store.Operator{}, desk.RoleModerator))
	o.keep("alone", alone.Get("/account/sessions"))
	o.Write(store.DeleteBrowsers{OperatorID: "ada", All: true})
	o.keep("no-browser", alone.Get("/account/sessions"))
	form = alone.Open("/account/two-factor/add")
	o.keep("password", form)
	o.keep("refused", alone.Submit(form, "/step-up", "password", testoffice.Wrong))
	odd := o.at(ago(2*time.Minute), o.person("odd", hostile, "odd@community.example", store.Operator{}, desk.RoleModerator))
	o.keep("hostile", odd.Get("/account"))
}

// accountWithMember is the account of an operator whose password the community
// checks.
func accountWithMember(g *gallery) {
	o := g.open(func(c *desk.Config, _ *pages.Config) { c.Members = testoffice.NewDirectory("Mia") })
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	sara := o.at(ago(2*time.Minute), o.person("sara", arabicName, "mia@members.example", store.Operator{MemberID: "m-mia"}, desk.RoleModerator))
	o.keep("bare", sara.Get("/account"))
	o.keep("member", sara.Get("/"))
	o.SSO = &desk.SSO{URL: "https://contoso.example/", Name: "Contoso Sign-In"} // as after a restart
	o.keep("no-password", sara.Get("/account"))
}

func twoFactor(g *gallery) {
	o := g.open()
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	ada := o.at(ago(2*time.Minute), o.person("ada", longName, longEmail, store.Operator{}, desk.RoleModerator))
	o.keep("empty", ada.Get("/account/two-factor"))
	o.keep("none", ada.Get("/account/recovery-codes"))
	add := ada.Get("/account/two-factor/add")
	o.keep("empty", add)
	secret := add.Secret()
	o.keep("wrong", ada.Submit(add, "/account/two-factor/add", "code", o.WrongCode(secret), "label", "Work phone"))
	o.keep("refused", ada.Submit(add, "/account/two-factor/add", "code", o.Code(secret), "label", longName+" 2"))
	shown := ada.Submit(add, "/account/two-factor/add", "code", o.Code(secret), "label", "Work phone")
	o.keep("plain", shown)
	ada.Secret, ada.Codes = secret, shown.RecoveryCodes()
	o.keep("plenty", ada.Get("/account/recovery-codes"))
	o.keep("plain", ada.Get("/account/recovery-codes/new"))
	apps := func() []string { return removal.FindAllString(ada.Get("/account/two-factor").Body, -1) }
	first := apps()[0]
	o.keep("last", ada.Get(first))

	o.Rules(map[string]string{"two_factor.who": "everyone"})
	o.keep("one-required", ada.Get("/account/two-factor"))
	o.keep("refused", ada.Submit(ada.Get(first), first))
	for i, label := range []string{longName, hostile} {
		o.Clock.Set(Time.Add(time.Duration(i+1) * time.Minute))
		add = ada.Get("/account/two-factor/add")
		ada.Follow(ada.Submit(add, "/account/two-factor/add", "code", o.Code(add.Secret()), "label", label))
	}
	second := apps()[1]
	for i := range 9 {
		b := o.browser(fmt.Sprintf("198.51.100.%d", i))
		form := b.Follow(b.Login(ada.Email, ada.Password))
		b.Submit(form, "/login/code", "code", ada.Codes[i])
		if i == 8 {
			o.keep("long", b.Get("/account"))
			o.keep("one", b.Get("/account/recovery-codes/new"))
			o.keep("few", b.Get("/account/recovery-codes"))
			o.keep("several", b.Get("/account/two-factor"))
			o.keep("other", b.Get(second))
			ada.Browser = b
		}
	}
	b := o.browser("198.51.100.9")
	b.Submit(b.Follow(b.Login(ada.Email, ada.Password)), "/login/code", "code", ada.Codes[9])
	o.keep("none", b.Get("/account/recovery-codes/new"))
	o.keep("no-codes", b.Get("/account/two-factor"))
}

// removal is the path of the page that removes an authenticator app.
var removal = regexp.MustCompile(`/account/two-factor/[a-z0-9]+/remove`)
