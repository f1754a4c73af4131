package guide

import (
	"context"
	"database/sql"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/store/sqlstore"
)

// begin post
type Status string

type Post struct {
	ID, AuthorID, Edited         int64
	Title, Body, Section, Hidden string
	Status                       Status
	Published                    time.Time
}

// end post

// begin resource
func Posts(data resource.Data[Post], authors resource.Relation) *resource.Resource[Post] {
	return &resource.Resource[Post]{
		Path: "posts", One: "Post", Many: "Posts", Group: "Community", Data: data, Sort: "-published",
		Fields: []resource.Field[Post]{
			resource.Key[Post, int64]{Name: "id", At: func(p *Post) *int64 { return &p.ID }},
			resource.Version[Post]{Name: "edited", At: func(p *Post) *int64 { return &p.Edited }},
			resource.Text[Post]{Name: "title", Label: "Title", Max: 120, Searched: true,
				At: func(p *Post) *string { return &p.Title }, In: resource.Everywhere},
			resource.Ref[Post, int64]{Name: "author_id", Label: "Author", Filtered: true, To: authors,
				At: func(p *Post) *int64 { return &p.AuthorID }, In: resource.Read | resource.New},
			resource.Choice[Post, Status]{Name: "status", Label: "Status", Filtered: true,
				Of: []resource.Option{{Value: "draft", Label: "Draft"}, {Value: "live", Label: "Published"}},
				At: func(p *Post) *Status { return &p.Status }, In: resource.Everywhere},
			resource.Text[Post]{Name: "section", Label: "Section", Max: 40, Filtered: true,
				At: func(p *Post) *string { return &p.Section }, In: resource.Everywhere},
			resource.Time[Post]{Name: "published", Label: "Published", Sorted: true, Filtered: true,
				At: func(p *Post) *time.Time { return &p.Published }, In: resource.Everywhere},
			resource.Text[Post]{Name: "hidden", Label: "Hidden because", Max: 500, Optional: true, NotNull: true,
				At: func(p *Post) *string { return &p.Hidden }, In: resource.Detail},
			resource.Text[Post]{Name: "body", Label: "Text", Long: true,
				At: func(p *Post) *string { return &p.Body }, In: resource.Detail | resource.Write},
		},
		Acts: []resource.Act[Post]{hide}, Rows: ownSection,
		Roles:       map[string][]string{"view": {backoffice.Moderator}, "hide": {backoffice.Moderator}},
		Permissions: []backoffice.Permission{{Key: "posts.anywhere", Label: "Work in every section"}},
	}
}

// end resource

// begin act
var hide = resource.Act[Post]{
	Name: "hide", Label: "Hide", Reason: resource.MustReason, StepUp: true, Bulk: true,
	When: func(p *Post) bool { return p.Hidden == "" },
	Set:  func(p *Post, reason string) { p.Hidden = reason },
}

// end act

// begin rows
func ownSection(ctx context.Context, o backoffice.Operator, act string) (resource.Rows, error) {
	if act == "view" || o.Can("posts.anywhere") {
		return resource.All(), nil
	}
	sections, err := sectionsOf(ctx, o.MemberID)
	return resource.Only("section", sections...), err
}

// end rows

// sectionsOf are the sections that a member keeps.
func sectionsOf(_ context.Context, member string) ([]string, error) {
	if member == "rose-keeper" {
		return []string{"roses"}, nil
	}
	return nil, nil
}

// Mounted puts the posts of a database into a configuration.
func Mounted(cfg backoffice.Config, db *sql.DB) backoffice.Config {
	// begin parts
	pg := sqlstore.PostgreSQL()
	authors := resource.Lookup(db, pg, "members", "id", "name")
	posts := resource.SQL[Post](db, resource.Table{Name: "posts", Dialect: pg})
	cfg.Parts = []backoffice.Part{Posts(posts, authors)}
	// end parts
	return cfg
}

// PostRepo is a data layer of the host's.
type PostRepo interface {
	Post(ctx context.Context, id string) (Post, error)
	Posts(ctx context.Context, q resource.Query) ([]Post, error)
	Add(ctx context.Context, p Post) (id string, err error)
	Save(ctx context.Context, p Post, ifEdited int64) (saved bool, err error)
}

// begin repo
func OverRepo(r PostRepo) resource.Data[Post] {
	return resource.Data[Post]{
		Get:    r.Post, // backoffice.ErrNotFound for what is not there
		List:   r.Posts,
		Create: r.Add,
		Update: func(ctx context.Context, c resource.Change[Post]) error {
			saved, err := r.Save(ctx, c.Now, c.Was.Edited)
			if err == nil && !saved {
				return backoffice.ErrChanged
			}
			return err
		},
	}
}

// end repo

// begin validate
func NoEmptyPosts(_ context.Context, was, now *Post) error {
	if now.Status == "live" && now.Body == "" {
		return &backoffice.InvalidError{Problems: []backoffice.Problem{{Field: "body", Text: "A published post needs a text."}}}
	}
	return nil
}

// end validate
