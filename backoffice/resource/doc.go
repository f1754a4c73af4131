// Package resource makes admin pages for the host's rows: a list with search, filters,
// sorting and bulk acts, a page for each row, forms, and an export.
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
// [Data] says where the rows are: [SQL] keeps them in one table of a database, [Slice] in
// memory, for tests. For any other data layer, write the functions of Data yourself; package
// resourcetest checks them.
//
// # What it does not do
//
// It creates no tables, joins none, counts no rows and stores no files. A [Custom] field can
// show what your own code stores elsewhere.
package resource
