// Package resourcetest checks that a [resource.Data] of yours does what pages expect of it:
// that pages of a list leave no row out, that conditions and searches select what they should,
// and that nobody overwrites what they have not seen. [resource.SQL] and [resource.Slice]
// pass it.
//
//	func TestPostsAreData(t *testing.T) {
//		resourcetest.Run(t, func(t *testing.T, rows []Post) *resource.Resource[Post] {
//			repo := openRepo(t) // empty
//			for _, p := range rows {
//				repo.insert(t, p)
//			}
//			return Posts(OverRepo(repo), resource.Relation{})
//		}, func(n int) Post {
//			return Post{ID: int64(n + 1), Title: fmt.Sprintf("Post %d", n), Published: start.AddDate(0, 0, -n)}
//		})
//	}
package resourcetest
