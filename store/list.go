package store

// PageLimit is the number of rows that a query's Limit really asks for: from 1
// to 500, and 50 when it is outside.
func PageLimit(limit int) int {
	if limit < 1 || limit > 500 {
		return 50
	}
	return limit
}

// PageReach is how many events or mails at least, for each row that a page may
// have, a store looks at before it gives up filling the page.
const PageReach = 3

// SearchReach is how many mails at least a store looks at before it gives up
// filling a page of a search, for which there is no index.
const SearchReach = 10_000
