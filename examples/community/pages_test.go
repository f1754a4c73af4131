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
	for _, label := range []string{"Dashboard", "Analytics", "Posts", "Gardeners", "Announcements"} {
		require.Contains(t, home.Body, "<span>"+label+"</span>")
	}
	require.Equal(t, []string{"CHEAP PALLETS, CALL NOW"}, root.Get(home.Link("Reports")).Find("a.line-title"))
	root.Get("/dashboard").Want(t, http.StatusOK).WantText(t, "Seed swap on Saturday at ten")
	require.Len(t, root.Get("/analytics").Want(t, http.StatusOK).WantText(t, "Week from 5 January 2026").Find("tr"), 9, "a head and eight weeks")
	for path, want := range map[string]string{
		"/": "Gemeldete Beiträge, über die noch niemand entschieden hat.", "/dashboard": "Übersicht", "/analytics": "Woche ab 5. Januar 2026",
		"/posts": "Was Mitglieder schreiben", "/posts/seed-3": "Behalten und Meldungen erledigen", "/gardeners": "Gärtner", "/announcements/-/new": "Letzter Tag",
	} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", "de")
		root.Do(r).WantText(t, want)
	}
	root.Get("/elsewhere").Want(t, http.StatusNotFound).WantText(t, "Page not found")
	require.Equal(t, "/login?next=%2Fdashboard", office.Browser(t).Get("/dashboard").To)
}

func TestRolesOpenTheirPages(t *testing.T) {
	office, g := fresh(t)
	ada := "/gardeners/" + signUp(t, g, "Ada", "ada@example.com").ID
	const ok, no = http.StatusOK, http.StatusForbidden
	for path, want := range map[string][2]int{ // for moderators, and for community managers
		"/dashboard": {ok, ok}, "/analytics": {no, ok}, "/posts": {ok, ok}, "/posts/seed-3/hide": {ok, ok}, "/posts/seed-3/edit": {no, ok}, "/posts/seed-3/delete": {ok, ok},
		"/gardeners": {no, ok}, ada: {no, ok}, ada + "/edit": {no, ok}, ada + "/sign_out": {no, ok}, ada + "/delete": {no, no},
		"/announcements": {ok, ok}, "/announcements/-/new": {no, ok}, "/announcements/1/edit": {no, ok}, "/announcements/1/delete": {no, ok},
	} {
		for i, role := range []string{backoffice.Moderator, backoffice.CommunityManager} {
			b := office.SignIn(t, officetest.Operator{Name: role, Roles: []string{role}})
			b.Get(path).Want(t, want[i])
		}
	}
	reader := office.SignIn(t, officetest.Operator{Permissions: []string{"gardeners.view"}})
	for _, path := range []string{"/gardeners", ada, "/gardeners?q=ada@"} {
		require.NotContains(t, reader.Get(path).Want(t, ok).Body, "ada@example.com", "addresses take a permission of their own")
	}
}

func TestAModeratorHidesAndRestoresAPost(t *testing.T) {
	office, g := fresh(t)
	mod := office.SignIn(t, officetest.Operator{Name: "Mod", Roles: []string{backoffice.Moderator}})
	shown := func() bool {
		posts, err := g.Posts(t.Context())
		require.NoError(t, err)
		return slices.ContainsFunc(posts, func(p garden.Post) bool { return p.Title == "CHEAP PALLETS, CALL NOW" })
	}
	require.True(t, shown())
	mod.Submit("/posts/seed-3/hide", "reason", "an advertisement").Want(t, http.StatusOK).WantText(t, "an advertisement")
	require.Equal(t, []string{"Hidden"}, mod.Get("/posts?state=hidden").Find("span.warning"))
	require.False(t, shown())
	require.ErrorIs(t, g.Report(t.Context(), "seed-3", "anybody"), garden.ErrNotFound, "nobody reports what nobody can read")
	mod.Submit("/posts/seed-3/restore")
	require.True(t, shown())
	counts, err := g.Counts(t.Context())
	require.NoError(t, err)
	require.Zero(t, counts.Reported, "its reports are settled")
	for range 2 {
		require.NoError(t, g.Report(t.Context(), "seed-3", "anybody"))
	}
	mod.Get("/posts?reports.from=1").WantText(t, "CHEAP PALLETS, CALL NOW").Want(t, http.StatusOK)
	mod.Submit("/posts/seed-3/keep")
	office.Events("posts.hide", "posts.restore", "posts.keep").Want(t,
		"posts.hide begun seed-3", "posts.hide success seed-3", "posts.restore begun seed-3", "posts.restore success seed-3", "posts.keep begun seed-3", "posts.keep success seed-3")
}

