package gallery

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// longNotes are lines that begin as HTML would.
const longNotes = "Meet at the old bridge.\nBring lights, a spare tube and something to eat.\n\n<script>alert(1)</script>"

// ride is a row of the community's.
type ride struct {
	ID, Version, LeaderID, Length int64
	Title, Status, Hidden, Notes  string
	Members                       bool
	Start                         time.Time
}

// leaders are who lead rides.
var leaders = map[string]string{"1": "Grace Hopper", "2": longName, "3": arabicName, "4": hostile}

// leader says who they are, and many more.
func leader(id int) string {
	if name := leaders[strconv.Itoa(id)]; name != "" {
		return name
	}
	first, last := []string{"Mary", "Emmy", "Lise", "Rosa", "Ida"}, []string{"Somerville", "Noether", "Meitner", "Luxemburg", "Rhodes"}
	return first[id%5] + " " + last[id/5%5]
}

func rides(data resource.Data[ride]) *resource.Resource[ride] {
	berlin := time.FixedZone("Europe/Berlin", 3600)
	to := resource.Relation{
		Labels: func(context.Context, []string) (map[string]string, error) { return leaders, nil },
		Find: func(_ context.Context, search string, limit int) (found []resource.Option, _ error) {
			for id := 1; id < 100 && len(found) < limit; id++ {
				if strings.HasPrefix(strings.ToLower(leader(id)), strings.ToLower(search)) {
					found = append(found, resource.Option{Value: strconv.Itoa(id), Label: leader(id)})
				}
			}
			return found, nil
		},
		Path: "/operators/",
	}
	return &resource.Resource[ride]{
		Path: "rides", One: "Ride", Many: "Rides", Group: "Community", Icon: "calendar", Text: "Where we ride, when, and who leads.",
		Data: data, Sort: "-start", StepUp: []string{"delete"}, BulkDelete: true,
		Fields: []resource.Field[ride]{
			resource.Key[ride, int64]{Name: "id", Label: "Number", At: func(r *ride) *int64 { return &r.ID }, In: resource.Detail},
			resource.Version[ride]{Name: "version", At: func(r *ride) *int64 { return &r.Version }},
			resource.Text[ride]{Name: "title", Label: "Title", Max: 120, Searched: true, Sorted: true, At: func(r *ride) *string { return &r.Title }, In: resource.Everywhere},
			resource.Choice[ride, string]{
				Name: "status", Label: "Status", Filtered: true, At: func(r *ride) *string { return &r.Status }, In: resource.Everywhere,
				Of: []resource.Option{{Value: "draft", Label: "Draft"}, {Value: "open", Label: "Open"}, {Value: "full", Label: "Fully booked"}},
			},
			resource.Ref[ride, int64]{Name: "leader_id", Label: "Leader", Filtered: true, To: to, At: func(r *ride) *int64 { return &r.LeaderID }, In: resource.Everywhere},
			resource.Int[ride, int64]{Name: "length", Label: "Length", Hint: "Of the whole round.", Min: 1, Max: 400, Unit: "km", Sorted: true, Filtered: true, At: func(r *ride) *int64 { return &r.Length }, In: resource.Everywhere},
			resource.Time[ride]{Name: "start", Label: "Start", Zone: berlin, Sorted: true, Filtered: true, At: func(r *ride) *time.Time { return &r.Start }, In: resource.Everywhere},
			resource.Bool[ride]{Name: "members", Label: "Members only", Hint: "Guests do not see it.", At: func(r *ride) *bool { return &r.Members }, In: resource.Detail | resource.Write},
			resource.Text[ride]{Name: "hidden", Label: "Cancelled because", Max: 500, Optional: true, At: func(r *ride) *string { return &r.Hidden }, In: resource.Detail},
			resource.Text[ride]{Name: "notes", Label: "Notes", Long: true, Optional: true, At: func(r *ride) *string { return &r.Notes }, In: resource.Detail | resource.Write},
		},
		Acts: []resource.Act[ride]{
			{Name: "publish", Label: "Publish", Bulk: true, When: func(r *ride) bool { return r.Status == "draft" }, Set: func(r *ride, _ string) { r.Status = "open" }},
			{
				Name: "cancel", Label: "Cancel the ride", Help: "Everyone who signed up gets an email.", Reason: resource.MustReason, Danger: true, Bulk: true,
				When: func(r *ride) bool { return r.Hidden == "" }, Set: func(r *ride, reason string) { r.Hidden = reason },
			},
		},
		Rows: func(_ context.Context, _ backoffice.Operator, act string) (resource.Rows, error) {
			if act == "view" || act == "create" {
				return resource.All(), nil
			}
			return resource.Only("leader_id", int64(1), int64(2), int64(4)), nil // the rides of one are another team's
		},
		Roles: map[string][]string{"view": {desk.RoleModerator}},
	}
}

// someRides are rides that differ.
func someRides(n int) []ride {
	titles := []string{
		"Along the river to Werder", "First ride of the year", strings.Repeat("Donaudampfschifffahrtsgesellschaft", 3), hostile,
		"=HYPERLINK(\"https://elsewhere.example\")", "رحلة إلى الشمال", "Night ride", "Through the heath",
	}
	var all []ride
	for i := range n {
		all = append(all, ride{
			ID: int64(i + 1), Version: 1, LeaderID: int64(i%4 + 1), Length: int64(20 + i*7%150), Title: titles[i%len(titles)],
			Status: []string{"open", "draft", "full"}[i%3], Members: i%2 == 0, Start: ago(time.Duration(i*29)*time.Hour - 10*day).Truncate(time.Minute),
			Notes: longNotes,
		})
	}
	all[1].Hidden = "The ferry does not run before April."
	return all
}

