package guide

import (
	"context"
	"net/http"

	"github.com/postern-go/postern/backoffice"
)

// Garden is a record of the host's.
type Garden struct{ ID, Name string }

// Gardens are in the host's own database.
type Gardens interface {
	Garden(ctx context.Context, id string) (Garden, error)
	IsOpen(ctx context.Context, id string) (bool, error)
	Close(ctx context.Context, id string) error
	Sweep(ctx context.Context) (removed string, err error)
}

// Declared are the kinds of entries of the host.
func Declared(gardens Gardens) backoffice.Config {
	return backoffice.Config{
		// begin kinds
		Events: []backoffice.EventKind{
			{Code: "garden.swept", Label: "Old gardens were removed.", Group: "Gardens"},
			{
				Code: "garden.closed", Label: "A garden was closed.", Group: "Gardens",
				Says:    "{actor} closed the garden {target}",
				Private: []string{"phone"}, // the entry says that it changed, and keeps no number
				Settle: func(ctx context.Context, act backoffice.Act) (backoffice.Found, error) {
					open, err := gardens.IsOpen(ctx, act.ID)
					if open {
						return backoffice.FoundBefore, err
					}
					return backoffice.FoundAfter, err
				},
			},
		},
		// end kinds
	}
}

// CloseGarden is a page of the host's that closes a garden.
func CloseGarden(office *backoffice.Office, gardens Gardens) http.HandlerFunc {
	// begin audited
	return func(w http.ResponseWriter, r *http.Request) {
		g, err := gardens.Garden(r.Context(), r.PathValue("id"))
		if err != nil {
			office.Fail(w, r, err)
			return
		}
		err = office.Audited(r.Context(), backoffice.Act{
			Code: "garden.closed", Kind: "garden", ID: g.ID, Name: g.Name, Reason: r.FormValue("reason"),
			Before: map[string]string{"open": "yes"}, After: map[string]string{"open": "no"},
		}, func(ctx context.Context) error { return gardens.Close(ctx, g.ID) })
		if err != nil {
			office.Fail(w, r, err)
			return
		}
		http.Redirect(w, r, backoffice.URL(r.Context(), "/gardens"), http.StatusSeeOther)
	}
	// end audited
}

// Sweep is a job of the host's.
func Sweep(ctx context.Context, office *backoffice.Office, gardens Gardens) error {
	// begin job
	removed, err := gardens.Sweep(ctx)
	if err != nil {
		return err
	}
	return office.As("nightly-sweep").Record(ctx, backoffice.Act{
		Code: "garden.swept", After: map[string]string{"removed": removed},
	})
	// end job
}
