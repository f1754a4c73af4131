package backoffice_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

var closedGarden = backoffice.Act{
	Code: "garden.closed", Kind: "garden", ID: "g-7", Name: "Rose garden", Reason: "flooded",
	Before: map[string]string{"open": "yes", "phone": "01234"}, After: map[string]string{"open": "no → never", "phone": "56789"},
}

func withGardens(c *backoffice.Config) {
	c.Events = []backoffice.EventKind{
		{Code: "garden.closed", Label: "A garden was closed.", Group: "Gardens", Says: "{actor} closed {target}, now open: {open}", Private: []string{"phone"}},
		{Code: "garden.counted", Label: "The gardens were counted."},
		{Code: "plant.watered", Label: "A plant was watered.", Group: "Gardens", Meaning: "Someone used the can."},
	}
	c.Messages = fstest.MapFS{"de.json": {Data: []byte(`{
		"{actor} closed {target}, now open: {open}": "{target} wurde von {actor} geschlossen, offen: {open}",
		"A garden was closed.": "Ein Garten wurde geschlossen.", "Gardens": "Gärten", "open": "Geöffnet"
	}`)}}
}

// prose is the text of a page without the spaces that names have around them.
func prose(p page) string {
	return strings.NewReplacer(" ,", ",", "( ", "(", " )", ")").Replace(p.Text())
}

func TestEntriesOfTheHostReadLikeTheOffices(t *testing.T) {
	o := newOffice(t, withGardens)
	do := func(context.Context) error { return nil }
	var kept context.Context
	o.Inside.HandleFunc("/close", func(_ http.ResponseWriter, r *http.Request) {
		require.NoError(t, o.Office.Audited(r.Context(), closedGarden, do))
		kept = r.Context()
	})
	o.Set(lax)
	sue := o.Entered("Sue", backoffice.SuperAdministrator)
	sue.Get("/close")
	job := o.Office.As("nightly")
	require.NoError(t, job.Record(ctx, backoffice.Act{Code: "garden.counted"}))
	require.NoError(t, job.Record(ctx, backoffice.Act{Code: "plant.watered", ID: "p-1", Outcome: "refused"}))
	o.wrote(1, func(_ int, e *store.Event) { e.Code, e.TargetName, e.ActorID, e.ActorName = "fish.fed", "Nemo", sue.ID, "Sue" })

	list := sue.Get("/audit")
	for _, said := range []string{
		"Sue closed Rose garden, now open: no → never", "The gardens were counted (the job nightly)",
		"A plant was watered: p-1 (the job nightly)", "Fish: fed: Nemo (Sue)", "Gardens (garden): everything", "Gardens (plant): everything", "Community: everything",
	} {
		require.Contains(t, prose(list), said)
	}
	for query, want := range map[string]int{
		"?kind=garden": 2, "?kind=garden.closed": 1, "?kind=garden.closed&outcome=begun": 1, "?kind=plant&outcome=refused": 1, "?about=g-7&kind=garden": 1, "?about=p-1": 1, "?person=nightly": 2, "?person=Sue&kind=garden.closed": 1,
	} {
		require.Len(t, sue.Get("/audit"+query).Rows("/audit/"), want, query)
	}
	entry := sue.Get("/audit/" + sue.Get("/audit?kind=garden.closed").Rows("/audit/")[0])
	for _, said := range []string{"A garden was closed", "Open open yes no → never", "Phone phone not recorded not recorded", "flooded", "GET /close", "Everything about Rose garden"} {
		require.Contains(t, entry.Text(), said)
	}
	require.Contains(t, sue.Get("/audit/events").Text(), "plant.watered Someone used the can.")
	require.Contains(t, prose(sue.Get("/")), "Sue closed Rose garden")
	export := sue.Press(sue.Get("/audit?kind=garden"), "/audit/export", "JSON Lines").Body
	require.Contains(t, export, `"detail":{"act_id":"`)
	require.Contains(t, export, `"outcome":"begun"`, "an export has every entry")
	require.NotContains(t, export+o.Log.String(), "56789")
	require.Contains(t, sue.Press(sue.Get("/audit/verify"), "/audit/verify", "Verify now").Text(), "tampered with", "wrote goes past the office")

	o.Change(sue.ID, func(op *store.Operator) { op.Language = "de" })
	require.Contains(t, prose(sue.Get("/audit")), "Rose garden wurde von Sue geschlossen, offen: no → never")
	require.Contains(t, prose(sue.Get("/audit")), "Gärten (garden)")
	require.Contains(t, sue.Get("/audit/"+entry.Path[len("/audit/"):]).Text(), "Geöffnet open yes no → never")

	require.ErrorIs(t, o.Office.Audited(kept, closedGarden, func(context.Context) error { t.Error("it was done"); return nil }), backoffice.ErrSignedOut, "the request is over")
	require.NoError(t, o.Office.Record(kept, closedGarden), "what happened is written all the same")
	for _, err := range []error{o.Office.Record(ctx, closedGarden), o.Office.Audited(ctx, closedGarden, do)} {
		require.ErrorIs(t, err, backoffice.ErrSignedOut)
	}
	require.ErrorContains(t, o.Office.As("Sue").Record(ctx, closedGarden), `job "Sue"`)
	require.ErrorContains(t, o.Office.CommandLine().Record(ctx, backoffice.Act{Code: "garden.eaten"}), "declare it in Config.Events")
}

func TestAHomePageSaysWhichOutcomesAreUnknown(t *testing.T) {
	o := newOffice(t, withGardens, func(c *backoffice.Config) {
		c.Events[0].Settle = func(_ context.Context, a backoffice.Act) (backoffice.Found, error) {
			require.Equal(t, "job:nightly", a.Actor)
			return backoffice.FoundAfter, nil
		}
	})
	o.Set(lax)
	sue := o.Entered("Sue", backoffice.SuperAdministrator)
	o.Store.FailMethod("ConsumeToken", testoffice.ErrDown)
	require.NoError(t, o.Office.As("nightly").Audited(ctx, closedGarden, func(context.Context) error { return nil }))
	o.Store.FailMethod("ConsumeToken", nil)
	require.Contains(t, prose(sue.Get("/audit")), "The job nightly closed Rose garden, now open: no → never Begun")
	o.Clock.Add(6 * time.Minute)
	run, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	o.Store.After("ConsumeToken", 1, func() { close(done) })
	ended := make(chan error, 1)
	go func() { ended <- o.Office.Run(run) }()
	<-done
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
	sue = o.Entered("Eve", backoffice.SuperAdministrator)
	home := sue.Get("/")
	require.Contains(t, home.Text(), "The outcome of 1 change is unknown")
	list := sue.Get(home.Link("See the entries"))
	require.Len(t, list.Rows("/audit/"), 1)
	require.Contains(t, sue.Get("/audit/"+list.Rows("/audit/")[0]).Text(), "The change was made.")
	require.Len(t, sue.Get("/audit?kind=garden").Rows("/audit/"), 1, "both entries are one row")
}

func TestTheErrorOfAChangeComesBackAsItIs(t *testing.T) {
	o := newOffice(t, withGardens)
	for _, want := range []error{errors.New("no"), &backoffice.InvalidError{Problems: []backoffice.Problem{{Field: "name"}}}, backoffice.ErrForbidden} {
		require.Same(t, want, o.Office.As("nightly").Audited(ctx, closedGarden, func(context.Context) error { return want }))
	}
}
