package admin

import (
	"context"
	"strconv"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/community/garden"
)

const (
	// reportsShown is how many reported posts the card lists.
	reportsShown = 3
	// reported is the list of posts, as far as they wait for a moderator.
	reported = "/posts?state=shown&reports.from=1&sort=-reports"
)

// widgets are the community's cards on the office's home page.
func widgets(g *garden.Garden) []backoffice.Widget {
	return []backoffice.Widget{
		{Title: "Members", Path: "/dashboard", Permission: viewDashboard, Load: func(ctx context.Context) (backoffice.WidgetData, error) {
			c, err := g.Counts(ctx)
			return backoffice.WidgetData{
				Figure: strconv.Itoa(c.Members), Text: backoffice.Text(ctx, "garden.joined", "n", c.NewMembers),
				Rows: []backoffice.WidgetRow{{Label: backoffice.Text(ctx, "Posts"), Value: strconv.Itoa(c.Posts)}, {Label: backoffice.Text(ctx, "New posts in seven days"), Value: strconv.Itoa(c.NewPosts)}},
			}, err
		}},
		{Title: "Reports", Path: reported, Permission: "posts.view", Load: func(ctx context.Context) (backoffice.WidgetData, error) {
			c, err := g.Counts(ctx)
			if err != nil {
				return backoffice.WidgetData{}, err
			}
			waiting, err := g.Reported(ctx, reportsShown)
			card := backoffice.WidgetData{Figure: strconv.Itoa(c.Reported), Text: backoffice.Text(ctx, "Reported posts that wait for a moderator.")}
			for _, p := range waiting {
				card.Rows = append(card.Rows, backoffice.WidgetRow{Label: p.Title, Value: strconv.Itoa(p.Reports), Path: "/posts/" + p.ID})
			}
			return card, err
		}},
	}
}
