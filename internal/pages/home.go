package pages

import (
	"fmt"
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// HomePage is where a sign-in leads.
type HomePage struct {
	// Attention lists what somebody should look at, most urgent first.
	Attention []Attention
	// Tiles are the host's entries that the operator may open.
	Tiles []Tile
	// Recent is what happened last, newest first; empty to who may not read
	// the audit.
	Recent []Activity
	// CanInvite offers to invite people while there is nothing else to do.
	CanInvite bool
}

// Attention is something to look at. An empty Path leaves the button out.
type Attention struct {
	Level       view.Level
	Title, Text string
	Link, Path  string
}

// Activity is something that somebody did.
type Activity struct {
	// Text says it in words; Actor and Target are names, and may be empty.
	Text, Actor, Target string
	// Path is the audit's page on it.
	Path string
	At   time.Time
	// Outcome is a word for what went wrong and Level its colour; empty for what
	// went well.
	Outcome string
	Level   view.Level
}

// Tile leads to a page of the host. Text is one line on what it is for.
type Tile struct{ Label, Text, Path string }

func (HomePage) Template() string { return "home" }

// fewCodes is when the home page begins to remind of recovery codes.
const fewCodes = 3

func (c *call) getHome() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	p := HomePage{CanInvite: c.identity.Can(desk.PermissionOperatorsManage)}
	neglected, err := c.Desk.Neglected(c.ctx())
	if err != nil {
		return err
	}
	if neglected {
		p.Attention = append(p.Attention, Attention{
			Level: view.LevelDanger, Title: "Mail is not being sent",
			Text: "The periodic work of the office was never started, so mails wait. Whoever runs the server must call Run.",
		})
	}
	switch by := c.identity.EnrolBy; {
	case len(a.Factors) == 0 && !by.IsZero():
		p.Attention = append(p.Attention, Attention{
			Level: view.LevelWarning, Title: "You need two-factor authentication from " + view.Day(by),
			Text: "Add an authenticator app before then; it takes two minutes. From that day on nothing else opens until you have.",
			Link: "Add an authenticator app", Path: enrolPath,
		})
	case len(a.Factors) == 0:
		p.Attention = append(p.Attention, Attention{
			Level: view.LevelWarning, Title: "Only your password protects this account",
			Text: "Two-factor authentication takes two minutes and keeps others out even when they know the password.",
			Link: "Add an authenticator app", Path: enrolPath,
		})
	case a.RecoveryCodes < fewCodes:
		p.Attention = append(p.Attention, Attention{
			Level: view.LevelWarning, Title: codesLeft(a.RecoveryCodes),
			Text: "Make new ones before you need them.", Link: "Make new codes", Path: "/account/recovery-codes/new",
		})
	}
	attention, recent, err := c.attention()
	if err != nil {
		return err
	}
	p.Attention, p.Recent = append(p.Attention, attention...), recent
	for _, m := range c.menu() {
		p.Tiles = append(p.Tiles, Tile{Label: m.Label, Text: m.Text, Path: m.Path})
	}
	return c.show(http.StatusOK, p)
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
