// Package gallery is every page in the states that people may see it in. Tests
// keep them as golden files, judge their markup and look at them in a browser;
// no program links it.
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

// state is one of the ways a page may look; Name is unique for the page.
type state struct {
	Name string
	Page view.Page
}

// Each page's states, the usual one first. A page that may be seen both signed
// out and signed in is in both lists.
var (
	signedOut = []func() []state{
		setupPage, loginPage, codePage, recoveryPage, lostPhonePage, enrolPage, recoveryCodesPage, forgotPage,
		forgotSentPage, resetPage, resetDonePage, welcomePage, welcomeDonePage, linkPage, signedOutPage,
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

// All is every page in its states.
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

	paused := frame()
	paused.Maintenance = "Sign-ins are paused until 18:00 UTC while we move to a new server. Super-administrators can still sign in."
	all = append(all, State{"login-maintenance", paused, pages.LoginPage{}})
	busy := officeFrame(pages.HomePage{})
	busy.Maintenance = paused.Maintenance
	busy.Notices = []view.Notice{
		{Level: view.LevelSuccess, Text: "Your password is changed."},
		{Level: view.LevelWarning, Text: "The invitation was saved, but the mail could not be sent yet. It is tried again."},
		{Level: view.LevelDanger, Text: "The mail server refused the message."},
		{Level: view.LevelInfo, Text: "The address of this back office changes on Monday."},
	}
	busy.Reminders = []view.Reminder{{Text: "You have 2 recovery codes left.", Link: "Make new ones", Path: "/account/recovery-codes"}}
	all = append(all, State{"office-home-notices", busy, pages.HomePage{}})
	moved := officeFrame(pages.HomePage{})
	moved.NewAddress = &view.NewAddress{Until: in(14 * time.Minute), MayConfirm: true}
	all = append(all, State{"office-home-new-address", moved, pages.HomePage{}})
	waits := officeFrame(pages.HomePage{})
	waits.NewAddress = &view.NewAddress{Until: in(40 * time.Second)}
	all = append(all, State{"office-home-new-address-waits", waits, pages.HomePage{}})
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

// accountCrumbs are the breadcrumbs of pages below the first level.
var accountCrumbs = map[string][]view.Crumb{
	"account_name":              {{Label: "Account", Path: "/account"}, {Label: "Name"}},
	"account_password":          {{Label: "Account", Path: "/account"}, {Label: "Password"}},
	"account_two_factor":        {{Label: "Account", Path: "/account"}, {Label: "Two-factor authentication"}},
	"account_two_factor_add":    {{Label: "Account", Path: "/account"}, {Label: "Two-factor authentication", Path: "/account/two-factor"}, {Label: "Add"}},
	"account_two_factor_remove": {{Label: "Account", Path: "/account"}, {Label: "Two-factor authentication", Path: "/account/two-factor"}, {Label: "Remove"}},
	"account_codes":             {{Label: "Account", Path: "/account"}, {Label: "Recovery codes"}},
	"account_codes_new":         {{Label: "Account", Path: "/account"}, {Label: "Recovery codes", Path: "/account/recovery-codes"}, {Label: "New"}},
	"account_codes_shown":       {{Label: "Account", Path: "/account"}, {Label: "Recovery codes"}},
	"account_sessions":          {{Label: "Account", Path: "/account"}, {Label: "Sessions"}},
}

func officeFrame(p view.Page) view.Frame {
	f := frame()
	f.Operator = &view.Operator{Name: "Ada Lovelace", Role: "Super-administrator", Email: "ada@community.example"}
	f.Breadcrumbs = accountCrumbs[p.Template()]
	if c := pages.Crumbs(p); c != nil {
		f.Breadcrumbs = c
	}
	on := func(subject string) bool { return strings.HasPrefix(p.Template(), subject) }
	f.Nav = []view.NavGroup{
		{Items: []view.NavItem{{Label: "Home", Path: "/", Current: p.Template() == "home"}}},
		{Title: "Community", Items: []view.NavItem{
			{Label: "Dashboard", Path: "/dashboard"},
			{Label: "Analytics", Path: "/analytics", Current: p.Template() == "forbidden"},
			{Label: "Moderation", Path: "/moderation", Badge: "12"},
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

// one is the states of a page that looks one way only.
func one(p view.Page) []state { return []state{{"plain", p}} }
