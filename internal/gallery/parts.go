package gallery

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice/parts"
)

// partsPage is the page of examples/gallery: every part that is promised to hosts.
type partsPage struct {
	parts.Form
	Title, Contact string
	Notice         parts.Notice
	Posts          []post
	Topics         []parts.Option
	Editors        []string
	Now            time.Time
	Days, Weeks    parts.Chart
	Markup         map[string]string
}

type post struct {
	ID, Title, Author, State string
	Level                    parts.Level
	Answers                  int
	Written                  time.Time
}

func (partsPage) Template() string { return "parts" }

// components is the page with all parts, in the frame of an operator.
func components(g *gallery) {
	t := g.t
	o := g.staffed()
	_, file, _, _ := runtime.Caller(0)
	host, err := o.seen.ParseHost(os.DirFS(filepath.Join(filepath.Dir(file), "../../examples/gallery/pages")), nil)
	require.NoError(t, err)
	page := partsPage{
		Title: "Roses in winter", Contact: hostile, Now: ago(day), Editors: []string{"Ada", arabicName},
		Markup: map[string]string{"tabs": "{{template \"tabs\" .Page.Tabs}}\n"},
		Notice: parts.Notice{Level: parts.Danger, Text: "The search index is a day old.", Link: parts.Link{Label: "Rebuild it", URL: Base + "/search"}},
		Posts: []post{
			{"7", "Roses in winter", "Rose Keeper", "Published", parts.Success, 12, ago(2 * time.Hour)},
			{"6", longName + " " + longName, longName, "Reported", parts.Warning, 3456, ago(26 * time.Hour)},
			{"5", hostile, arabicName, "Draft", "", 0, ago(90 * day)},
		},
		Topics: parts.Choose([]parts.Option{{Value: "a", Label: "For beginners", Hint: "Shown on the welcome page."}, {Value: "b", Label: "Winter"}}, "b"),
		Days:   parts.Chart{Label: "New members by day", Series: []parts.Series{{Label: "Invited", Figure: "61"}, {Label: "Came by themselves", Figure: "38"}}},
		Weeks:  parts.Chart{Label: "Posts by week", Series: []parts.Series{{Label: "Roses", Figure: "39"}, {Label: "Bees"}, {Label: "Trees"}}},
	}
	page.Form = page.Refuse("title", "Another post has this title. Choose another one.").Refuse("contact", "An email address has an @.")
	for i := range 14 {
		page.Days.Points = append(page.Days.Points, parts.Point{Label: strconv.Itoa(i + 1), Name: strconv.Itoa(i+1) + " March", Values: []int{i*5%9 + 1, i * 7 % 6}, Now: i == 13})
		page.Weeks.Points = append(page.Weeks.Points, parts.Point{Label: "W" + strconv.Itoa(i+1), Name: "Week " + strconv.Itoa(i+1), Values: []int{1200 + i*i%23*50, 300 - i*30%17, i * 100}})
	}
	o.ada.Get("/account")
	f := o.seen.frame
	f.Title = "Parts"
	html, err := host.Render(f, "parts.html", page)
	require.NoError(t, err)
	g.states = append(g.states, State{Name: "office-parts-all", Status: 200, Frame: f, Page: page, HTML: html, Host: host})
}
