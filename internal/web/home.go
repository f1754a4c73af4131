package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/admin"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/pages/view"
)

// fewCodes is when the home page begins to remind of recovery codes.
const fewCodes = 3

func (c *call) getHome() error {
	a, err := c.s.Desk.Authenticators(c.r.Context(), c.identity)
	if err != nil {
		return err
	}
	p := pages.HomePage{CanInvite: c.identity.Can(desk.PermissionOperatorsManage)}
	neglected, err := c.s.Desk.Neglected(c.r.Context())
	if err != nil {
		return err
	}
	if neglected {
		p.Attention = append(p.Attention, pages.Attention{
			Level: view.LevelDanger, Title: "Mail is not being sent",
			Text: "The periodic work of the office was never started, so mails wait. Whoever runs the server must call Run.",
		})
	}
	switch {
	case len(a.Factors) == 0:
		p.Attention = append(p.Attention, pages.Attention{
			Level: view.LevelWarning, Title: "Only your password protects this account",
			Text: "Two-factor authentication takes two minutes and keeps others out even when they know the password.",
			Link: "Add an authenticator app", Path: "/account/two-factor/add",
		})
	case a.RecoveryCodes < fewCodes:
		p.Attention = append(p.Attention, pages.Attention{
			Level: view.LevelWarning, Title: codesLeft(a.RecoveryCodes),
			Text: "Make new ones before you need them.", Link: "Make new codes", Path: "/account/recovery-codes/new",
		})
	}
	office, err := c.s.Services.Attention(c.r.Context(), c.actor())
	if err != nil {
		return err
	}
	p.Attention = append(p.Attention, officeAttention(office)...)
	for _, e := range office.Recent {
		row := eventRow(e)
		activity := pages.Activity{Text: row.Title, Actor: row.Actor, Target: row.Target, Path: row.Path, At: row.At}
		if e.Outcome != desk.Success {
			activity.Level = row.Level
		}
		p.Recent = append(p.Recent, activity)
	}
	for _, m := range c.menu() {
		p.Tiles = append(p.Tiles, pages.Tile{Label: m.Label, Text: m.Text, Path: m.Path})
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

// officeAttention is what of the whole office needs somebody.
func officeAttention(t admin.Attention) []pages.Attention {
	var list []pages.Attention
	add := func(n int, level view.Level, one, many, text, link, path string) {
		if n == 0 {
			return
		}
		title := fmt.Sprintf(many, count(n))
		if n == 1 {
			title = one
		}
		list = append(list, pages.Attention{Level: level, Title: title, Text: text, Link: link, Path: path})
	}
	add(t.FailedMails, view.LevelDanger, "1 mail could not be delivered", "%s mails could not be delivered",
		"People may wait for links that do not come.", "See failed mails", "/mail?state=failed")
	add(t.Locked, view.LevelWarning, "1 account is locked", "%s accounts are locked",
		"Too many wrong passwords or codes: their owners forgot, or somebody else tries.", "See who", "/operators?state=locked")
	add(t.WithoutTwoFactor, view.LevelWarning, "1 operator has no two-factor authentication", "%s operators have no two-factor authentication",
		"A stolen password alone opens their accounts.", "See who", "/operators?two_factor=no&state=active")
	add(t.Expired, view.LevelInfo, "1 invitation has expired", "%s invitations have expired",
		"Send them again, or cancel them.", "See whose", "/operators?state=expired")
	add(t.Invited, view.LevelInfo, "1 invitation is open", "%s invitations are open",
		"The people invited have not chosen a password yet.", "See whose", "/operators?state=invited")
	if len(t.Departures) > 0 {
		list = append(list, pages.Attention{Level: view.LevelInfo, Title: "Some parameters depart from the standard",
			Text: strings.Join(t.Departures, ", ") + ".", Link: "See parameters", Path: "/parameters"})
	}
	return list
}

// count is a number as far as it was counted.
func count(n int) string {
	if n >= admin.AttentionMost {
		return fmt.Sprintf("more than %d", admin.AttentionMost-1)
	}
	return strconv.Itoa(n)
}
