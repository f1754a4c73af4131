package gallery

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// staffed opens an office with people in every state, and Ada at work in it.
func (g *gallery) staffed(change ...func(*desk.Config, *pages.Config)) *office {
	o := g.open(change...)
	roles := []store.Role{
		{ID: "press", Name: "Press", Description: "Publishes announcements and newsletters.", Permissions: []string{"analytics.view", desk.PermissionOperatorsView}},
		{ID: "keeper", Name: "Key keeper", RequireTwoFactor: true, Permissions: []string{desk.PermissionAuditView, desk.PermissionParametersManage}},
		{ID: "lead", Name: "Team lead", Permissions: []string{desk.PermissionOperatorsManage, desk.PermissionRolesManage, "analytics.view", "posts.moderate"}},
		{ID: "long", Name: longName, Description: hostile},
	}
	for _, r := range roles {
		r.NameKey, r.CreatedAt, r.UpdatedAt = strings.ToLower(r.Name), ago(200*day), ago(200*day)
		slices.Sort(r.Permissions)
		o.Write(store.PutRole{Role: r})
	}
	member := ""
	if o.Cfg.SSO != nil {
		member = "m-ada"
	}
	o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{MemberID: member, Password: o.password, CreatedAt: ago(900 * day), PasswordSetAt: ago(12 * day)}, desk.RoleSuperAdministrator)
	o.person("mary", "Mary Somerville", "mary@community.example", store.Operator{CreatedBy: "ada"}, desk.RoleAdministrator)
	o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{MemberID: "m-grace", Password: o.password, CreatedBy: "ada"}, desk.RoleModerator, "press")
	o.person("wolf", longName, longEmail, store.Operator{
		CreatedAt: ago(20 * day), MustChangePassword: true, PasswordBy: "ada", PasswordSetAt: ago(time.Hour), LastActiveAt: ago(3 * day),
	}, desk.RoleModerator)
	o.Write(store.MarkLocked{OperatorID: "wolf", Until: Time.Add(12 * time.Minute)})
	o.person("evil", hostile, "evil@community.example", store.Operator{
		State: store.OperatorInvited, CreatedAt: ago(8 * day), InviteExpiresAt: ago(day), CreatedBy: "command-line",
	}, "long")
	o.person("off", "Katherine Johnson", "katherine@community.example", store.Operator{
		State: store.OperatorDisabled, MemberID: "m-katherine", CreatedAt: ago(100 * day), LastActiveAt: ago(90 * day),
	}, desk.RoleModerator)
	o.person("lead", "Emmy Noether", "emmy@community.example", store.Operator{CreatedAt: ago(30 * day), CreatedBy: "mary"}, "lead")
	o.at(ago(26*time.Hour), o.Find("grace"))
	o.ada = o.at(ago(25*time.Hour), o.Find("ada"))
	o.Clock.Set(ago(25 * time.Hour))
	_, _, err := o.Invite(ctx, o.actor(), testoffice.From(home), desk.InviteForm{Email: "sara@community.example", Name: arabicName, Roles: []string{desk.RoleModerator}})
	if err != nil {
		g.t.Fatal(err)
	}
	o.Delivered()
	o.from(farIP, safari, ago(9*time.Minute), o.Find("ada"))
	o.from("198.51.100.24", unknown, ago(8*time.Minute), o.Find("ada"))
	o.ada = o.at(ago(2*time.Minute), o.Find("ada"))
	o.Delivered()
	return o
}

// first is the path of the first row of a list.
func (o *office) first(list string) string {
	p := o.ada.Get(list)
	rows := p.Rows("")
	if len(rows) == 0 {
		o.g.t.Fatal("no rows in ", list, ": ", p.Text())
	}
	return rows[0]
}

// found is the id of an operator.
func (o *office) found(name string) string {
	list, err := o.Operators(ctx, o.actor(), store.OperatorQuery{Search: name, Limit: 1})
	if err != nil || len(list.Rows) == 0 {
		o.g.t.Fatal("no operator ", name, err)
	}
	return list.Rows[0].ID
}

func (o *office) actor() desk.Actor { return o.Identity(o.ada.Cookie(browse.SessionCookie)).Actor() }

