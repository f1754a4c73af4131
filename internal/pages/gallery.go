package pages

import (
	"strings"
	"time"

	"github.com/postern-go/postern/internal/pages/samples"
	"github.com/postern-go/postern/internal/view"
)

// State is one page in one of the ways it may look.
type State struct {
	// Name is that of the page and of the state: "login-refused".
	Name  string
	Frame view.Frame
	Page  view.Page
}

// gallery lists every page once. Where a page may be seen both signed out and
// signed in, it is in both lists.
var (
	gallerySignedOut = []Page{
		SetupPage{}, LoginPage{}, CodePage{}, RecoveryPage{}, LostPhonePage{}, EnrolPage{}, RecoveryCodesPage{},
		ForgotPage{}, ForgotSentPage{}, ResetPage{}, ResetDonePage{}, WelcomePage{}, WelcomeDonePage{},
		LinkPage{}, SignedOutPage{}, ContinuePage{},
		TooManyTriesPage{}, MaintenancePage{}, BusyPage{}, StoreDownPage{}, StaleFormPage{}, BadRequestPage{},
		CrossOriginPage{}, RefusedPage{}, PlainHTTPPage{}, MethodNotAllowedPage{}, NotFoundPage{}, UnexpectedPage{},
	}
	gallerySignedIn = []Page{
		HomePage{}, AccountPage{}, AccountNamePage{}, AccountPasswordPage{}, TwoFactorPage{}, TwoFactorAddPage{}, TwoFactorRemovePage{},
		AccountCodesPage{}, AccountCodesNewPage{}, AccountCodesShownPage{}, SessionsPage{}, StepUpPage{},
		ForbiddenPage{}, NotDonePage{}, NotFoundPage{}, UnexpectedPage{}, TooManyTriesPage{},
	}
)

// Gallery is every page in its states: what [New] tries overrides with, what
// the golden files keep, and what people look at.
func Gallery() []State {
	var all []State
	add := func(prefix string, f view.Frame, p Page) {
		for _, s := range p.states() {
			all = append(all, State{Name: prefix + p.Template() + "-" + s.name, Frame: f, Page: s.page})
		}
	}
	for _, p := range gallerySignedOut {
		add("", galleryFrame(), p)
	}
	for _, p := range gallerySignedIn {
		add("office-", galleryOfficeFrame(p), p)
	}
	for _, s := range adminStates() {
		f := galleryOfficeFrame(s.Page)
		f.Breadcrumbs = crumbsOf(s.Page)
		all = append(all, State{Name: "office-" + s.Page.Template() + "-" + s.Name, Frame: f, Page: s.Page})
	}

	paused := galleryFrame()
	paused.Maintenance = "Sign-ins are paused until 18:00 UTC while we move to a new server. Super-administrators can still sign in."
	all = append(all, State{"login-maintenance", paused, LoginPage{}})
	busy := galleryOfficeFrame(HomePage{})
	busy.Maintenance = paused.Maintenance
	busy.Notices = []view.Notice{
		{Level: view.LevelSuccess, Text: "Your password is changed."},
		{Level: view.LevelWarning, Text: "The invitation was saved, but the mail could not be sent yet. It is tried again."},
		{Level: view.LevelDanger, Text: "The mail server refused the message."},
		{Level: view.LevelInfo, Text: "The address of this back office changes on Monday."},
	}
	busy.Reminders = []view.Reminder{{Text: "You have 2 recovery codes left.", Link: "Make new ones", Path: "/account/recovery-codes"}}
	all = append(all, State{"office-home-notices", busy, HomePage{}})
	moved := galleryOfficeFrame(HomePage{})
	moved.NewAddress = &view.NewAddress{Until: samples.In(14 * time.Minute), MayConfirm: true}
	all = append(all, State{"office-home-new-address", moved, HomePage{}})
	waits := galleryOfficeFrame(HomePage{})
	waits.NewAddress = &view.NewAddress{Until: samples.In(40 * time.Second)}
	all = append(all, State{"office-home-new-address-waits", waits, HomePage{}})
	return all
}

func galleryFrame() view.Frame {
	return view.Frame{
		Office: "Sunday Cyclists",
		Base:   "/k7w3",
		Origin: "https://community.example",
		Nonce:  "c2FtcGxlLW5vbmNlLTAwMDE",
		CSRF:   "sample-csrf",
	}
}

// galleryCrumbs are the breadcrumbs of pages below the first level.
var galleryCrumbs = map[string][]view.Crumb{
	"account_name":        {{Label: "Account", Path: "/account"}, {Label: "Name"}},
	"account_password":    {{Label: "Account", Path: "/account"}, {Label: "Password"}},
	"two_factor":          {{Label: "Account", Path: "/account"}, {Label: "Two-factor authentication"}},
	"two_factor_add":      {{Label: "Account", Path: "/account"}, {Label: "Two-factor authentication", Path: "/account/two-factor"}, {Label: "Add"}},
	"two_factor_remove":   {{Label: "Account", Path: "/account"}, {Label: "Two-factor authentication", Path: "/account/two-factor"}, {Label: "Remove"}},
	"account_codes":       {{Label: "Account", Path: "/account"}, {Label: "Recovery codes"}},
	"account_codes_new":   {{Label: "Account", Path: "/account"}, {Label: "Recovery codes", Path: "/account/recovery-codes"}, {Label: "New"}},
	"account_codes_shown": {{Label: "Account", Path: "/account"}, {Label: "Recovery codes"}},
	"sessions":            {{Label: "Account", Path: "/account"}, {Label: "Sessions"}},
}

func galleryOfficeFrame(p view.Page) view.Frame {
	f := galleryFrame()
	f.Operator = &view.Operator{Name: "Ada Lovelace", Role: "Super-administrator", Email: "ada@community.example"}
	f.Breadcrumbs = galleryCrumbs[p.Template()]
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
			{Label: "Audit", Path: "/audit", Current: on("audit")},
			{Label: "Mail", Path: "/mail", Current: on("mail")},
		}},
		{Title: "Settings", Items: []view.NavItem{{Label: "Parameters", Path: "/parameters", Current: on("parameters")}}},
	}
	return f
}

// one is the states of a page that looks one way only.
func one(p Page) []state { return []state{{"plain", p}} }
