package admin

import (
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/examples/community/garden"
)

// posts are what members write. Moderators hide what breaks the rules, and put back what does not.
func posts(g *garden.Garden, authors resource.Relation) *resource.Resource[garden.Post] {
	type post = garden.Post
	both := []string{backoffice.CommunityManager, backoffice.Moderator}
	return &resource.Resource[post]{
		Path: "posts", One: "Post", Many: "Posts", Group: "Community", Icon: "message",
		Text: "What members write, and what they report.", Data: table[post](g, "posts"), Sort: "-created_at",
		Fields: []resource.Field[post]{
			resource.Key[post, string]{Name: "id", At: func(p *post) *string { return &p.ID }, In: resource.Nowhere},
			resource.Text[post]{Name: "title", Label: "Title", Max: 120, Searched: true,
				At: func(p *post) *string { return &p.Title }, In: resource.Read | resource.Edit},
			resource.Text[post]{Name: "author", Label: "Author", Searched: true, At: func(p *post) *string { return &p.Author }},
			resource.Choice[post, garden.State]{Name: "state", Label: "State", Filtered: true,
				At: func(p *post) *garden.State { return &p.State },
				Of: []resource.Option{{Value: "shown", Label: "Shown"}, {Value: "hidden", Label: "Hidden", Level: parts.Warning}}},
			resource.Text[post]{Name: "reason", Label: "Hidden because", Max: 500, Optional: true, NotNull: true,
				At: func(p *post) *string { return &p.Reason }, In: resource.Detail},
			resource.Int[post, int]{Name: "reports", Label: "Reports", Sorted: true, Filtered: true, At: func(p *post) *int { return &p.Reports }},
			resource.Time[post]{Name: "created_at", Label: "Written", Sorted: true, Filtered: true, At: func(p *post) *time.Time { return &p.CreatedAt }},
			resource.Ref[post, string]{Name: "member_id", Label: "Gardener", To: authors, Permission: authors.Permission, Filtered: true,
				Optional: true, NotNull: true, At: func(p *post) *string { return &p.MemberID }, In: resource.Detail},
			resource.Text[post]{Name: "body", Label: "Text", Long: true, Max: 4000,
				At: func(p *post) *string { return &p.Body }, In: resource.Detail | resource.Edit},
		},
		Acts: []resource.Act[post]{
			{Name: "keep", Label: "Keep, and settle reports", Says: "{actor} kept the post {target}", Bulk: true,
				When: func(p *post) bool { return p.State == garden.Shown && p.Reports > 0 },
				Set:  func(p *post, _ string) { p.Reports = 0 }},
			{Name: "hide", Label: "Hide", Help: "Members no longer see what is hidden.", Says: "{actor} hid the post {target} because of {reason}",
				Reason: resource.MustReason, StepUp: true, Bulk: true,
				When: func(p *post) bool { return p.State == garden.Shown },
				Set:  func(p *post, why string) { p.State, p.Reason = garden.Hidden, why }},
			{Name: "restore", Label: "Restore", Help: "Members see it again, and its reports are settled.", Says: "{actor} restored the post {target}",
				When: func(p *post) bool { return p.State == garden.Hidden },
				Set:  func(p *post, _ string) { p.State, p.Reason, p.Reports = garden.Shown, "", 0 }},
		},
		StepUp: []string{"delete"},
		Roles:  map[string][]string{"view": both, "keep": both, "hide": both, "restore": both, "delete": both, "edit": both[:1]},
	}
}