// withRides opens an office with the rides, and Ada at work in it.
func (g *gallery) withRides(data resource.Data[ride], update ...func(context.Context, resource.Change[ride]) error) *office {
	for _, u := range update {
		data.Update = u
	}
	part := rides(data)
	about := part.About()
	o := g.staffed(func(d *desk.Config, p *pages.Config) {
		for _, more := range about.Permissions {
			d.Permissions = append(d.Permissions, desk.Permission{Key: more.Key, Label: more.Label, Group: more.Group, Roles: more.Roles})
		}
		for _, m := range about.Menu {
			p.Menu = append(p.Menu, pages.MenuItem(m))
		}
	})
	// The entries of the audit log are those of another office over the same store.
	b, err := backoffice.New(ctx, backoffice.Config{
		Origin: testoffice.Origin, Secret: testoffice.Secret(), Store: o.Rig.Under, Mail: o.Cfg.Sender, PasswordHashing: testoffice.Hashing,
		Parts: []backoffice.Part{part}, Now: o.Clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	require.NoError(g.t, err)
	o.server.Mount(about.Path, about.Permission, part.Pages(&backoffice.Office{Services: b.CommandLine()}))
	return o
}

func resources(g *gallery) {
	data := resource.Slice(someRides(57)...)
	o := g.withRides(data)
	ada := o.ada
	list := ada.Get("/rides")
	o.keep("filled", list)
	o.keep("second", ada.Get(list.Link("Next page")))
	o.keep("filtered", ada.Get("/rides?q=first&status=open&length.from=20&length.to=90&sort=-length"))
	o.keep("none", ada.Get("/rides?q="+longName))
	o.keep("refused", ada.Get("/rides?length.from=far&start.to=never"))
	o.keep("reader", o.at(ago(time.Minute), o.person("mod", "Rosa Luxemburg", "rosa@community.example", store.Operator{}, desk.RoleModerator)).Get("/rides"))

	o.keep("whole", ada.Get("/rides/1"))
	o.keep("cancelled", ada.Get("/rides/2"))
	o.keep("hostile", ada.Get("/rides/4"))

	add := ada.Get("/rides/-/new")
	o.keep("new", add)
	o.keep("wrong", ada.Submit(add, "/rides/-/new", "title", strings.Repeat("a ", 80), "length", "900 km", "start", "soon", "leader_id", "", "notes", "Typed."))
	o.keep("found", ada.Press(add, "/rides/-/new", "Search", "title=Round the lakes", "leader_id.q=mary"))
	edit := ada.Get("/rides/1/edit")
	o.keep("edit", edit)

	row, err := data.Get(ctx, "1")
	require.NoError(g.t, err)
	theirs := row
	theirs.Title, theirs.Length, theirs.Notes = "Along the river to Ketzin", 64, "Meet at the new bridge."
	require.NoError(g.t, data.Update(ctx, resource.Change[ride]{ID: "1", Was: row, Now: theirs, Fields: []string{"title", "length", "notes"}}))
	o.keep("clash", ada.Press(edit, "/rides/1/edit", "", "title=Along the river to Potsdam", "-members"))

	act := ada.Get("/rides/1/cancel")
	o.keep("ask", act)
	o.keep("unreasoned", ada.Submit(act, "/rides/1/cancel", "reason", ""))
	remove := ada.Get("/rides/1/delete")
	o.keep("ask", remove)
	row, err = data.Get(ctx, "1")
	require.NoError(g.t, err)
	theirs = row
	theirs.Status = "full"
	require.NoError(g.t, data.Update(ctx, resource.Change[ride]{ID: "1", Was: row, Now: theirs, Fields: []string{"status"}}))
	o.keep("changed", ada.Submit(act, "/rides/1/cancel", "reason", "Storm."))

	bulk := ada.Get("/rides/-/bulk?act=cancel&row=1&row=2&row=3&row=4&row=99")
	o.keep("ask", bulk)
	o.keep("nothing", ada.Get("/rides/-/bulk?act=cancel"))
	row, err = data.Get(ctx, "4")
	require.NoError(g.t, err)
	require.NoError(g.t, data.Delete(ctx, row))
	o.keep("partly", ada.Press(bulk, "/rides/-/bulk", "", "reason=Storm."))
	o.keep("all", ada.Get("/rides/-/bulk?act=publish&all=yes&"+url.Values{"q": {"first"}}.Encode()))

	many := resource.Slice(someRides(110)...)
	update, changed := many.Update, 0
	m := g.withRides(many, func(ctx context.Context, c resource.Change[ride]) error {
		if changed++; changed == 3 {
			g.offices[len(g.offices)-1].Clock.Add(time.Minute) // slower than the office waits
		}
		return update(ctx, c)
	})
	bulk = m.ada.Get("/rides/-/bulk?act=cancel&all=yes")
	m.keep("many", bulk)
	m.keep("unreached", m.ada.Press(bulk, "/rides/-/bulk", "", "reason=Storm."))

	empty := g.withRides(resource.Slice[ride]())
	empty.keep("empty", empty.ada.Get("/rides"))
	slow := resource.Slice[ride]()
	slow.List = func(context.Context, resource.Query) ([]ride, error) { return nil, resource.ErrTooSlow }
	tired := g.withRides(slow)
	tired.keep("slow", tired.ada.Get("/rides?q=heath"))
}
