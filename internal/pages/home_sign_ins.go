package pages

import (
	"net/url"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// signInBars returns the sign-ins of the last days, each leading to those of its day in
// the audit log; nil without the permission to see it.
func (c *call) signInBars() (*Bars, error) {
	days, err := c.Desk.SignInsByDay(c.ctx(), c.actor())
	if err != nil || days == nil {
		return nil, err
	}
	return signInBars(days, c.base, c.words()), nil
}

// signInBars draws sign-ins by day for an office with this base path. The last day is
// today.
func signInBars(days []desk.SignInDay, base string, in *messages.Language) *Bars {
	part := func(n int, level view.Level) BarPart {
		return BarPart{Value: n, Level: level, More: n >= desk.SignInsMost}
	}
	b, sums := Bars{Label: in.Text("home.sign_ins.label")}, [2]BarPart{}
	for i, d := range days {
		succeeded, refused := part(d.Succeeded, view.LevelInfo), part(d.Refused, view.LevelWarning)
		bar := Bar{
			Label: d.Day.Format("2"), Parts: []BarPart{succeeded, refused}, Now: i == len(days)-1,
			Path: base + "/audit?" + url.Values{
				"kind": {"signin"}, "from": {d.Day.Format("2006-01-02T15:04")}, "until": {d.Day.AddDate(0, 0, 1).Format("2006-01-02T15:04")},
			}.Encode(),
		}
		if i == 0 || d.Day.Day() == 1 {
			bar.Label = in.Date(onWall(d.Day, "home.sign_ins.below"))
		}
		key := "home.sign_ins.bar"
		if bar.Now {
			key = "home.sign_ins.bar.today"
		}
		bar.Text = in.Text(key, "day", onWall(d.Day, "home.sign_ins.day"), "succeeded", succeeded.number(), "refused", refused.number())
		for n, p := range bar.Parts {
			sums[n].Value += p.Value
			sums[n].More = sums[n].More || p.More
		}
		b.Bars = append(b.Bars, bar)
	}
	b.Legend = []BarKey{
		{view.LevelInfo, sums[0].number()}, {view.LevelWarning, sums[1].number()},
	}
	b = b.scale()
	return &b
}
