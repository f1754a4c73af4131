package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Found is what an [EventKind] found out about an act that a crash cut off.
type Found string

const (
	// FoundAfter means that the change was made, FoundBefore that it was not.
	FoundAfter  Found = "as_after"
	FoundBefore Found = "as_before"
	// FoundOther means that what was to be changed is neither as before nor as after,
	// FoundGone that it does not exist.
	FoundOther Found = "other"
	FoundGone  Found = "gone"
	// FoundUnknown means that it is not known.
	FoundUnknown Found = "not_known"
)

const (
	// settleEvery is how often Run looks for acts that were cut off, settleMost how many it
	// settles at a time.
	settleEvery = time.Minute
	settleMost  = 50
	// settleTime is how long the host may take to find out about one act, settleFor how long
	// after its beginning it is asked again if that fails.
	settleTime = 5 * time.Second
	settleFor  = time.Hour
)

// SettleActs writes the outcome of acts that a crash cut off, and of those whose second entry
// could not be written. While there are none it is one read, of an index without rows.
// Replicas may do it at once: only one of them uses up the token of an act.
func (d *Desk) SettleActs(ctx context.Context) error {
	waiting, err := d.Store.ListTokens(ctx, store.TokenQuery{Purpose: store.PurposeAct, Home: actHome, Now: d.Now(), Limit: settleMost})
	if err != nil {
		return fmt.Errorf("look for acts without an outcome: %w", err)
	}
	var errs []error
	for _, token := range waiting {
		if d.Now().Sub(token.CreatedAt) < actOpen {
			break // all that follow began later
		}
		errs = append(errs, d.settleAct(ctx, token))
	}
	return errors.Join(errs...)
}

func (d *Desk) settleAct(ctx context.Context, token store.Token) error {
	use := store.ConsumeToken{Digest: token.Digest, Purpose: store.PurposeAct, Now: d.Now()}
	begun, err := d.beginningOf(ctx, token)
	if err != nil {
		return err
	}
	var end store.AppendEvent
	if begun.Code == "" {
		// It was purged, or someone changed the database. What a token says is no evidence.
		d.Log.ErrorContext(ctx, "an act without an outcome has no entry in the audit log, or its outcome is there", "act", token.Subject)
		end = d.Audit(Visit{}, "office.failed", Failure).System().Because("a change without its entry").Write()
	} else {
		found, err := d.find(ctx, begun)
		if err != nil && d.Now().Sub(token.CreatedAt) < settleFor {
			return fmt.Errorf("settle %q: %w", begun.Code, err)
		}
		if err != nil {
			d.Log.ErrorContext(ctx, "how an act ended is not known", "event", begun.Code, "act", token.Subject, "error", err)
		}
		e := &Entry{d: d, event: begun}
		e.event.Seq, e.event.MAC, e.event.Outcome, e.event.At = 0, nil, Unsettled, d.Now()
		e.event.Detail = maps.Clone(begun.Detail)
		end = e.With(DetailFound, string(found)).Write()
	}
	err = d.Commit(ctx, use, end)
	if errors.Is(err, store.ErrUsed) || isNotFound(err) {
		return nil // another replica was quicker, or the act has ended after all
	}
	if err != nil {
		return fmt.Errorf("settle an act: %w", err)
	}
	return nil
}

// beginningOf finds the first entry of an act. Without one, or if the token was not made for
// it, the entry is zero; and if the act has ended: the token was used up then, and whoever can
// write to the database has put it back.
func (d *Desk) beginningOf(ctx context.Context, token store.Token) (store.Event, error) {
	q := store.EventQuery{Outcome: Begun, From: token.CreatedAt, Until: token.CreatedAt.Add(time.Microsecond)}
	for {
		page, err := d.Store.ListEvents(ctx, q)
		if err != nil {
			return store.Event{}, fmt.Errorf("find the beginning of an act: %w", err)
		}
		for _, e := range page.Rows {
			if e.Detail[DetailAct] == token.Subject && d.Vault.CheckMAC(vault.Acts, token.Digest[:], token.Subject, chainedAlone(e)) {
				if ended, err := d.hasEnded(ctx, e); ended || err != nil {
					return store.Event{}, err
				}
				return e, nil
			}
		}
		if q.BeforeSeq = page.Next; page.Next == 0 {
			return store.Event{}, nil
		}
	}
}

