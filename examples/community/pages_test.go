package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
	"github.com/postern-go/postern/backoffice/officetest/memberstest"
	"github.com/postern-go/postern/examples/community/garden"
	"github.com/postern-go/postern/password"
)

// fresh is a new garden, and its office in memory.
func fresh(t *testing.T) (*officetest.Office, *garden.Garden) {
	t.Helper()
	db, err := openDatabase(filepath.Join(t.TempDir(), "garden.db"), time.Second)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	hasher, err := password.NewHasher(password.Config{Params: password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, InsecureParams: true})
	require.NoError(t, err)
	g, err := garden.New(t.Context(), garden.Config{DB: db, Hasher: hasher, Origin: officetest.Origin, Now: officetest.Start})
	require.NoError(t, err)
	office := officetest.Mount(t, backoffice.Config{}, func(cfg backoffice.Config) (*backoffice.Office, error) { return mount(t.Context(), cfg, g) })
	return office, g
}

func signUp(t *testing.T, g *garden.Garden, name, email string) backoffice.Member {
	t.Helper()
	m, err := g.SignUp(t.Context(), garden.SignUpForm{Name: name, Email: email, Password: firstPassword, Again: firstPassword})
	require.NoError(t, err)
	return backoffice.Member{ID: m.ID, Name: m.Name, Email: m.Email}
}

func TestTheOfficeHasThePagesOfTheCommunity(t *testing.T) {
	office, _ := fresh(t)
	root := office.SignIn(t, officetest.Operator{Name: "Root", Roles: []string{backoffice.SuperAdministrator}})
	home := root.Get("/").WantText(t, "Joined in the last seven days:", "Reported posts that wait for a moderator.")
	for _, label := range []string{"Dashboard", "Analytics", "Moderation"} {
		require.Contains(t, home.Body, "<span>"+label+"</span>")
	}
	p := root.Get("/dashboard").Want(t, http.StatusOK).WantText(t, "Seed swap on Saturday at ten")
	require.Equal(t, []string{"Dashboard"}, p.Find("h1"))
	p = root.Get("/analytics").Want(t, http.StatusOK)
	require.Equal(t, []string{"Analytics"}, p.Find("h1"))
	require.Len(t, p.Find("tr"), 9, "a head and eight weeks")
	for path, want := range map[string]string{
		"/": "Gemeldete Beiträge, über die noch niemand entschieden hat.", "/dashboard": "Übersicht", "/analytics": "Statistik", "/moderation": "Moderation",
	} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", "de")
		root.Do(r).WantText(t, want)
	}
	root.Get("/elsewhere").Want(t, http.StatusNotFound).WantText(t, "Page not found")
	require.Equal(t, "/login?next=%2Fdashboard", office.Browser(t).Get("/dashboard").To)
}

func TestRolesOpenTheirPages(t *testing.T) {
	office, _ := fresh(t)
	for role, pages := range map[string]map[string]int{
		backoffice.Moderator:        {"/dashboard": http.StatusOK, "/moderation": http.StatusOK, "/analytics": http.StatusForbidden},
		backoffice.CommunityManager: {"/dashboard": http.StatusOK, "/analytics": http.StatusOK},
	} {
		b := office.SignIn(t, officetest.Operator{Name: role, Roles: []string{role}})
		for path, status := range pages {
			b.Get(path).Want(t, status)
			require.Equal(t, status == http.StatusOK, strings.Contains(b.Get("/").Body, `href="`+strings.TrimPrefix(office.URL(path), officetest.Origin)+`"`), path)
		}
	}
}

