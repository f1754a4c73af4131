package pages

import (
	"net/url"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// signInBars returns the sign-ins of the last days, each leading to those of its day in
// the audit log; nil without the permission to see it.
func (c *call) signInBars() (*parts.Chart, error) {
	days, err := c.Desk.SignInsByDay(c.ctx(), c.actor())
	if err != nil || days == nil {
		return nil, err
	}
	return signInBars(days, c.base, c.words()), nil
}

// signInBars draws sign-ins by day for an office with this base path. The last day is
// today.
func signInBars(days []desk.SignInDay, base string, in *messages.Language) *parts.Chart {
	chart, sums := parts.Chart{Label: in.Text("home.sign_ins.label")}, [2]counted{}
	for i, d := range days {
		of := [2]counted{{d.Succeeded, d.Succeeded >= desk.SignInsMost}, {d.Refused, d.Refused >= desk.SignInsMost}}
		bar := parts.Point{
			Label: d.Day.Format("2"), Values: []int{of[0].n, of[1].n}, Now: i == len(days)-1,
			URL: base + "/audit?" + url.Values{
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
		bar.Text = in.Text(key, "day", onWall(d.Day, "home.sign_ins.day"), "succeeded", of[0].said(), "refused", of[1].said())
		for i, c := range of {
			sums[i].n += c.n
			sums[i].more = sums[i].more || c.more
		}
		chart.Points = append(chart.Points, bar)
	}
	chart.Series = []parts.Series{
		{Label: in.Text("home.sign_ins.succeeded"), Figure: sums[0].figure(in)},
		{Label: in.Text("home.sign_ins.refused"), Figure: sums[1].figure(in), Level: parts.Warning},
	}
	return &chart
}
