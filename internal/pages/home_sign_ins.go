package pages

import (
	"fmt"
	"net/url"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// signInBars returns the sign-ins of the last days, each leading to those of its day in
// the audit log; nil without the permission to see it.
func (c *call) signInBars() (*Bars, error) {
	days, err := c.Desk.SignInsByDay(c.ctx(), c.actor())
	if err != nil || days == nil {
		return nil, err
	}
	return signInBars(days, c.base), nil
}

// signInBars draws sign-ins by day for an office with this base path. The last day is
// today.
func signInBars(days []desk.SignInDay, base string) *Bars {
	part := func(n int, level view.Level, label string) BarPart {
		return BarPart{Value: n, Level: level, Label: label, More: n >= desk.SignInsMost}
	}
	b := Bars{Label: "Sign-ins by day", Legend: []BarPart{part(0, view.LevelInfo, "Signed in"), part(0, view.LevelWarning, "Refused")}}
	for i, d := range days {
		succeeded, refused := part(d.Succeeded, view.LevelInfo, "Signed in"), part(d.Refused, view.LevelWarning, "Refused")
		bar := Bar{
			Label: d.Day.Format("2"), Parts: []BarPart{succeeded, refused}, Now: i == len(days)-1,
			Text: fmt.Sprintf("%s. Signed in: %s. Refused: %s.", d.Day.Format("Monday 2 January"), succeeded.Number(), refused.Number()),
			Path: base + "/audit?" + url.Values{
				"kind": {"signin"}, "from": {d.Day.Format("2006-01-02T15:04")}, "until": {d.Day.AddDate(0, 0, 1).Format("2006-01-02T15:04")},
			}.Encode(),
		}
		if i == 0 || d.Day.Day() == 1 {
			bar.Label = d.Day.Format("2 Jan")
		}
		if bar.Now {
			bar.Text = "Today: " + bar.Text
		}
		for n, p := range bar.Parts {
			b.Legend[n].Value += p.Value
			b.Legend[n].More = b.Legend[n].More || p.More
		}
		b.Bars = append(b.Bars, bar)
	}
	b = b.scale()
	return &b
}