func TestAModeratorHidesRestoresAndDeletes(t *testing.T) {
	office, g := fresh(t)
	mod := office.SignIn(t, officetest.Operator{Name: "Mod", Roles: []string{backoffice.Moderator}})
	shown := func() bool {
		posts, err := g.Posts(t.Context())
		require.NoError(t, err)
		return slices.ContainsFunc(posts, func(p garden.Post) bool { return p.Title == "CHEAP PALLETS, CALL NOW" })
	}
	require.True(t, shown())
	mod.Get("/moderation").WantText(t, "3 reports")
	mod.Submit("/moderation/seed-3/hide").WantText(t, "The post is hidden.")
	require.False(t, shown())
	mod.Submit("/moderation/seed-3/restore").WantText(t, "its reports are settled", "Nothing to do")
	require.True(t, shown())

	mod.Post("/moderation/seed-3/hide", "csrf", "").Want(t, http.StatusForbidden)
	mod.Get("/moderation/nothing/delete").Want(t, http.StatusNotFound)
	mod.Post("/moderation/nothing/hide").Want(t, http.StatusNotFound)

	const at = "/moderation/seed-3/delete"
	mod.Get(at).WantText(t, "gone for good") // who has just signed in has confirmed who they are
	office.Advance(10 * time.Minute)
	for _, p := range []*officetest.Page{mod.Post(at), mod.Get(at)} {
		require.Contains(t, p.Want(t, http.StatusSeeOther).To, "/step-up")
	}
	require.True(t, shown())
	mod.StepUp()
	mod.Submit(at).WantText(t, "The post is deleted.")
	require.False(t, shown())
}

func TestMembersAreFoundByHowTheyBegin(t *testing.T) {
	office, g := fresh(t)
	root := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.SuperAdministrator}})
	root.Get("/members").WantText(t, "No members yet")
	for _, m := range [][2]string{
		{"Ada Lovelace", "lovelace@example.com"}, {"Bela 100% Bartok", "bela@example.com"}, {"Carla Adamo", "carla@example.org"}, {"Under_score", "u@example.net"},
	} {
		signUp(t, g, m[0], m[1])
	}
	for query, want := range map[string][]string{
		"":               {"Ada Lovelace", "Bela 100% Bartok", "Carla Adamo", "Under_score"},
		"ada":            {"Ada Lovelace", "Carla Adamo"},
		"ADA love":       {"Ada Lovelace"},
		"lace":           nil,
		"bela@exam":      {"Bela 100% Bartok"},
		"example":        nil,
		"%":              nil,
		"100%":           {"Bela 100% Bartok"},
		"_":              nil,
		"under_":         {"Under_score"},
		`\`:              nil,
		"' OR 1=1":       nil,
		"carla\x00adamo": nil,
	} {
		require.Equal(t, want, root.Get("/members?q="+url.QueryEscape(query)).Want(t, http.StatusOK).Find("a.line-title"), query)
	}
}

func TestMembersComeInPages(t *testing.T) {
	office, g := fresh(t)
	root := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.SuperAdministrator}})
	var want, got []string
	for i := range 120 {
		want = append(want, signUp(t, g, fmt.Sprint("Member ", 1000+i), fmt.Sprintf("m%d@example.com", i)).Name)
	}
	pages := 0
	for at := "/members"; at != ""; pages++ {
		p := root.Get(at).Want(t, http.StatusOK)
		got, at = append(got, p.Find("a.line-title")...), p.Link("Next page")
	}
	require.Equal(t, want, got)
	require.Equal(t, 3, pages)
}

func TestTheDirectoryIsAsTheOfficeNeedsIt(t *testing.T) {
	_, g := fresh(t)
	member := func(name, email string) memberstest.Member {
		return memberstest.Member{Member: signUp(t, g, name, email), Logins: []string{name, strings.ToUpper(name), " " + email}, Password: firstPassword}
	}
	memberstest.Run(t, directory{g}, memberstest.Fixture{
		Members:  []memberstest.Member{member("Ada Lovelace", "ada@example.com"), member("O'Brien 100% “Ben”", "ben@example.com"), member("Zoë", "zoe@example.com")},
		Searches: map[string][]string{"nobody": nil},
	})
}