// directory adds its members to those of an office, whose members have a company
// sign-in.
// community is a directory of members, of whom those who are operators have the same
// email address here.
func community(names ...string) *testoffice.Directory {
	d := testoffice.NewDirectory(names...)
	for _, name := range []string{"Ada", "Grace", "Katherine", "None"} {
		if slices.Contains(names, name) {
			d.Put(desk.Member{ID: "m-" + strings.ToLower(name), Name: name, Email: strings.ToLower(name) + "@community.example"})
		}
	}
	return d
}

func directory(names ...string) func(*desk.Config, *pages.Config) {
	return func(c *desk.Config, _ *pages.Config) {
		c.Members, c.SSO = community(names...), &desk.SSO{URL: "https://contoso.example/", Name: "Contoso Sign-In"}
	}
}

func operators(g *gallery) {
	o := g.staffed(directory("Ada", "Grace", "Katherine"))
	ada := o.ada
	o.keep("filled", ada.Get("/operators"))
	o.keep("filtered", ada.Get("/operators?q=wolf+com&state=locked&two_factor=no&origin=invited&sort=last-active&role=moderator&id=evil&at=1"))
	o.keep("none", ada.Get("/operators?q="+url.QueryEscape(longName+" nobody")))

	many := ada.Get("/operators/new/several")
	o.keep("empty", many)
	people := "Rosa Luxemburg <rosa@community.example>\nLise Meitner <lise@community.example>\ngrace@community.example\n" + arabicName + " <sara@community.example>\ndorothy@community.example"
	o.keep("refused", ada.Press(many, "/operators/new/several", "", "people="+people+"\nGrace Hopper <hopper@community.example>\n"+hostile+" <nobody@>"))
	o.keep("several", ada.Press(many, "/operators/new/several", "", "people="+people, "+role=moderator", "+role=press"))
	pick := "/operators/bulk?operator=wolf&operator=lead&operator=ada&operator=off&operator=" + o.found("sara@") + "&operator=grace"
	o.keep("none", ada.Press(many, "/operators/new/several", "", "people=grace@community.example", "+role=moderator"))
	o.keep("act", ada.Get(pick))
	o.keep("role", ada.Get(pick+"&act=add-role"))
	o.keep("empty", ada.Get("/operators/bulk?act=disable"))
	o.keep("add-role", ada.Get(pick+"&act=add-role&role=press"))
	o.keep("remove-role", ada.Get(pick+"&act=remove-role&role=moderator"))
	o.keep("sessions", ada.Get(pick+"&act=sessions"))
	o.keep("resend", ada.Get(pick+"&act=resend"))
	o.keep("disable", ada.Get(pick+"&act=disable"))

	invite := ada.Get("/operators/new")
	o.keep("empty", invite)
	o.keep("refused", ada.Submit(invite, "/operators/new", "email", "grace@", "name", longName))

	o.at(ago(10*time.Minute), o.Find("grace"))
	o.from(farIP, safari, ago(9*time.Minute), o.Find("grace"))
	grace := o.Find("grace")
	o.Delivered()
	sara := o.found("sara@")
	o.Clock.Set(ago(2 * time.Minute))
	o.browser(farIP).Login("Grace Hopper", testoffice.Wrong)
	o.Clock.Set(Time)
	o.keep("active", ada.Get("/operators/"+grace.ID))
	o.keep("locked", ada.Get("/operators/wolf"))
	o.Write(store.MarkLocked{OperatorID: "wolf", Until: Time.Add(10_000 * time.Hour)})
	o.keep("locked-for-good", ada.Get("/operators/wolf"))
	o.Write(store.MarkLocked{OperatorID: "wolf", Until: Time.Add(12 * time.Minute)})
	o.keep("invited", ada.Get("/operators/"+sara))
	o.keep("expired", ada.Get("/operators/evil"))
	o.keep("disabled", ada.Get("/operators/off"))
	o.keep("self", ada.Get("/operators/ada"))
	mary := o.at(ago(2*time.Minute), o.person("mary2", "Mary Shelley", "shelley@community.example", store.Operator{}, desk.RoleAdministrator))
	o.keep("above", mary.Get("/operators/ada"))
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.Change("wolf", func(op *store.Operator) { op.PasswordSetAt = ago(3 * day) })
	o.keep("temporary", ada.Get("/operators/wolf"))
	o.keep("optional", ada.Get("/operators/grace/two-factor"))
	o.person("none", "Alan Turing", "alan@community.example", store.Operator{})
	o.keep("none", ada.Get("/operators/none"))
	o.Change("none", func(op *store.Operator) { op.State, op.InviteExpiresAt = store.OperatorInvited, Time.Add(day) })
	o.keep("invited-no-role", ada.Get("/operators/none"))
	o.Change("none", func(op *store.Operator) {
		op.State, op.InviteExpiresAt, op.MustChangePassword = store.OperatorActive, time.Time{}, true
	})
	o.keep("compromised", ada.Get("/operators/none"))
	o.Change("grace", func(op *store.Operator) { op.MemberEmail = "mary@community.example" })
	o.keep("problem", ada.Get("/operators/grace"))
	act := ada.Get("/operators/bulk?act=disable&operator=lead&operator=wolf")
	o.Change("wolf", func(op *store.Operator) { op.MustChangePassword = false })
	o.keep("partly", ada.Press(act, "/operators/bulk", "", "reason=The project is over."))
	o.keep("done", ada.Press(ada.Get("/operators/bulk?act=sessions&operator=grace"), "/operators/bulk", ""))
	asked := ada.Press(many, "/operators/new/several", "", "people="+people, "+role=moderator")
	o.person("lise", "Lise Meitner", "lise@community.example", store.Operator{}, desk.RoleModerator)
	o.keep("partly", ada.Press(asked, "/operators/new/several", "Send"))
	o.keep("nobody", ada.Press(asked, "/operators/new/several", "Send", "people=lise@community.example", "seen=0"))
	o.keep("done", ada.Press(ada.Press(many, "/operators/new/several", "", "people=tim@community.example", "+role=moderator"), "/operators/new/several", "Send"))
}

