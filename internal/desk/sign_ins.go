package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// OwnSignIn is a sign-in of the reader's own. Device is in words.
type OwnSignIn struct {
	At     time.Time
	Device messages.Text
	IP     string
}

const (
	// ownSignIns is how many of them are shown, and ownActs among how many of the
	// operator's acts they are looked for. A store that is asked for the sign-ins alone
	// may give up among those of others: see store.PageReach.
	ownSignIns = 3
	ownActs    = 100
)

// OwnSignIns returns the newest sign-ins of the operator who is signed in. It takes no
// permission.
func (d *Desk) OwnSignIns(ctx context.Context, id *Identity) ([]OwnSignIn, error) {
	page, err := d.Store.ListEvents(ctx, store.EventQuery{ActorID: id.Operator.ID, Limit: ownActs})
	if err != nil {
		return nil, fmt.Errorf("list own sign-ins: %w", err)
	}
	var list []OwnSignIn
	for _, e := range page.Rows {
		if e.Code == "signin.succeeded" && len(list) < ownSignIns {
			list = append(list, OwnSignIn{At: e.At, Device: letters.DeviceText(e.UserAgent), IP: e.IP})
		}
	}
	return list, nil
}

// SignInDays is how many days SignInsByDay goes back, today included.
const SignInDays = 14

// SignInsMost is where counting the sign-ins of a day stops.
const SignInsMost = 1000

// SignInDay is a day in UTC, with how many sign-ins succeeded and were refused. Each
// stops at SignInsMost.
type SignInDay struct {
	Day                time.Time
	Succeeded, Refused int
}

// SignInsByDay counts the sign-ins of the last days, the oldest first; nil without the
// permission to see the audit log. It takes two bounded reads.
func (d *Desk) SignInsByDay(ctx context.Context, a Actor) ([]SignInDay, error) {
	if !a.Can(PermissionAuditView) {
		return nil, nil
	}
	today := d.Now().UTC().Truncate(24 * time.Hour)
	var bounds []time.Time
	for n := range SignInDays + 1 {
		bounds = append(bounds, today.AddDate(0, 0, n-SignInDays+1))
	}
	var counts [2][]int
	for i, q := range []store.EventQuery{{Code: "signin.succeeded"}, {Code: "signin.refused"}} {
		var err error
		if counts[i], err = d.Store.CountEvents(ctx, q, bounds, SignInsMost); err != nil {
			return nil, fmt.Errorf("count sign-ins: %w", err)
		}
	}
	var days []SignInDay
	for n := range SignInDays {
		days = append(days, SignInDay{Day: bounds[n], Succeeded: counts[0][n], Refused: counts[1][n]})
	}
	return days, nil
}
