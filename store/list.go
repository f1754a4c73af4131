package store

// PageLimit returns the number of rows that a query's Limit asks for: limit
// itself from 1 to 500, otherwise 50.
func PageLimit(limit int) int {
	if limit < 1 || limit > 500 {
		return 50
	}
	return limit
}

// PageReach is the minimum number of events or emails, per row of the page, that
// a store looks at before it gives up filling the page.
const PageReach = 3

// SearchReach is the minimum number of emails that a store looks at before it
// gives up filling a page of a search, which has no index.
const SearchReach = 10_000
