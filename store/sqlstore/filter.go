package sqlstore

import "strings"

// filter collects the conditions of a query that selects a page.
type filter struct {
	conditions []string
	args       []any
}

func (f *filter) and(condition string, args ...any) {
	f.conditions = append(f.conditions, condition)
	f.args = append(f.args, args...)
}

func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// with returns the arguments of the conditions, and further ones after them.
func (f *filter) with(more ...any) []any { return append(f.args, more...) }
