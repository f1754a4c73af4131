package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

const (
	// linksAtOnce is how many links are read at a time, and linksEvery how often Run
	// looks for those that were made by a process that did not know the alias yet.
	linksAtOnce = 100
	linksEvery  = time.Minute
	// officeMoved is why a link was replaced, in the audit log.
	officeMoved = "the office address changed"
)

// linksAt is what the periodic work remembers: under which alias it last looked for links
// to replace, when, and whether some could not be.
type linksAt struct {
	alias string
	at    time.Time
	err   error
}

// replaceLinks is ReplaceLinks when there is something to do.
func (d *Desk) replaceLinks(ctx context.Context) error {
	s, now := d.State(), d.Now()
	if !s.Stored.ConfirmBy.IsZero() {
		return nil
	}
	if d.linksAt.alias == s.Stored.Alias && now.Sub(d.linksAt.at).Abs() < linksEvery {
		return d.linksAt.err
	}
	left, err := d.linksElsewhere(ctx, s.Stored.Alias, 2) // one may be nobody's
	if err == nil && left > 0 {
		err = d.ReplaceLinks(ctx)
	}
	if ctx.Err() == nil && !errors.Is(err, store.ErrUnavailable) {
		d.linksAt = linksAt{s.Stored.Alias, now, err}
	}
	return err
}

// linksElsewhere counts the open links with another alias than this one, of each purpose
// up to a number.
func (d *Desk) linksElsewhere(ctx context.Context, alias string, most int) (n int, err error) {
	for _, purpose := range replaced {
		open, err := d.Store.ListTokens(ctx, store.TokenQuery{Purpose: purpose, Home: homeTag(alias), Others: true, Now: d.Now(), Limit: most})
		if err != nil {
			return 0, fmt.Errorf("list links: %w", err)
		}
		for _, t := range open {
			if t.Subject != nobody {
				n++
			}
		}
	}
	return n, nil
}

// replaced are the purposes of the links that are replaced.
var replaced = []string{store.PurposeInvite, store.PurposeReset}

// ReplaceLinks replaces the open links with another alias than the one that the office
// has now, unless that is still to be confirmed: those before the alias changed, or those
// from before it was rolled back. Invitations are renewed, with their full life, and
// mailed. Reset links end: the operator is told how to ask for another, and an operator
// who made the link that it is to be made again. A link that would not have worked, or
// whose operator may not know the alias, only ends. Each link is one commit, which
// spends it, so several replicas may run it at once, and after a crash it continues.
func (d *Desk) ReplaceLinks(ctx context.Context) error {
	s, err := d.Fresh(ctx)
	if err != nil {
		return err
	}
	if !s.Stored.ConfirmBy.IsZero() {
		return nil
	}
	var failed []error
	counts := map[string]int{}
	for _, purpose := range replaced {
		q := store.TokenQuery{Purpose: purpose, Home: homeTag(s.Stored.Alias), Others: true, Now: d.Now(), Limit: linksAtOnce}
		for more := true; more; {
			page, err := d.Store.ListTokens(ctx, q)
			if err != nil {
				return errors.Join(append(failed, fmt.Errorf("list links: %w", err))...)
			}
			for _, t := range page {
				became, err := d.replaceLink(ctx, t)
				if errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil {
					return errors.Join(append(failed, err)...)
				}
				if err != nil {
					// One member who cannot be looked up must not keep the others waiting.
					failed = append(failed, err)
				}
				if became != "" {
					counts[became]++
				}
			}
			if more = len(page) == linksAtOnce; more {
				q.After = &page[len(page)-1]
			}
		}
	}
	if len(counts) > 0 {
		summary := d.Audit(Visit{}, "office.links_replaced", Success).System().Because(officeMoved)
		if n := counts[becameRenewed]; n > 0 {
			summary.With("invitations_renewed", strconv.Itoa(n))
		}
		if n := counts[becameTold]; n > 0 {
			summary.With("reset_links_ended", strconv.Itoa(n))
		}
		if n := counts[becameNothing]; n > 0 {
			summary.With("ended_unannounced", strconv.Itoa(n))
		}
		summary.Record(ctx)
	}
	return errors.Join(failed...)
}

// What becomes of a link.
const (
	becameRenewed = "renewed"
	becameTold    = "told"
	becameNothing = "nothing"
)

