package pages

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// HomePage is where a sign-in leads.
type HomePage struct {
	// Attention lists what needs attention, most urgent first.
	Attention []Attention
	// Checklist is what is left of setting the office up; nil without any. SetUp reports
	// that its last step has just been done.
	Checklist *ChecklistCard
	SetUp     bool
	// Tiles are the host's entries that the operator may open, and Widgets its cards.
	Tiles   []Tile
	Widgets []WidgetCard
	// SignIns are the sign-ins of the last days by day; nil without the permission.
	SignIns *parts.Chart
	// Own are the newest sign-ins of the reader. OwnPassword means that their password
	// is the office's.
	Own         []desk.OwnSignIn
	OwnPassword bool
	// Recent is the newest audit entries; empty without the permission.
	Recent []EventRow
	// CanInvite offers to invite people while there are no tiles.
	CanInvite bool
}

// Attention is something that needs attention. Without a Path there is no link.
type Attention struct {
	Level       view.Level
	Title, Text string
	Link, Path  string
}

// Tile leads to a page of the host. Text is one line on what it is for.
type Tile struct{ Label, Text, Path string }

func (HomePage) Template() string { return "home" }

// fewCodes is the number of recovery codes below which the home page reminds of
// them.
const fewCodes = 3

// getHome takes about ten small reads at most, each of which is bounded, and waits for
// the host's widgets.
func (c *call) getHome() error {
	codes := 0
	if c.identity.TwoFactor {
		var err error
		if codes, err = c.Desk.RecoveryCodesLeft(c.ctx(), c.identity); err != nil {
			return err
		}
	}
	own, err := c.ownAttention(codes)
	if err != nil {
		return err
	}
	office, err := c.Desk.Attention(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	p := HomePage{
		Attention: append(own, c.officeAttention(office)...), CanInvite: c.identity.Can(desk.PermissionOperatorsManage),
		OwnPassword: !c.identity.PasswordElsewhere(),
	}
	slices.SortStableFunc(p.Attention, func(a, b Attention) int { return cmp.Compare(urgency[a.Level], urgency[b.Level]) })
	if p.Checklist, p.SetUp, err = c.checklist(codes); err != nil {
		return err
	}
	if p.SignIns, err = c.signInBars(); err != nil {
		return err
	}
	if p.Own, err = c.Desk.OwnSignIns(c.ctx(), c.identity); err != nil {
		return err
	}
	p.Widgets = c.widgetCards()
	// The sign-in that it belongs to says more.
	p.Recent = c.trail(slices.DeleteFunc(office.Recent, func(e store.Event) bool { return e.Code == "signin.password" }), time.UTC)
	for _, m := range c.menu() {
		p.Tiles = append(p.Tiles, Tile{Label: c.say(messages.Host(m.Label)), Text: c.say(messages.Host(m.Text)), Path: m.Path})
	}
	return c.show(http.StatusOK, p)
}

// urgency is the order of levels on the home page.
var urgency = map[view.Level]int{view.LevelDanger: 0, view.LevelWarning: 1, view.LevelInfo: 2}

// ownAttention is what every operator is told: that emails wait, that a clock is
// wrong, that the audit log was changed, and what their own account lacks, which has
// this many recovery codes left.
func (c *call) ownAttention(codes int) ([]Attention, error) {
	queue, err := c.Desk.MailQueue(c.ctx())
	if err != nil {
		return nil, err
	}
	list := c.mailAttention(queue)
	if skew, wrong := c.Desk.ClockWrong(); wrong {
		list = append(list, c.wrongClock(skew))
	}
	if c.Desk.AuditBroken() && c.identity.Can(desk.PermissionAuditView) {
		list = append(list, Attention{
			Level: view.LevelDanger, Title: c.t("home.attention.audit_broken"),
			Text: c.t("home.attention.audit_broken.text"),
			Link: c.t("home.attention.audit_broken.link"), Path: "/audit/verify",
		})
	}
	switch by := c.identity.EnrolBy; {
	case !c.identity.TwoFactor && !by.IsZero():
		list = append(list, Attention{
			Level: view.LevelWarning, Title: c.t("home.attention.enrol_by", "day", messages.On(by)),
			Text: c.enrolBy(),
			Link: c.enrolLink(), Path: c.enrolPage(),
		})
	case !c.identity.TwoFactor:
		list = append(list, Attention{
			Level: view.LevelWarning, Title: c.t("home.attention.enrol"),
			Text: c.t("home.attention.enrol.text"),
			Link: c.enrolLink(), Path: c.enrolPage(),
		})
	case codes < fewCodes && !c.identity.PasskeyRequired:
		list = append(list, Attention{
			Level: view.LevelWarning, Title: c.codesLeft(codes),
			Text: c.t("home.attention.codes.text"), Link: c.t("home.attention.codes.link"), Path: "/account/recovery-codes/new",
		})
	}
	if c.identity.TwoFactor && !c.identity.Passkey && c.Desk.HasPasskeys() {
		list = append(list, Attention{
			Level: view.LevelInfo, Title: c.t("passkey.home.title"), Text: c.t("passkey.home.text"), Link: c.t("passkey.add"), Path: passkeyPath,
		})
	}
	return list, nil
}

func (c *call) enrolBy() string {
	if c.Desk.HasPasskeys() {
		return c.t("passkey.home.enrol_by")
	}
	return c.t("home.attention.enrol_by.text")
}

// enrolPage is where an operator without a second factor adds one, enrolLink what leads there.
func (c *call) enrolPage() string {
	if c.Desk.HasPasskeys() {
		return passkeyPath
	}
	return enrolPath
}

func (c *call) enrolLink() string {
	if c.Desk.HasPasskeys() {
		return c.t("passkey.add")
	}
	return c.t("home.attention.enrol.link")
}

// wrongClock says that the clock of the machine that shows the page is wrong.
func (c *call) wrongClock(skew time.Duration) Attention {
	a := Attention{Level: view.LevelDanger, Title: c.t("home.attention.clock.fast", "span", skew), Text: c.t("home.attention.clock.text")}
	if skew < 0 {
		a.Title = c.t("home.attention.clock.slow", "span", skew)
	}
	return a
}

const queuedEmails = "/mail?state=queued"

// mailAttention is what everyone is told about a queue of emails that does not move.
func (c *call) mailAttention(q desk.MailQueue) []Attention {
	if !q.Trouble() {
		return nil
	}
	a := Attention{
		Level: view.LevelWarning, Title: c.t("home.attention.mail_delayed"), Text: c.t("home.attention.mail_delayed.text"),
	}
	if q.Unattended {
		a.Level, a.Title = view.LevelDanger, c.t("home.attention.mail_unattended")
		a.Text = c.t("home.attention.mail_unattended.text")
	}
	if c.identity.Can(desk.PermissionMailView) {
		a.Link, a.Path = c.t("home.attention.mail_queued.link"), queuedEmails
	}
	return []Attention{a}
}

func (c *call) codesLeft(n int) string {
	if n == 0 {
		return c.t("home.attention.codes.none")
	}
	return c.t("home.attention.codes", "n", n)
}

// officeAttention is what needs attention in the whole office, as far as the
// operator may see it.
func (c *call) officeAttention(t desk.Attention) []Attention {
	var departures messages.Text
	for i, name := range t.Departures {
		if label := c.parameterLabel(name); i == 0 {
			departures = messages.Plain(label)
		} else {
			departures = messages.New("home.attention.departures.list", "before", departures, "item", label)
		}
	}
	var list []Attention
	for _, a := range []struct {
		id    string
		n     int
		level view.Level
		path  string
	}{
		{"failed_mails", t.FailedMails, view.LevelDanger, "/mail?state=failed"},
		{"unsettled", t.Unsettled, view.LevelWarning, "/audit?outcome=unsettled"},
		{"locked", t.Locked, view.LevelWarning, "/operators?state=locked"},
		{"without_two_factor", t.WithoutTwoFactor, view.LevelWarning, "/operators?two_factor=no&state=active"},
		{"expired", t.Expired, view.LevelInfo, "/operators?state=expired"},
		{"invited", t.Invited, view.LevelInfo, "/operators?state=invited"},
		{"departures", len(t.Departures), view.LevelInfo, "/parameters"},
	} {
		if a.n == 0 {
			continue
		}
		key, title := "home.attention."+a.id, ""
		if a.n >= desk.AttentionMost {
			title = c.t(key+".more", "n", desk.AttentionMost-1)
		} else {
			title = c.t(key, "n", a.n)
		}
		list = append(list, Attention{
			Level: a.level, Title: title, Text: c.t(key+".text", "parameters", departures), Link: c.t(key + ".link"), Path: a.path,
		})
	}
	return list
}
