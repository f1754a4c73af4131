package admin

import (
	"context"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/examples/community/garden"
)

// gardeners are the members, with what the team notes about them. Their addresses take a
// permission of their own.
func gardeners(g *garden.Garden) *resource.Resource[garden.Member] {
	type member = garden.Member
	const contact = "gardeners.contact"
	manager := []string{backoffice.CommunityManager}
	return &resource.Resource[member]{
		Path: "gardeners", One: "Gardener", Many: "Gardeners", Group: "Community", Icon: "people",
		Text: "Members, their plots, and how to reach them.", Data: table[member](g, "members"), Sort: "-joined_at",
		Fields: []resource.Field[member]{
			resource.Key[member, string]{Name: "id", At: func(m *member) *string { return &m.ID }, In: resource.Nowhere},
			resource.Text[member]{Name: "name", Label: "Name", Searched: true, At: func(m *member) *string { return &m.Name }},
			resource.Text[member]{Name: "email", Label: "Email", Searched: true, Permission: contact, At: func(m *member) *string { return &m.Email }},
			resource.Text[member]{Name: "plot", Label: "Plot", Hint: "As on the plan at the gate.", Max: 10, Filtered: true,
				Optional: true, NotNull: true, At: func(m *member) *string { return &m.Plot }, In: resource.Read | resource.Edit},
			resource.Time[member]{Name: "joined_at", Label: "Joined", Sorted: true, Filtered: true,
				At: func(m *member) *time.Time { return &m.JoinedAt }},
			resource.Text[member]{Name: "note", Label: "Note", Hint: "Read by the team alone.", Long: true, Max: 2000, Permission: contact,
				Optional: true, NotNull: true, At: func(m *member) *string { return &m.Note }, In: resource.Detail | resource.Edit},
		},
		Acts: []resource.Act[member]{{
			Name: "sign_out", Label: "Sign out everywhere", Says: "{actor} signed {target} out of the community", StepUp: true,
			Do: func(ctx context.Context, m member, _ string) error { return g.EndSessions(ctx, m.ID) },
		}},
		StepUp:      []string{"delete"},
		Roles:       map[string][]string{"view": manager, "edit": manager, "sign_out": manager},
		Permissions: []backoffice.Permission{{Key: contact, Label: "See addresses and notes", Group: "Gardeners", Roles: manager}},
	}
}
