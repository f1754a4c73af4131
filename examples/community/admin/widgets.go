package admin

import (
	"context"
	"slices"
	"strconv"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/community/garden"
)

// reportsShown is how many reported posts the card lists.
const reportsShown = 3

// Widgets are the community's cards on the office's home page.
func Widgets(g *garden.Garden) []backoffice.Widget {
	return []backoffice.Widget{
		{Title: "Members", Path: "/dashboard", Permission: viewDashboard, Load: func(ctx context.Context) (backoffice.WidgetData, error) {
			c, err := g.Counts(ctx)
			return backoffice.WidgetData{
				Figure: strconv.Itoa(c.Members), Text: backoffice.Text(ctx, "garden.joined", "n", c.NewMembers),
				Rows: []backoffice.WidgetRow{{Label: backoffice.Text(ctx, "Posts"), Value: strconv.Itoa(c.Posts)}, {Label: backoffice.Text(ctx, "New posts in seven days"), Value: strconv.Itoa(c.NewPosts)}},
			}, err
		}},
		{Title: "Reports", Path: "/moderation", Permission: moderatePosts, Load: func(ctx context.Context) (backoffice.WidgetData, error) {
			posts, err := g.Reported(ctx)
			waiting := slices.DeleteFunc(posts, func(p garden.Post) bool { return p.Hidden })
			card := backoffice.WidgetData{Figure: strconv.Itoa(len(waiting)), Text: backoffice.Text(ctx, "Reported posts that wait for a moderator.")}
			for _, p := range waiting[:min(len(waiting), reportsShown)] {
				card.Rows = append(card.Rows, backoffice.WidgetRow{Label: p.Title, Value: strconv.Itoa(p.Reports), Path: "/moderation"})
			}
			return card, err
		}},
	}
}
