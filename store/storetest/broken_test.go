package storetest_test

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postern-go/postern/store"
)

// breakage is a way in which a store can be wrong, and the case of the suite
// that must detect it.
type breakage struct {
	fails   string
	breakIt func(st store.Store) store.Store
}

// breakages are mistakes that the author of a store could make.
var breakages = func() map[string]breakage {
	all := maps.Clone(officeBreakages)
	maps.Copy(all, commonBreakages)
	maps.Copy(all, wayBreakages)
	return all
}()

var commonBreakages = map[string]breakage{
	"commits write by write": {
		"commits/a failing last write leaves no trace of any before it",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			for _, w := range writes {
				if err := st.Commit(ctx, w); err != nil {
					return err
				}
			}
			return nil
		}),
	},
	"skips unknown writes": {
		"commits/an unknown write fails the commit, and nothing of it happens",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			err := st.Commit(ctx, writes...)
			if errors.Is(err, store.ErrUnknownWrite) {
				return nil
			}
			return err
		}),
	},
	"ignores the context": {
		"commits/a call whose context is done does nothing and returns the context's error",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			return st.Commit(context.WithoutCancel(ctx), writes...)
		}),
	},
	"consumes a token without marking it": {
		"tokens/a consumed token is used for everybody, and says when",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			var rest []store.Write
			for _, w := range writes {
				c, ok := w.(store.ConsumeToken)
				if !ok {
					rest = append(rest, w)
					continue
				}
				if k, err := st.FindToken(ctx, c.Digest, c.Purpose); err != nil || !c.Now.Before(k.ExpiresAt) {
					return errors.Join(err, st.Commit(ctx, c))
				}
			}
			return st.Commit(ctx, rest...)
		}),
	},
	"mixes its errors up": {
		"tokens/a token ends at its end, not a microsecond later",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			err := st.Commit(ctx, writes...)
			if errors.Is(err, store.ErrExpired) {
				return store.ErrUsed
			}
			return err
		}),
	},
	"lets the last super-administrator go": {
		"last super-administrator/the last one stays, no matter who else is there",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			err := st.Commit(ctx, writes...)
			if errors.Is(err, store.ErrLastSuperAdministrator) {
				return nil
			}
			return err
		}),
	},
	"lets the last writer win": {
		"at once/one of many puts the first parameters, and one the next",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			for {
				err := st.Commit(ctx, writes...)
				p, ok := writes[0].(store.PutParameters)
				if !ok || !errors.Is(err, store.ErrConflict) {
					return err
				}
				r, err := st.ParametersRevision(ctx)
				if err != nil {
					return err
				}
				p.Parameters.Revision = r.Revision
				writes = []store.Write{p}
			}
		}),
	},
	"brings an ended session back by rotating it": {
		"at once/an ended session is not rotated or touched back to life",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			err := st.Commit(ctx, writes...)
			if r, ok := writes[0].(store.ReplaceSession); ok && errors.Is(err, store.ErrNotFound) {
				return st.Commit(ctx, store.PutSession{Session: r.New})
			}
			return err
		}),
	},
	"brings an ended session back by touching it": {
		"sessions/an ended session is ended for good, and ending it again is no error",
		func(st store.Store) store.Store { return &reviving{Store: st} },
	},
	"does not chain the audit": {
		"at once/the audit has no gap and no fork, also where commits fail in between",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			var unchained []store.Write
			for _, w := range writes {
				if e, ok := w.(store.AppendEvent); ok && e.MAC != nil {
					e.Event.MAC, _, _ = e.MAC(store.AuditEnds{}, e.Event)
					e.MAC = nil
					w = e
				}
				unchained = append(unchained, w)
			}
			return st.Commit(ctx, unchained...)
		}),
	},
	"shares memory with its callers": {
		"operators/every field of a new operator comes back",
		func(st store.Store) store.Store { return &sharing{Store: st, shared: map[string]store.Operator{}} },
	},
	"reads wildcards in a search": {
		"searches/no character of a search means anything",
		func(st store.Store) store.Store { return wildcards{st} },
	},
	"loses rows of equal time between pages": {
		"lists of operators/each filter selects on its own and with the others, in each order, on pages of any length",
		func(st store.Store) store.Store { return tied{st} },
	},
	"believes that clocks agree": {
		"lists of events/bounds of time select by time, not by the order in which events were appended",
		func(st store.Store) store.Store { return seqFrom{st} },
	},
	"purges newer events than it may": {
		"purged events/an event and all before it go, whenever they happened, and the ends say which",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			for i, w := range writes {
				if p, ok := w.(store.PurgeEvents); ok {
					writes[i] = store.PurgeEvents{Through: p.Through + 1}
				}
			}
			return st.Commit(ctx, writes...)
		}),
	},
	"reads the guard's view piece by piece": {
		"at once/the guard never sees half a commit",
		func(st store.Store) store.Store { return piecemeal{st} },
	},
	"lets one attempt too many pass": {
		"at once/no more attempts pass than the limit says",
		func(st store.Store) store.Store { return generous{st} },
	},
	"counts attempts one by one": {
		"counters/attempts together count all or none",
		func(st store.Store) store.Store { return oneByOne{st} },
	},
	"claims a mail without hiding it": {
		"mails/a claim counts the attempt and hides the mail until then, and it comes up again if nobody settles it",
		func(st store.Store) store.Store { return unhidden{st} },
	},
	"forgets a field of a mail": {
		"mails/every field of a mail comes back, but a list leaves the body out",
		func(st store.Store) store.Store { return forgetful{st} },
	},
	"purges what is not past its time": {
		"purge/sessions go at their end",
		func(st store.Store) store.Store { return hasty{st} },
	},
}