func operatorActs(g *gallery) {
	o := g.staffed(directory("Ada", "Grace", "Katherine"))
	o.at(ago(10*time.Minute), o.Find("grace"))
	o.from(farIP, safari, ago(9*time.Minute), o.Find("grace"))
	ada := o.ada
	at := func(act string) string { return "/operators/grace/" + act }
	form := ada.Get(at("name"))
	o.keep("empty", form)
	o.keep("refused", ada.Submit(form, at("name"), "name", "ADA lovelace"))
	form = ada.Get("/operators/wolf/email")
	o.keep("empty", form)
	o.keep("refused", ada.Submit(form, "/operators/wolf/email", "email", hostile))

	lead := o.at(ago(2*time.Minute), o.Find("lead"))
	form = lead.Get(at("roles"))
	o.keep("filled", form)
	o.keep("refused-more", lead.Press(form, at("roles"), "", "+role=keeper"))
	form = ada.Get(at("roles"))
	o.keep("both", ada.Press(form, at("roles"), "", "role=administrator", "+role=keeper"))
	o.keep("none", ada.Press(form, at("roles"), "", "-role"))
	o.Rules(map[string]string{"two_factor.who": "roles"})
	o.keep("two-factor", ada.Press(form, at("roles"), "", "+role=keeper"))
	o.Rules(map[string]string{})
	form = ada.Get("/operators/ada/roles")
	o.keep("self", form)
	form = ada.Press(form, "/operators/ada/roles", "", "role=administrator")
	o.keep("refused", ada.Submit(form, "/operators/ada/roles"))

	sara := "/operators/" + o.found("sara@") + "/invitation"
	form = ada.Get(sara)
	o.keep("plain", form)
	o.keep("invitation", ada.Submit(form, sara, "action", "link"))
	o.keep("several", ada.Get(at("sessions")))
	o.keep("none", ada.Get("/operators/off/sessions"))
	o.Write(store.EndSessions{OperatorID: "lead", All: true})
	o.keep("browsers", ada.Get("/operators/lead/sessions"))
	form = ada.Get(at("link"))
	o.keep("plain", form)
	o.keep("plain", ada.Submit(form, at("link")))
	o.keep("required", ada.Get(at("two-factor")))
	o.keep("refused", ada.Submit(ada.Get(at("two-factor")), at("two-factor")))
	o.keep("plain", ada.Get(at("disable")))
	o.at(ago(2*time.Minute), o.Find("mary"))
	o.keep("one", ada.Get("/operators/mary/disable"))
	o.keep("plain", ada.Get("/operators/off/enable"))
	o.keep("member", ada.Get(at("delete")))

	o.keep("plain", ada.Get(at("new-password")))

	o.Rules(map[string]string{"password.temporary": "on"})
	form = ada.Get(at("temporary-password"))
	o.keep("plain", form)
	o.keep("plain", ada.Submit(form, at("temporary-password")))

	// Ada is the last super-administrator; these forms are from before that.
	o.keep("refused", ada.Post("/operators/ada/disable", url.Values{"csrf": form.Form("/logout")["csrf"], "reason": {"Left the company."}}))
	o.keep("refused", ada.Post("/operators/ada/delete", url.Values{"csrf": form.Form("/logout")["csrf"], "reason": {hostile}}))
	o.Change("evil", func(op *store.Operator) { op.State = store.OperatorDisabled })
	o.keep("hostile", ada.Get("/operators/evil/delete"))
}

