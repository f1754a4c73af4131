package main

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var nameInList = regexp.MustCompile(`<th scope="row"><span[^>]*>[^<]*</span><a class="line-title" href="[^"]+"><bdi>([^<]+)</bdi>`)

// listed are the names on the Members page, in turn.
func (p page) listed() (names []string) {
	for _, m := range nameInList.FindAllStringSubmatch(p.body, -1) {
		names = append(names, m[1])
	}
	return names
}

func (r *running) haveMember(name, email string) {
	r.t.Helper()
	r.update(`INSERT INTO members (id, name, name_key, email, email_key, joined_at) VALUES (?1, ?2, lower(?2), ?3, lower(?3), ?4)`,
		"m-"+email, name, email, time.Now().Unix())
}

func TestMembersAreFoundByHowTheyBegin(t *testing.T) {
	r := start(t, t.TempDir())
	root := r.setUp()
	require.Contains(t, root.get(root.home+"/members").body, "No members yet")
	for name, email := range map[string]string{
		"Ada Lovelace": "lovelace@example.com", "Bela 100% Bartok": "bela@example.com", "Carla Adamo": "carla@example.org", "Under_score": "u@example.net",
	} {
		r.haveMember(name, email)
	}
	for query, want := range map[string][]string{
		"":              {"Ada Lovelace", "Bela 100% Bartok", "Carla Adamo", "Under_score"},
		"ada":           {"Ada Lovelace", "Carla Adamo"},
		"ADA+%20love":   {"Ada Lovelace"},
		"lace":          nil,
		"bela%40exam":   {"Bela 100% Bartok"},
		"example":       nil,
		"%25":           nil,
		"100%25":        {"Bela 100% Bartok"},
		"_":             nil,
		"under_":        {"Under_score"},
		"%5C":           nil,
		"%27+OR+1%3D1":  nil,
		"carla%00adamo": nil,
	} {
		p := root.get(root.home + "/members?q=" + query)
		require.Equal(t, http.StatusOK, p.status, query)
		require.Equal(t, want, p.listed(), query)
	}
}

func TestMembersComeInPages(t *testing.T) {
	r := start(t, t.TempDir())
	root := r.setUp()
	var want []string
	for i := range 120 {
		name := "Member " + strconv.Itoa(1000+i)
		want = append(want, name)
		r.haveMember(name, "m"+strconv.Itoa(i)+"@example.com")
	}
	slices.Sort(want)
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	var got []string
	p := root.get(root.home + "/members")
	got = append(got, p.listed()...)
	for range 2 {
		m := next.FindStringSubmatch(p.body)
		require.NotNil(t, m, p.at)
		p = root.get(html.UnescapeString(m[1]))
		got = append(got, p.listed()...)
	}
	require.Equal(t, want, got)
	require.NotRegexp(t, next, p.body)
}
