package pages

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// attention is what the home page says of the whole office to who is signed
// in: what needs somebody, and what happened last. Each is empty for who may
// not see it.
func (c *call) attention() ([]Attention, []Activity, error) {
	office, err := c.Desk.Attention(c.ctx(), c.actor())
	if err != nil {
		return nil, nil, err
	}
	var recent []Activity
	for _, e := range office.Recent {
		row := eventRow(e)
		activity := Activity{Text: row.Title, Actor: row.Actor, Target: row.Target, Path: row.Path, At: row.At}
		if e.Outcome != desk.Success {
			activity.Outcome, activity.Level = row.Outcome, row.Level
		}
		recent = append(recent, activity)
	}
	return needed(office), recent, nil
}

// needed is what of the whole office needs somebody.
func needed(t desk.Attention) []Attention {
	var list []Attention
	add := func(n int, level view.Level, one, many, text, link, path string) {
		if n == 0 {
			return
		}
		title := fmt.Sprintf(many, count(n))
		if n == 1 {
			title = one
		}
		list = append(list, Attention{Level: level, Title: title, Text: text, Link: link, Path: path})
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
		title := "1 parameter departs from NIST SP 800-63B-4"
		if n := len(t.Departures); n > 1 {
			title = fmt.Sprintf("%d parameters depart from NIST SP 800-63B-4", n)
		}
		list = append(list, Attention{Level: view.LevelInfo, Title: title,
			Text: strings.Join(t.Departures, "; ") + ".", Link: "See parameters", Path: "/parameters"})
	}
	return list
}

// count is a number as far as it was counted, to begin a title with.
func count(n int) string {
	if n >= desk.AttentionMost {
		return fmt.Sprintf("More than %d", desk.AttentionMost-1)
	}
	return strconv.Itoa(n)
}
