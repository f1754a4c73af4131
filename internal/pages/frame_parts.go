package pages

import "github.com/postern-go/postern/internal/view"

// Crumbs lead to a page from the top; nil on the first level.
func Crumbs(p view.Page) []view.Crumb {
	if below, ok := p.(interface{ crumbs() []view.Crumb }); ok {
		return below.crumbs()
	}
	return nil
}

// Pager leads to other pages of a list; an empty path leaves a link out. Lists
// that can be read one way only lead back to their First page.
type Pager struct{ First, Previous, Next string }

// Hidden is a field that a form sends again.
type Hidden struct{ Name, Value string }
