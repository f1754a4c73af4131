package admin

import (
	"context"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/examples/community/garden"
)

// announcements are what the community's home page begins with.
func announcements(g *garden.Garden) *resource.Resource[garden.Announcement] {
	type entry = garden.Announcement
	manager := []string{backoffice.CommunityManager}
	return &resource.Resource[entry]{
		Path: "announcements", One: "Announcement", Many: "Announcements", Group: "Community", Icon: "megaphone",
		Text: "What everybody reads first.", Data: table[entry](g, "announcements"),
		Sort: "-created_at", New: g.NewAnnouncement, BulkDelete: true,
		Fields: []resource.Field[entry]{
			resource.Key[entry, int64]{Name: "id", At: func(a *entry) *int64 { return &a.ID }, In: resource.Nowhere},
			resource.Version[entry]{Name: "edited", At: func(a *entry) *int64 { return &a.Edited }},
			resource.Text[entry]{Name: "title", Label: "Title", Max: 120, Searched: true,
				At: func(a *entry) *string { return &a.Title }, In: resource.Everywhere},
			resource.Text[entry]{Name: "body", Label: "Text", Long: true, Max: 2000,
				At: func(a *entry) *string { return &a.Body }, In: resource.Detail | resource.Write},
			resource.Choice[entry, garden.State]{Name: "state", Label: "State", Filtered: true, In: resource.Everywhere,
				At: func(a *entry) *garden.State { return &a.State },
				Of: []resource.Option{{Value: "draft", Label: "Draft"}, {Value: "shown", Label: "Shown", Level: parts.Success}}},
			resource.Time[entry]{Name: "until", Label: "Last day", Date: true, Optional: true, NotNull: true,
				Hint: "Leave it empty to show the announcement until you take it down.",
				At:   func(a *entry) *time.Time { return &a.Until }, In: resource.Everywhere},
			resource.Time[entry]{Name: "created_at", Label: "Created", Sorted: true, Filtered: true,
				At: func(a *entry) *time.Time { return &a.CreatedAt }},
		},
		Validate: func(_ context.Context, _, now *entry) error {
			if now.State == garden.Shown && g.Over(*now) {
				return &backoffice.InvalidError{Problems: []backoffice.Problem{{Field: "until", Text: "This day is over, so nobody would see the announcement."}}}
			}
			return nil
		},
		Roles: map[string][]string{"view": append(manager, backoffice.Moderator), "create": manager, "edit": manager, "delete": manager},
	}
}