// shortPages is a directory that gives few members at a time, as it may.
type shortPages struct{ *testoffice.Directory }

func (d shortPages) SearchMembers(ctx context.Context, query, after string, limit int) ([]desk.Member, string, error) {
	if query == "rare" {
		return nil, "further", nil
	}
	return d.Directory.SearchMembers(ctx, query, after, min(limit, 5))
}

func members(g *gallery) {
	var all *testoffice.Directory
	o := g.staffed(func(c *desk.Config, _ *pages.Config) {
		all = community("Ada", "Grace", "Katherine", "Maria", hostile, longName)
		c.Members, c.SSO = shortPages{all}, &desk.SSO{URL: "https://contoso.example/", Name: "Contoso Sign-In"}
	})
	o.at(ago(10*time.Minute), o.Find("grace"))
	ada := o.ada
	list := ada.Get("/members")
	o.keep("filled", list)
	o.keep("sso", ada.Get("/members?q=Maria"))
	o.keep("none", ada.Get("/members?q=nobody&access=yes"))
	maria := "/members/m-maria"
	form := ada.Get(maria)
	o.keep("sso", form)
	o.keep("grant", ada.Press(form, maria, "", "role=moderator", "+role=press"))
	o.keep("refused-name", ada.Press(form, maria, "", "name=maria@", "role=moderator"))
	all.Put(desk.Member{ID: "m-" + strings.Repeat("9", 260), Name: "Maria Nine", Email: "nine@community.example"})
	o.keep("unusable", ada.Get("/members?q=Maria"))
	all.Put(desk.Member{ID: "m-nameless", Email: "nobody"})
	o.keep("problem", ada.Get("/members/m-nameless"))
	form = ada.Get("/members/m-grace")
	o.keep("change", form)
	o.keep("change", ada.Press(form, "/members/m-grace", "", "role=community-manager"))
	o.keep("none", ada.Press(form, "/members/m-grace", "", "-role"))
	o.keep("further", ada.Get("/members?q=rare"))
	o.keep("plain", ada.Get("/members/m-grace/revoke"))
	form = ada.Get("/members/m-ada/revoke")
	o.keep("refused", ada.Submit(form, "/members/m-ada/revoke", "reason", "Left the company."))
	all.Break(true)
	o.keep("unavailable", ada.Get("/members?q=Maria"))
}

// membersWithPassword are those of a community that checks their passwords.
func membersWithPassword(g *gallery) {
	o := g.staffed(func(c *desk.Config, _ *pages.Config) {
		c.Members = community("Grace", "Katherine", "Maria", "None")
	})
	ada := o.ada
	o.person("same", "Maria", "same@community.example", store.Operator{}, desk.RoleModerator)
	form := ada.Get("/members/m-maria")
	o.keep("grant", form)
	o.Rules(map[string]string{"two_factor.who": "roles"})
	confirm := ada.Press(form, "/members/m-maria", "", "role=administrator")
	o.keep("password", confirm)
	o.keep("elsewhere", ada.Get("/operators/grace"))
	o.person("none", "Katherine Johnson 2", "none@community.example", store.Operator{MemberID: "m-none"})
	o.keep("none", ada.Get("/members/m-none/revoke"))
	o.person("second", "Maria 2", "second@community.example", store.Operator{}, desk.RoleModerator)
	o.keep("refused", ada.Submit(confirm, "/members/m-maria"))
	o.Change("off", func(op *store.Operator) { op.State, op.PrimaryRole = store.OperatorActive, desk.RoleSuperAdministrator })
	mary := o.at(ago(2*time.Minute), o.Find("mary"))
	o.keep("above", mary.Get("/members/m-katherine"))
	o.Cfg.Members.(*testoffice.Directory).Forget("m-grace", "m-katherine", "m-maria", "m-none")
	o.keep("empty", ada.Get("/members"))
}

