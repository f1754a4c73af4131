package memberstest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/postern-go/postern/backoffice"
)

// mostPages is how far a search is followed: a directory may have millions of members.
const mostPages = 60

func (c *checker) searchable() {
	if _, ok := c.directory.(backoffice.MemberSearcher); ok {
		return
	}
	if m, has := reflect.TypeOf(c.directory).MethodByName("SearchMembers"); has {
		c.faultf("SearchMembers has the type %v, so the directory is not a backoffice.MemberSearcher, and the office has no page to find members", m.Type)
	} else if len(c.Searches) > 0 {
		c.faultf("Fixture.Searches is set, but the directory has no SearchMembers")
	}
}

// search returns whom a search finds, in order, page by page of at most limit.
func (c *checker) search(s backoffice.MemberSearcher, query string, limit, pages int) (found []backoffice.Member, complete bool) {
	seen, cursors := map[string]bool{}, map[string]bool{}
	after := ""
	for range pages {
		asked := fmt.Sprintf("SearchMembers(%q, %q, %d)", query, after, limit)
		page, next, err := s.SearchMembers(c.ctx, query, after, limit)
		switch {
		case err != nil:
			c.faultf("%s: %v", asked, err)
			return found, false
		case len(page) > limit:
			c.faultf("%s: returns %d members", asked, len(page))
			return found, false
		}
		for _, m := range page {
			if seen[m.ID] {
				c.faultf("%s: returns %q, who was on an earlier page", asked, m.ID)
				return found, false
			}
			seen[m.ID] = true
		}
		found = append(found, page...)
		if next == "" {
			return found, true
		}
		if len(page) == 0 || cursors[next] {
			c.faultf("%s: the next page is %q, and the list goes on without getting further", asked, next)
			return found, false
		}
		cursors[next], after = true, next
	}
	return found, false
}

func (c *checker) searcher() backoffice.MemberSearcher {
	s, _ := c.directory.(backoffice.MemberSearcher)
	return s
}

func (c *checker) finds() {
	s := c.searcher()
	if s == nil {
		return
	}
	for _, m := range c.Members {
		if m.Name == "" {
			continue
		}
		found, complete := c.search(s, m.Name, 10, mostPages)
		i := slices.IndexFunc(found, func(f backoffice.Member) bool { return f.ID == m.ID })
		switch {
		case i >= 0 && found[i] != m.Member:
			c.faultf("SearchMembers(%q): %+v, but FindMember has %+v", m.Name, found[i], m.Member)
		case i < 0 && complete:
			c.faultf("SearchMembers(%q) does not find the member of that name", m.Name)
		}
	}
	for query, ids := range c.Searches {
		found, _ := c.search(s, query, 10, mostPages)
		var got []string
		for _, m := range found {
			got = append(got, m.ID)
		}
		slices.Sort(got)
		if want := slices.Sorted(slices.Values(ids)); !slices.Equal(got, want) {
			c.faultf("SearchMembers(%q) finds %q, but Fixture.Searches has %q", query, got, want)
		}
	}
}

func (c *checker) pages() {
	s := c.searcher()
	if s == nil {
		return
	}
	const most = 20
	var whole []backoffice.Member
	var all bool
	for _, limit := range []int{most, 1, 2, 3, 7} {
		found, complete := c.search(s, "", limit, (most+limit-1)/limit)
		if len(c.faults) > 0 {
			return
		}
		if limit == most {
			whole, all = found, complete
			continue
		}
		n := min(len(found), len(whole))
		if !slices.Equal(found[:n], whole[:n]) || complete && len(found) < len(whole) || all && len(found) > len(whole) {
			c.faultf("SearchMembers in pages of %d finds %v, and in one of %d %v: between pages, no one may be lost, and the order must stay", limit, ids(found), most, ids(whole))
		}
	}
	if !all {
		return // It is larger than what was looked at.
	}
	for _, m := range c.Members {
		if !slices.ContainsFunc(whole, func(f backoffice.Member) bool { return f.ID == m.ID }) {
			c.faultf("SearchMembers with an empty query leaves %q out", m.ID)
		}
	}
}

func ids(members []backoffice.Member) []string {
	var all []string
	for _, m := range members {
		all = append(all, m.ID)
	}
	return all
}

func (c *checker) queries() {
	s := c.searcher()
	if s == nil {
		return
	}
	for _, query := range append(slices.Clone(odd), strings.Repeat("x", 1024), "zz-nobody-of-this-name") {
		found, _ := c.search(s, query, 2, 2)
		for _, m := range found {
			if own := c.member(m.ID); own != nil && query != "" && strings.Trim(query, `%_*\'"`) == "" && !c.says(own, query) {
				c.faultf("SearchMembers(%q) finds %q, in whom there is no %q: is it taken for a wildcard?", query, m.ID, query)
			}
		}
		if strings.HasPrefix(query, "zz-nobody") && len(found) > 0 {
			c.faultf("SearchMembers(%q) finds %v: does it look at the query?", query, ids(found))
		}
	}
	// A page that someone made up: an error will do, but not more than was asked for.
	for _, after := range []string{"x", "-1", " ", "' OR '1'='1", strings.Repeat("9", 40), "🌻"} {
		if page, _, err := s.SearchMembers(c.ctx, "", after, 1); err == nil && len(page) > 1 {
			c.faultf("SearchMembers(\"\", %q, 1): returns %d members", after, len(page))
		}
	}
}

func (c *checker) member(id string) *Member {
	if i := slices.IndexFunc(c.Members, func(m Member) bool { return m.ID == id }); i >= 0 {
		return &c.Members[i]
	}
	return nil
}

func (c *checker) says(m *Member, text string) bool {
	return strings.Contains(strings.Join(append([]string{m.ID, m.Name, m.Email}, m.Logins...), " "), text)
}