// replaceLink replaces a link, and returns what became of it: nothing if someone else
// has replaced, used or revoked it.
func (d *Desk) replaceLink(ctx context.Context, t store.Token) (became string, err error) {
	for range 5 {
		if became, err = d.replaceLinkOnce(ctx, t); !isConflict(err) {
			break
		}
		// The operator, or the one who made the link, has changed in the meantime.
	}
	if errors.Is(err, store.ErrUsed) || errors.Is(err, store.ErrExpired) || isNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("replace link: %w", err)
	}
	return became, nil
}

func (d *Desk) replaceLinkOnce(ctx context.Context, t store.Token) (became string, err error) {
	spend := store.ConsumeToken{Digest: t.Digest, Purpose: t.Purpose, Now: d.Now()}
	o, err := d.Store.FindOperator(ctx, t.Subject)
	if isNotFound(err) { // or a request for no one's password
		return "", d.Commit(ctx, spend)
	}
	if err != nil {
		return "", fmt.Errorf("find operator: %w", err)
	}
	writes := []store.Write{spend}
	maker := store.Operator{ID: vouches(t, o)}
	if judged(maker.ID, o) {
		if maker, err = d.findMaker(ctx, maker.ID); err != nil {
			return "", err
		}
		if maker.Version > 0 {
			writes = append(writes, store.CheckOperator{ID: maker.ID, Version: maker.Version})
		}
	}
	why, err := d.whyNotReplaced(ctx, t, o)
	if err != nil {
		return "", err
	}
	code := "password.link_ended"
	became = becameTold
	if t.Purpose == store.PurposeInvite {
		code = "operator.invitation_renewed"
		became = becameRenewed
	}
	after, event := o, d.Audit(Visit{}, code, Success).Because(officeMoved)
	var told []store.Write
	if why == "" {
		if told, err = d.replacement(ctx, t, &after, maker); err != nil {
			return "", err
		}
	} else {
		after.InviteExpiresAt = d.Now() // so that lists say that it is to be sent again
		event, became = d.Audit(Visit{}, code, Refused).Because(officeMoved+"; not renewed: "+why), becameNothing
	}
	var changed store.Write = store.CheckOperator{ID: o.ID, Version: o.Version}
	if t.Purpose == store.PurposeInvite && o.State == store.OperatorInvited {
		changed = store.PutOperator{Operator: after}
	}
	writes = append(writes, changed, event.System().Target(o).Write())
	return became, d.Commit(ctx, append(writes, told...)...)
}

// whyNotReplaced returns why a link is not replaced, or "": it would not have worked, or
// its operator would not be told of a new office address either.
func (d *Desk) whyNotReplaced(ctx context.Context, t store.Token, o store.Operator) (string, error) {
	why, err := d.whyDead(ctx, t, o)
	if err != nil || why != "" {
		return why, err
	}
	if _, err := mail.ParseEmailAddress(o.Email); err != nil {
		return "no email address that emails can be sent to", nil
	}
	_, member, err := d.stillMember(ctx, o)
	if err == nil && !member {
		why = closedReasons[letters.ClosedNoMember]
	}
	return why, err
}

// replacement returns what takes the place of a link: another invitation, which it also
// sets on the operator, or letters about the end of a reset link.
func (d *Desk) replacement(ctx context.Context, t store.Token, o *store.Operator, maker store.Operator) ([]store.Write, error) {
	if t.Purpose == store.PurposeInvite {
		_, writes, err := d.renewInvitation(ctx, Actor{ID: maker.ID, Name: maker.Name}, o, letters.Occasion{Moved: true})
		for i, w := range writes {
			if m, ok := w.(store.EnqueueMail); ok {
				// No one waits for it, and there may be thousands.
				m.Mail.Lane.Urgent = false
				writes[i] = m
			}
		}
		return writes, err
	}
	told, err := d.enqueue(*o, letters.LinkEnded(d.about(*o)), time.Time{})
	if err != nil || maker.Email == "" {
		return []store.Write{told}, err
	}
	letter := letters.MadeLinkEnded(d.about(maker), o.Name, o.ID)
	if _, err := mail.ParseEmailAddress(maker.Email); err != nil {
		d.Log.WarnContext(ctx, "operator not notified", "operator", maker.ID, "error", err)
		return []store.Write{told}, nil
	}
	again, err := d.enqueue(maker, letter, time.Time{})
	return []store.Write{told, again}, err
}