func roles(g *gallery) {
	o := g.open()
	o.ada = o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	o.keep("first", o.ada.Get("/roles"))

	o = g.staffed(directory("Ada", "Grace", "Katherine"))
	ada := o.ada
	o.keep("filled", ada.Get("/roles"))
	reader := o.at(ago(2*time.Minute), o.person("reader", "Alan Turing", "alan@community.example", store.Operator{}, "press"))
	o.keep("reader", reader.Get("/roles"))
	o.keep("new", ada.Get("/roles/new"))
	mary := o.at(ago(2*time.Minute), o.Find("mary"))
	lead := o.at(ago(2*time.Minute), o.Find("lead"))
	form := lead.Get("/roles/press")
	o.keep("filled", form)
	o.keep("refused", lead.Press(form, "/roles/press", "", "+permission="+desk.PermissionParametersManage))
	o.keep("refused-name", lead.Press(form, "/roles/press", "", "name=key KEEPER"))
	o.keep("fixed", mary.Get("/roles/administrator"))
	form = ada.Get("/roles/keeper")
	o.keep("unheld", form)
	o.keep("loosened", ada.Press(form, "/roles/keeper", "", "-two_factor"))
	form = ada.Get("/roles/press")
	o.keep("undescribed", ada.Press(form, "/roles/press", "", "description="))
	o.keep("both", ada.Press(form, "/roles/press", "", "name=Press office", "permission=campaigns.send", "two_factor=on"))
	o.keep("described", ada.Press(form, "/roles/press", "", "description="+hostile))
	o.keep("one", ada.Press(ada.Get("/roles/long"), "/roles/long", "", "permission=campaigns.send"))
	o.keep("held", ada.Get("/roles/press/delete"))
	unused := ada.Get("/roles/keeper/delete")
	o.keep("unused", unused)
	o.keep("refused", ada.Submit(ada.Get("/roles/press/delete"), "/roles/press/delete", "to", "gone"))
	o.Change("mary", func(op *store.Operator) { op.Roles = []string{"long"} })
	o.keep("held-by-more", lead.Get("/roles/long"))
}

// longRoles are those of a host with many permissions.
func longRoles(g *gallery) {
	o := g.staffed(func(c *desk.Config, _ *pages.Config) {
		acts := []string{"See", "Write", "Change", "Move", "Hide", "Delete", "Export", "Import", "Approve", "Assign"}
		for _, subject := range []string{"Articles", "Badges", "Campaigns", "Categories", "Events", "Files", "Forms", "Ideas", "Integrations", "Questions", "Surveys", "Translations"} {
			for _, act := range acts {
				c.Permissions = append(c.Permissions, desk.Permission{
					Key: strings.ToLower(subject + "." + act), Label: act + " " + strings.ToLower(subject), Group: subject, Description: "Pages, lists and notices about them.",
				})
			}
		}
	})
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	var ticked []string
	for _, p := range o.Permissions() {
		if strings.HasSuffix(p.Key, ".see") {
			ticked = append(ticked, p.Key)
		}
	}
	r, err := o.Under.FindRole(ctx, "press")
	if err != nil {
		g.t.Fatal(err)
	}
	r.Permissions = append(r.Permissions, ticked...)
	slices.Sort(r.Permissions)
	o.Write(store.PutRole{Role: r})
	for i := range 51 {
		id := "p" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		o.person(id, "Press "+id, id+"@community.example", store.Operator{}, desk.RoleModerator, "press")
	}
	o.keep("many", o.ada.Get("/roles"))
	o.keep("long", o.ada.Get("/roles/press"))
	o.keep("long-fixed", o.ada.Get("/roles/moderator"))
}
