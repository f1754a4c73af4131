package guide

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// Leave is a page of the host's that disables an operator.
func Leave(office *backoffice.Office) http.HandlerFunc {
	// begin services
	return func(w http.ResponseWriter, r *http.Request) {
		err := office.Disable(r.Context(), r.PathValue("name"), "left the team")
		if err != nil {
			office.Fail(w, r, err) // has a page for each: forbidden, no such operator, last super-administrator
			return
		}
		http.Redirect(w, r, backoffice.URL(r.Context(), "/team"), http.StatusSeeOther)
	}
	// end services
}

// Remind is a job without a signed-in operator.
func Remind(ctx context.Context, office *backoffice.Office, email string) error {
	// begin programs
	err := office.CommandLine().SendMessage(ctx, email, backoffice.Message{
		Subject:    "12 posts are waiting for you",
		Paragraphs: []string{"Twelve posts were reported since yesterday."},
		Button:     "Review the posts", Path: "/moderation",
	})
	// end programs
	if errors.Is(err, backoffice.ErrNotFound) {
		return nil // not an operator
	}
	return err
}

// Hooked are the fields of Config that the host's own code hangs on.
func Hooked(queue chan<- store.Event) backoffice.Config {
	return backoffice.Config{
		// begin events
		OnEvent: func(_ context.Context, e store.Event) {
			select {
			case queue <- e: // then return: someone is waiting
			default:
				slog.Warn("queue is full", "event", e.Code)
			}
		},
		// end events
		// begin rule
		Decide: func(_ context.Context, a backoffice.Access) error {
			if !netip.MustParsePrefix("192.0.2.0/24").Contains(a.IP) {
				return backoffice.Refuse("Please use the office network or the VPN.")
			}
			return nil
		},
		// end rule
	}
}

// Progress is where the host keeps how far it has read.
type Progress interface {
	Last(ctx context.Context) (int64, error)
	// Handle deals with an event and stores its number, in one transaction.
	Handle(ctx context.Context, e store.Event) error
}

// Follow reads every event of every replica.
func Follow(ctx context.Context, office *backoffice.Office, progress Progress) error {
	// begin follow
	for {
		last, err := progress.Last(ctx)
		if err != nil {
			return err
		}
		events, err := office.CommandLine().Events(ctx, last, 100)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := progress.Handle(ctx, e); err != nil { // and stores e.Seq
				return err
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Second):
		}
	}
	// end follow
}

// Ban bans a member of the community.
func Ban(ctx context.Context, office *backoffice.Office, members interface {
	Ban(ctx context.Context, id string) error
}, memberID string) error {
	// begin banned
	if err := members.Ban(ctx, memberID); err != nil {
		return err
	}
	return office.EndMemberSessions(ctx, memberID) // if this fails, repeat both
	// end banned
}