func TestAMemberIsSignedOutAndDeleted(t *testing.T) {
	office, g := fresh(t)
	ada := signUp(t, g, "Ada", "ada@example.com")
	token, err := g.BeginSession(t.Context(), ada.ID)
	require.NoError(t, err)
	require.NoError(t, g.Write(t.Context(), garden.Member{ID: ada.ID, Name: ada.Name}, "Beans", "They are up."))
	root := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.Administrator}})
	root.Get("/posts?member_id="+ada.ID).WantText(t, "Beans")
	root.Submit("/gardeners/"+ada.ID+"/sign_out").Want(t, http.StatusOK)
	_, err = g.FindSession(t.Context(), token)
	require.ErrorIs(t, err, garden.ErrNotFound)
	root.Submit("/gardeners/"+ada.ID+"/delete").Want(t, http.StatusOK)
	_, err = g.Find(t.Context(), ada.ID)
	require.ErrorIs(t, err, garden.ErrNotFound)
	root.Get("/posts?q=beans").WantText(t, "Ada").Want(t, http.StatusOK)
	require.NotContains(t, root.Get(root.Get("/posts?q=beans").Link("Beans")).Body, ada.ID)
}

func TestAnnouncementsAreShownUntilTheirLastDay(t *testing.T) {
	office, g := fresh(t)
	cleo := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.CommunityManager}})
	titles := func() (titles []string) {
		all, err := g.Announcements(t.Context())
		require.NoError(t, err)
		for _, a := range all {
			titles = append(titles, a.Title)
		}
		return titles
	}
	const form, gate = "/announcements/-/new", "The gate is locked at dusk"
	yesterday, today := officetest.Start().AddDate(0, 0, -1).Format(time.DateOnly), officetest.Start().Format(time.DateOnly)
	p := cleo.Submit(form, "title", "Work day", "body", "Bring gloves.", "state", "shown", "until", yesterday).Want(t, http.StatusUnprocessableEntity)
	require.Contains(t, p.Problems()["until"], "This day is over")
	p = cleo.Submit(form, "title", gate, "body", "Twice.", "until", today).Want(t, http.StatusUnprocessableEntity)
	require.Contains(t, p.Problems(), "title")
	cleo.Submit(form, "title", "Work day", "body", "Bring gloves.", "state", "draft", "until", today).Want(t, http.StatusOK)
	require.Equal(t, []string{gate}, titles(), "it is a draft")
	cleo.Submit("/announcements/2/edit", "state", "shown").Want(t, http.StatusOK)
	require.Equal(t, []string{"Work day", gate}, titles())

	require.NoError(t, tidy(t.Context(), office.Office, g))
	require.Len(t, titles(), 2)
	_, err := g.DB().Exec(`UPDATE announcements SET until = ? WHERE id = 2`, officetest.Start().AddDate(0, -2, 0).Unix())
	require.NoError(t, err)
	require.Equal(t, []string{gate}, titles())
	require.NoError(t, tidy(t.Context(), office.Office, g))
	cleo.Get("/announcements/2").Want(t, http.StatusNotFound)
	events := office.Events("announcements.delete")
	events.Want(t, "begun 2", "success 2")
	require.Equal(t, "job:tidy-up", events.All[0].ActorID)
}

func TestWhoTakesFiguresWithThemLeavesATrace(t *testing.T) {
	office, _ := fresh(t)
	cleo := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.CommunityManager}})
	p := cleo.Submit("/analytics").Want(t, http.StatusOK)
	require.Contains(t, p.Body, "from,members,posts\n")
	office.Events("analytics.downloaded").Want(t, "success 8")
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
