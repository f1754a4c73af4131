package pages

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

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
	SignIns *Bars
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
		p.Tiles = append(p.Tiles, Tile{Label: m.Label, Text: m.Text, Path: m.Path})
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
		list = append(list, wrongClock(skew))
	}
	if c.Desk.AuditBroken() && c.identity.Can(desk.PermissionAuditView) {
		list = append(list, Attention{
			Level: view.LevelDanger, Title: "The audit log was changed outside the office",
			Text: "Or an older copy of the database was restored. Until the server administrator has accepted the log as it is, no old entries are deleted.",
			Link: "Verify the audit log", Path: "/audit/verify",
		})
	}
	switch by := c.identity.EnrolBy; {
	case !c.identity.TwoFactor && !by.IsZero():
		list = append(list, Attention{
			Level: view.LevelWarning, Title: "You need two-factor authentication from " + c.words().Date(messages.On(by)),
			Text: "Add an authenticator app before then; it takes two minutes. From that day you cannot open anything else until you have added one.",
			Link: "Add an authenticator app", Path: enrolPath,
		})
	case !c.identity.TwoFactor:
		list = append(list, Attention{
			Level: view.LevelWarning, Title: "Only your password protects this account",
			Text: "Two-factor authentication takes two minutes to set up, and keeps others out even if they know your password.",
			Link: "Add an authenticator app", Path: enrolPath,
		})
	case codes < fewCodes:
		list = append(list, Attention{
			Level: view.LevelWarning, Title: codesLeft(codes),
			Text: "Create new codes before you need them.", Link: "Create new codes", Path: "/account/recovery-codes/new",
		})
	}
	return list, nil
}

// wrongClock says that the clock of the machine that shows the page is wrong.
func wrongClock(skew time.Duration) Attention {
	which := "fast"
	if skew < 0 {
		which = "slow"
	}
	return Attention{
		Level: view.LevelDanger, Title: fmt.Sprintf("This server’s clock is %s %s", messages.English().Span(skew), which),
		Text: "The office uses the database’s clock instead, so nothing else is wrong, but this server does not delete old records until its clock is right. Ask the server administrator to set it.",
	}
}

const queuedEmails = "/mail?state=queued"

// mailAttention is what everyone is told about a queue of emails that does not move.
func (c *call) mailAttention(q desk.MailQueue) []Attention {
	if !q.Trouble() {
		return nil
	}
	a := Attention{
		Level: view.LevelWarning, Title: "Emails are delayed",
		Text: "The mail server is not accepting them at the moment. The office keeps trying, so nothing is lost.",
	}
	if q.Unattended {
		a.Level, a.Title = view.LevelDanger, "Emails are not being sent"
		a.Text = "They are waiting, and no process of the office has sent them. Ask the server administrator to check that Run is called."
	}
	if c.identity.Can(desk.PermissionMailView) {
		a.Link, a.Path = "See queued emails", queuedEmails
	}
	return []Attention{a}
}

func codesLeft(n int) string {
	switch n {
	case 0:
		return "No recovery codes left"
	case 1:
		return "1 recovery code left"
	}
	return fmt.Sprintf("%d recovery codes left", n)
}

// officeAttention is what needs attention in the whole office, as far as the
// operator may see it.
func (c *call) officeAttention(t desk.Attention) []Attention {
	var list []Attention
	add := func(n int, level view.Level, one, many, text, link, path string) {
		if n == 0 {
			return
		}
		title := one
		if n > 1 {
			title = fmt.Sprintf(many, count(n))
		}
		list = append(list, Attention{Level: level, Title: title, Text: text, Link: link, Path: path})
	}
	add(t.FailedMails, view.LevelDanger, "1 email could not be delivered", "%s emails could not be delivered",
		"People may be waiting for links that will not arrive.", "See failed emails", "/mail?state=failed")
	add(t.Locked, view.LevelWarning, "1 account is locked", "%s accounts are locked",
		"Too many wrong passwords or codes: operators forgot theirs, or someone is guessing.", "See locked accounts", "/operators?state=locked")
	add(t.WithoutTwoFactor, view.LevelWarning, "1 operator has no two-factor authentication", "%s operators have no two-factor authentication",
		"A stolen password alone opens their accounts.", "See who they are", "/operators?two_factor=no&state=active")
	add(t.Expired, view.LevelInfo, "1 invitation has expired", "%s invitations have expired",
		"Resend or cancel expired invitations.", "See expired invitations", "/operators?state=expired")
	add(t.Invited, view.LevelInfo, "1 invitation is open", "%s invitations are open",
		"Not everyone who was invited has chosen a password yet.", "See open invitations", "/operators?state=invited")
	add(len(t.Departures), view.LevelInfo, "1 parameter departs from NIST SP 800-63B-4", "%s parameters depart from NIST SP 800-63B-4",
		strings.Join(c.sayAll(t.Departures), "; ")+".", "See parameters", "/parameters")
	return list
}

// count writes a number for the beginning of a title. Counting stops at
// desk.AttentionMost.
func count(n int) string {
	if n >= desk.AttentionMost {
		return fmt.Sprintf("More than %d", desk.AttentionMost-1)
	}
	return strconv.Itoa(n)
}