// hasEnded reports whether the outcome of an act is in the audit log, given its first entry.
func (d *Desk) hasEnded(ctx context.Context, begun store.Event) (bool, error) {
	q := store.EventQuery{Code: begun.Code, ActorID: begun.ActorID, AfterSeq: begun.Seq, OldestFirst: true}
	for {
		page, err := d.Store.ListEvents(ctx, q)
		if err != nil {
			return false, fmt.Errorf("find the outcome of an act: %w", err)
		}
		for _, e := range page.Rows {
			if e.Outcome != Begun && e.Detail[DetailAct] == begun.Detail[DetailAct] {
				return true, nil
			}
		}
		if q.AfterSeq = page.Next; page.Next == 0 {
			return false, nil
		}
	}
}

// find asks the host how an act ended.
func (d *Desk) find(ctx context.Context, begun store.Event) (found Found, err error) {
	kind := d.kinds[begun.Code]
	if kind.Settle == nil {
		return FoundUnknown, nil
	}
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	err = safely(func() (err error) {
		found, err = kind.Settle(ctx, actOf(begun))
		return err
	})
	if err != nil {
		return FoundUnknown, err
	}
	switch found {
	case FoundAfter, FoundBefore, FoundOther, FoundGone:
		return found, nil
	}
	return FoundUnknown, nil
}

// actOf is an act as its entry has it.
func actOf(e store.Event) Act {
	a := Act{
		Code: e.Code, Kind: e.TargetKind, ID: e.TargetID, Name: e.TargetName, Reason: e.Reason,
		ActorID: e.ActorID, ActorName: e.ActorName, Began: e.At,
	}
	a.Before, a.After = ActValues(e)
	return a
}

// ActValues are the values before and after that an entry of the host has; nil for none.
func ActValues(e store.Event) (before, after map[string]string) {
	for key, value := range e.Detail {
		if name, ok := strings.CutPrefix(key, detailBefore); ok {
			if before == nil {
				before = map[string]string{}
			}
			before[name] = value
		} else if name, ok := strings.CutPrefix(key, detailAfter); ok {
			if after == nil {
				after = map[string]string{}
			}
			after[name] = value
		}
	}
	return before, after
}

// foldLooks is how many entries are looked for per page, foldReach how many later entries of its
// kind and actor may come between the two entries of an act.
const (
	foldLooks = 8
	foldReach = 50
)

// FoldActs leaves out the first entries of acts whose outcome is in the audit log as well: the
// entry of the outcome says all that the first does.
func (d *Desk) FoldActs(ctx context.Context, events []store.Event) ([]store.Event, error) {
	ended := map[string]bool{}
	end := func(events []store.Event) {
		for _, e := range events {
			if id := e.Detail[DetailAct]; id != "" && e.Outcome != Begun {
				ended[id] = true
			}
		}
	}
	end(events)
	looks := 0
	var kept []store.Event
	for _, e := range events {
		id := e.Detail[DetailAct]
		if e.Outcome == Begun && !ended[id] && looks < foldLooks { // the outcome is on the page before
			looks++
			page, err := d.Store.ListEvents(ctx, store.EventQuery{Code: e.Code, ActorID: e.ActorID, AfterSeq: e.Seq, OldestFirst: true, Limit: foldReach})
			if err != nil {
				return nil, fmt.Errorf("find the outcome of an act: %w", err)
			}
			end(page.Rows)
		}
		if e.Outcome != Begun || !ended[id] {
			kept = append(kept, e)
		}
	}
	return kept, nil
}
