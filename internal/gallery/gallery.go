// Package gallery has every page in the states that people may see. Tests keep
// them as golden files, judge their markup and look at them in a browser. No
// program links it.
package gallery

import (
	"strings"
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

// State is one page in one of the ways it may look.
type State struct {
	// Name is that of the page and of the state: "login-refused".
	Name  string
	Frame view.Frame
	Page  view.Page
}

// state is a State without its frame. Its name is unique for the page.
type state struct {
	Name string
	Page view.Page
}

// The states of each page, the usual one first. A page for people with and without
// a session is in both lists.
var (
	signedOut = []func() []state{
		setupPage, loginPage, codePage, recoveryPage, lostPhonePage, enrolPage, recoveryCodesPage, forgotPage,
		forgotSentPage, resetPage, welcomePage, linkPage, signedOutPage,
		continuePage, tooManyTriesPage, maintenancePage, busyPage, storeDownPage, staleFormPage, badRequestPage,
		crossOriginPage, refusedPage, plainHTTPPage, methodNotAllowedPage, notFoundPage, unexpectedPage,
	}
	signedIn = []func() []state{
		homePage, accountPage, accountNamePage, accountPasswordPage, twoFactorPage, twoFactorAddPage,
		twoFactorRemovePage, accountCodesPage, accountCodesNewPage, accountCodesShownPage, sessionsPage, stepUpPage,
		forbiddenPage, notDonePage, notFoundPage, unexpectedPage, tooManyTriesPage, operatorsPage, operatorNewPage,
		operatorPage, operatorNamePage, operatorEmailPage, operatorRolesPage, operatorRolesConfirmPage,
		operatorInvitationPage, operatorSessionsPage, operatorLinkPage, operatorLinkShownPage, operatorPasswordPage,
		operatorPasswordShownPage, operatorTwoFactorPage, operatorDisablePage, operatorEnablePage,
		operatorDeletePage, membersPage, memberPage, memberConfirmPage, memberRevokePage, rolesPage, rolePage,
		roleConfirmPage, roleDeletePage, parametersPage, parametersConfirmPage, parametersStalePage,
		parametersAddressPage, mailPage, mailMessagePage, mailTestPage, auditPage, auditEventPage, auditVerifyPage,
		auditEventsPage,
	}
)

// All returns every page in its states.
func All() []State {
	var all []State
	for _, states := range signedOut {
		for _, s := range states() {
			all = append(all, State{Name: s.Page.Template() + "-" + s.Name, Frame: frame(), Page: s.Page})
		}
	}
	for _, states := range signedIn {
		for _, s := range states() {
			all = append(all, State{Name: "office-" + s.Page.Template() + "-" + s.Name, Frame: officeFrame(s.Page), Page: s.Page})
		}
	}

	const pause = "Sign-ins are paused for maintenance. Come back later."
	paused := frame()
	paused.Maintenance = pause
	paused.Notices = []view.Notice{{Level: view.LevelWarning, Text: "This sign-in took too long, or continued in another tab. Start again."}}
	all = append(all, State{"login-maintenance", paused, pages.LoginPage{}})
	home := func(name string, change func(*view.Frame)) {
		f := officeFrame(pages.HomePage{})
		change(&f)
		all = append(all, State{"office-home-" + name, f, pages.HomePage{}})
	}
	home("notices", func(f *view.Frame) {
		f.Maintenance = pause
		f.Notices = []view.Notice{
			{Level: view.LevelSuccess, Text: "Name changed."}, {Level: view.LevelInfo, Text: "There was nothing to change."},
		}
		f.Reminders = []view.Reminder{{
			Text: "From 1 April 2026 you need two-factor authentication to sign in.", Link: "Set it up now", Path: "/account/two-factor/add",
		}}
	})
	home("new-alias", func(f *view.Frame) { f.NewAlias = &view.NewAlias{Until: in(14 * time.Minute), MayConfirm: true} })
	home("new-alias-waits", func(f *view.Frame) { f.NewAlias = &view.NewAlias{Until: in(40 * time.Second)} })
	return all
}

func frame() view.Frame {
	return view.Frame{
		Office: "Sunday Cyclists",
		Base:   "/k7w3",
		Origin: "https://community.example",
		Nonce:  "c2FtcGxlLW5vbmNlLTAwMDE",
		CSRF:   "sample-csrf",
	}
}

func officeFrame(p view.Page) view.Frame {
	f := frame()
	f.Operator = &view.Operator{Name: "Ada Lovelace", Role: "Super-administrator", Email: "ada@community.example"}
	f.Breadcrumbs = pages.Crumbs(p)
	on := func(subject string) bool { return strings.HasPrefix(p.Template(), subject) }
	f.Nav = []view.NavGroup{
		{Items: []view.NavItem{{Label: "Home", Path: "/", Current: p.Template() == "home"}}},
		{Title: "Community", Items: []view.NavItem{
			{Label: "Dashboard", Path: "/dashboard"},
			{Label: "Analytics", Path: "/analytics", Current: p.Template() == "forbidden"},
			{Label: "Moderation", Path: "/moderation"},
		}},
		{Title: "People", Items: []view.NavItem{
			{Label: "Operators", Path: "/operators", Current: on("operator")},
			{Label: "Members", Path: "/members", Current: on("member")},
			{Label: "Roles", Path: "/roles", Current: on("role")},
		}},
		{Title: "Security", Items: []view.NavItem{
			{Label: "Audit log", Path: "/audit", Current: on("audit")},
			{Label: "Mail", Path: "/mail", Current: on("mail") || on("test_mail")},
		}},
		{Title: "Settings", Items: []view.NavItem{{Label: "Parameters", Path: "/parameters", Current: on("parameters")}}},
	}
	return f
}

// one returns the states of a page that has only one.
func one(p view.Page) []state { return []state{{"plain", p}} }
