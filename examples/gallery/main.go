// Command gallery shows every part that pages of the office are made of, inside an office, with
// the markup to copy. In the menu of your account you can choose light or dark pages.
//
//	go run ./examples/gallery
package main

import (
	"context"
	"embed"
	"io"
	"io/fs"
	"log"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/examples/internal/demo"
)

func main() {
	community, admin := http.NewServeMux(), http.NewServeMux()
	office, err := mount(context.Background(), demo.Config(), community, admin)
	if err != nil {
		log.Fatal(err)
	}
	demo.Serve(office, office.Wrap(community))
}

//go:embed pages
var embedded embed.FS

// mount adds the routes of the community and of its office pages.
func mount(ctx context.Context, cfg backoffice.Config, community, admin *http.ServeMux) (*backoffice.Office, error) {
	community.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "Hello from the community.\n") })

	pages, err := fs.Sub(embedded, "pages")
	if err != nil {
		return nil, err
	}
	cfg.Handler, cfg.HandlerTemplates = admin, pages
	cfg.Permissions = []backoffice.Permission{{Key: "parts.view", Label: "See the parts", Group: "Community"}}
	cfg.Menu = []backoffice.MenuItem{{Group: "Community", Label: "Parts", Path: "/parts", Permission: "parts.view", Icon: "grid"}}
	office, err := backoffice.New(ctx, cfg)
	if err != nil {
		return nil, err
	}
	markup, err := samples(pages)
	if err != nil {
		return nil, err
	}
	admin.Handle("GET /parts", office.Require("parts.view")(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		office.Render(w, r, "parts.html", "Parts", show(r.Context(), time.Now(), markup))
	})))
	admin.HandleFunc("/", office.NotFound)
	return office, nil
}

var part = regexp.MustCompile(`(?s)\{\{/\* part: ([a-z-]+) \*/\}\}\n(.*?)\{\{/\* end \*/\}\}`)

// samples are the parts of the page as they are written.
func samples(pages fs.FS) (map[string]string, error) {
	page, err := fs.ReadFile(pages, "parts.html")
	if err != nil {
		return nil, err
	}
	markup := map[string]string{}
	for _, found := range part.FindAllSubmatch(page, -1) {
		markup[string(found[1])] = string(found[2])
	}
	return markup, nil
}

// partsPage is the data of the page. Its form was refused, to show how that looks.
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

func show(ctx context.Context, now time.Time, markup map[string]string) partsPage {
	page := partsPage{
		Title: "Roses in winter", Contact: "rose.example.org", Now: now, Markup: markup, Editors: []string{"Ada", "Grace", "Mia"},
		Notice: parts.Notice{Level: parts.Danger, Text: "The search index is a day old.", Link: parts.Link{Label: "Rebuild it", URL: backoffice.URL(ctx, "/search/rebuild")}},
		Posts: []post{
			{"7", "Roses in winter", "Rose Keeper", "Published", parts.Success, 12, now.Add(-2 * time.Hour)},
			{"6", "A hive of one’s own", "Bea Hive", "Reported", parts.Warning, 3, now.Add(-26 * time.Hour)},
			{"5", "Compost, a beginner’s guide", "Sam Soil", "Draft", "", 0, now.AddDate(0, 0, -9)},
		},
		Topics: parts.Choose([]parts.Option{
			{Value: "beginners", Label: "For beginners", Hint: "Shown on the welcome page."}, {Value: "winter", Label: "Winter"}, {Value: "tools", Label: "Tools"},
		}, "winter"),
		Days:  parts.Chart{Label: "New members by day", Series: []parts.Series{{Label: "Invited", Figure: "61"}, {Label: "Came by themselves", Figure: "38"}}},
		Weeks: parts.Chart{Label: "Posts by week", Series: []parts.Series{{Label: "Roses", Figure: "39"}, {Label: "Bees", Figure: "24"}}},
	}
	page.Form = page.Refuse("title", "Another post has this title. Choose another one.").Refuse("contact", "An email address has an @, such as rose@example.org.")
	for i := range 14 {
		day := now.AddDate(0, 0, i-13)
		page.Days.Points = append(page.Days.Points, parts.Point{
			Label: strconv.Itoa(day.Day()), Name: day.Format("2 January"), Values: []int{(i*5)%9 + 1, (i * 7) % 6}, Now: i == 13,
		})
	}
	for i := range 12 {
		week := now.AddDate(0, 0, (i-11)*7)
		page.Weeks.Points = append(page.Weeks.Points, parts.Point{
			Label: week.Format("2 Jan"), Name: "Week of " + week.Format("2 January"), Values: []int{20 + (i*i)%23, 30 - (i*3)%17},
		})
	}
	return page
}
