package resource_test

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
)

type Post struct {
	ID, AuthorID, Edited         int64
	Title, Body, Section, Hidden string
	Status                       Status
	Published                    time.Time
}

type Status string

// Posts describes the posts of a community. In the program, data is resource.SQL over their
// table, and authors is resource.Lookup in the table of members.
func Posts(data resource.Data[Post], authors resource.Relation) *resource.Resource[Post] {
	return &resource.Resource[Post]{
		Path: "posts", One: "Post", Many: "Posts", Group: "Community", Data: data, Sort: "-published",
		Fields: []resource.Field[Post]{
			resource.Key[Post, int64]{Name: "id", At: func(p *Post) *int64 { return &p.ID }},
			resource.Version[Post]{Name: "edited", At: func(p *Post) *int64 { return &p.Edited }},
			resource.Text[Post]{Name: "title", Max: 120, Searched: true, In: resource.Everywhere,
				At: func(p *Post) *string { return &p.Title }},
			resource.Ref[Post, int64]{Name: "author_id", Label: "Author", Filtered: true, To: authors, In: resource.Read | resource.New,
				At: func(p *Post) *int64 { return &p.AuthorID }},
			resource.Choice[Post, Status]{Name: "status", Filtered: true, In: resource.Everywhere,
				Of: []resource.Option{{Value: "draft", Label: "Draft"}, {Value: "live", Label: "Published"}},
				At: func(p *Post) *Status { return &p.Status }},
			resource.Text[Post]{Name: "section", Max: 40, Filtered: true, In: resource.Everywhere,
				At: func(p *Post) *string { return &p.Section }},
			resource.Time[Post]{Name: "published", Sorted: true, Filtered: true, In: resource.Everywhere,
				At: func(p *Post) *time.Time { return &p.Published }},
			resource.Text[Post]{Name: "hidden", Label: "Hidden because", Max: 500, Optional: true, In: resource.Detail,
				At: func(p *Post) *string { return &p.Hidden }},
			resource.Text[Post]{Name: "body", Label: "Text", Long: true, In: resource.Detail | resource.Write,
				At: func(p *Post) *string { return &p.Body }},
		},
		Acts: []resource.Act[Post]{hide}, Rows: ownSection,
		Permissions: []backoffice.Permission{{Key: "posts.anywhere", Label: "Work in every section"}},
	}
}

var hide = resource.Act[Post]{
	Name: "hide", Label: "Hide", Reason: resource.MustReason, StepUp: true, Bulk: true,
	When: func(p *Post) bool { return p.Hidden == "" },
	Set:  func(p *Post, reason string) { p.Hidden = reason },
}

// ownSection lets moderators see every post, and work in the sections that they keep.
func ownSection(ctx context.Context, o backoffice.Operator, act string) (resource.Rows, error) {
	if act == "view" || o.Can("posts.anywhere") {
		return resource.All(), nil
	}
	sections, err := sectionsOf(ctx, o.MemberID)
	return resource.Only("section", sections...), err
}

func sectionsOf(_ context.Context, memberID string) ([]string, error) {
	return map[string][]string{"rose-keeper": {"roses"}}[memberID], nil
}

func Example() {
	posts := Posts(resource.Slice(Post{ID: 1, Section: "roses"}), resource.Relation{})
	fmt.Println(posts.Check())
	for _, p := range posts.About().Permissions {
		fmt.Println(p.Key)
	}
	// Output:
	// <nil>
	// posts.view
	// posts.create
	// posts.edit
	// posts.delete
	// posts.export
	// posts.hide
	// posts.anywhere
}
