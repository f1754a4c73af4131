// Package resource makes admin pages for rows of the host's: a list with search, filters,
// sorting and acts on several rows, a page for each row, forms, and an export.
//
// A [Resource] describes one kind of row: its fields, what can be done to it, and by whom.
// It works with any type, through one accessor for each field:
//
//	&resource.Resource[Post]{
//		Path: "posts", One: "Post", Many: "Posts",
//		Data: resource.SQL[Post](db, resource.Table{Name: "posts", Dialect: sqlstore.PostgreSQL()}),
//		Fields: []resource.Field[Post]{
//			resource.Key[Post, int64]{Name: "id", At: func(p *Post) *int64 { return &p.ID }},
//			resource.Text[Post]{Name: "title", Searched: true, In: resource.Everywhere,
//				At: func(p *Post) *string { return &p.Title }},
//		},
//	}
//
// [Data] says where rows are: [SQL] keeps them in one table of a database, [Slice] in
// memory, for tests, and over any other layer you write a function for each thing that can
// be done. Package resourcetest checks yours.
//
// # What it does not do
//
// It makes no tables and no joins, counts nothing, and keeps no files: a [Custom] field
// can show what other code of yours stores.
package resource