// commits returns a breakage of Commit.
func commits(commit func(st store.Store, ctx context.Context, writes []store.Write) error) func(store.Store) store.Store {
	return func(st store.Store) store.Store { return committing{st, commit} }
}

type committing struct {
	store.Store
	commit func(st store.Store, ctx context.Context, writes []store.Write) error
}

func (b committing) Commit(ctx context.Context, writes ...store.Write) error {
	if len(writes) == 0 {
		return b.Store.Commit(ctx)
	}
	return b.commit(b.Store, ctx, writes)
}

// reviving puts a session back when it is touched.
type reviving struct {
	store.Store
	mu   sync.Mutex
	seen []store.Session
}

func (b *reviving) Commit(ctx context.Context, writes ...store.Write) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range writes {
		if p, ok := w.(store.PutSession); ok {
			b.seen = append(b.seen, p.Session)
		}
	}
	return b.Store.Commit(ctx, writes...)
}

func (b *reviving) TouchSession(ctx context.Context, d store.Digest, at time.Time) error {
	err := b.Store.TouchSession(ctx, d, at)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.seen {
		if s.Digest == d && errors.Is(err, store.ErrNotFound) {
			return b.Store.Commit(ctx, store.PutSession{Session: s})
		}
	}
	return err
}

// sharing hands out the same slices again.
type sharing struct {
	store.Store
	mu     sync.Mutex
	shared map[string]store.Operator
}

func (b *sharing) FindOperator(ctx context.Context, id string) (store.Operator, error) {
	o, err := b.Store.FindOperator(ctx, id)
	b.mu.Lock()
	defer b.mu.Unlock()
	if before, ok := b.shared[id]; ok && err == nil && before.Version == o.Version {
		return before, nil
	}
	b.shared[id] = o
	return o, err
}

// wildcards lets "%" and "_" match anything, as LIKE does.
type wildcards struct{ store.Store }

func (b wildcards) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	if strings.Trim(q.Search, "%_") != q.Search {
		q.Search = strings.Trim(q.Search, "%_")
	}
	return b.Store.ListOperators(ctx, q)
}

// tied continues after all rows that are equal to the last one.
type tied struct{ store.Store }

func (b tied) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	if q.After != nil && q.Sort != store.ByName {
		after := *q.After
		after.ID = "\U0010FFFF"
		q.After = &after
	}
	return b.Store.ListOperators(ctx, q)
}

// seqFrom mistakes the first event at a time for the first one from then on.
type seqFrom struct{ store.Store }

func (b seqFrom) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	page, err := b.Store.ListEvents(ctx, q)
	if err != nil || q.From.IsZero() || q.OldestFirst {
		return page, err
	}
	for i, e := range page.Rows {
		if e.At.Equal(q.From) {
			return store.EventPage{Rows: page.Rows[:i+1]}, nil
		}
	}
	return page, nil
}

// piecemeal reads the revision after the rest.
type piecemeal struct{ store.Store }

func (b piecemeal) FindSession(ctx context.Context, d store.Digest) (store.SessionView, error) {
	v, err := b.Store.FindSession(ctx, d)
	if err != nil {
		return v, err
	}
	// Gives another caller time to commit in between.
	for range 1000 {
		now, err := b.Store.ParametersRevision(ctx)
		if err != nil {
			return v, err
		}
		if now.Revision != v.Revision {
			v.Revision = now.Revision
			break
		}
		runtime.Gosched()
	}
	return v, nil
}

// generous lets one more attempt pass.
type generous struct{ store.Store }

func (b generous) Hit(ctx context.Context, now time.Time, hits ...store.Hit) ([]store.HitResult, bool, error) {
	hits = slices.Clone(hits)
	for i := range hits {
		hits[i].Limit.Max++
	}
	return b.Store.Hit(ctx, now, hits...)
}

// oneByOne counts each attempt by itself, and takes back what it counted before one
// that does not pass.
type oneByOne struct{ store.Store }

func (b oneByOne) Hit(ctx context.Context, now time.Time, hits ...store.Hit) (results []store.HitResult, counted bool, err error) {
	for i, h := range hits {
		r, counted, err := b.Store.Hit(ctx, now, h)
		if err != nil {
			return nil, false, err
		}
		results = append(results, r...)
		if !counted {
			for _, before := range hits[:i] {
				err = errors.Join(err, b.Commit(ctx, store.Unhit{Keys: []string{before.Key}}))
			}
			return append(results, make([]store.HitResult, len(hits)-i-1)...), false, err
		}
	}
	return results, true, nil
}

// unhidden leaves a claimed email due.
type unhidden struct{ store.Store }

func (b unhidden) ClaimMail(ctx context.Context, c store.MailClaim) (store.Mail, error) {
	c.Until = c.Now
	return b.Store.ClaimMail(ctx, c)
}

// forgetful has no column for the reply.
type forgetful struct{ store.Store }

func (b forgetful) FindMail(ctx context.Context, id string) (store.Mail, error) {
	m, err := b.Store.FindMail(ctx, id)
	m.Reply = ""
	return m, err
}

// hasty ends sessions before their end.
type hasty struct{ store.Store }

func (b hasty) Purge(ctx context.Context, p store.Purge) (store.Purged, error) {
	p.Now = p.Now.Add(time.Second)
	return b.Store.Purge(ctx, p)
}
