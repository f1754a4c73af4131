package storetest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// officeBreakages are mistakes in what the office's own pages rely on.
var officeBreakages = map[string]breakage{
	"searches without the other filters": {
		"lists of operators/each filter selects on its own and with the others, in each order, on pages of any length",
		func(st store.Store) store.Store { return unfiltered{st} },
	},
	"takes a search for one word": {
		"searches/a search selects those whose key contains each of its words, wherever they stand",
		func(st store.Store) store.Store { return oneWord{st} },
	},
	"finds recipients by the beginning alone": {
		"mails/a search selects mails whose key contains each of its words, with the other filters, on pages of any length",
		func(st store.Store) store.Store { return beginning{st} },
	},
	"says of a session twice that it ended": {
		"at once/one of many ends a session, and one tries a failed mail again",
		rewriting(func(_ store.Store, _ context.Context, w store.EndSessions) []store.Write {
			w.MustExist = false
			return []store.Write{w}
		}),
	},
	"ends every session where one was meant": {
		"sessions/one session is ended by id, of this operator only",
		rewriting(func(_ store.Store, _ context.Context, w store.EndSessions) []store.Write {
			if w.OperatorID == "ada" {
				w.ID = ""
			}
			return []store.Write{w}
		}),
	},
	"takes a page that is not full for the last one": {
		"mails/mails are found where filters meet, however far in",
		func(st store.Store) store.Store { return impatient{st} },
	},
	"looks at too few records for a page": {
		"mails/mails are found where filters meet, however far in",
		func(st store.Store) store.Store { return lazy{st} },
	},
	"does not say where a list ends": {
		"lists of events/pages of events are without gaps or repeats, of 50 rows unless asked otherwise",
		func(st store.Store) store.Store { return endless{st} },
	},
	"shows operators as they were stored": {
		"lists of operators/what is shown of an operator turns at its time",
		func(st store.Store) store.Store { return timeless{st} },
	},
	"moves the version when somebody is locked": {
		"operators/marking locked sets LockedUntil, back too, and nothing else",
		rewriting(func(st store.Store, ctx context.Context, w store.MarkLocked) []store.Write {
			o, err := st.FindOperator(ctx, w.OperatorID)
			if err != nil {
				return []store.Write{w}
			}
			return []store.Write{w, store.PutOperator{Operator: o}}
		}),
	},
	"moves the version when the community was asked": {
		"operators/marking refreshed sets RefreshedAt, back too, and nothing else",
		rewriting(func(st store.Store, ctx context.Context, w store.MarkRefreshed) []store.Write {
			o, err := st.FindOperator(ctx, w.OperatorID)
			if err != nil {
				return []store.Write{w}
			}
			o.RefreshedAt = w.At
			return []store.Write{store.PutOperator{Operator: o}}
		}),
	},
	"moves back when a device was seen": {
		"devices/a device is there once it was seen, and remembers when first and when last",
		func(st store.Store) store.Store {
			return &forgettingDevices{Store: st, last: map[store.Digest]time.Time{}}
		},
	},
	"reseals whatever is there": {
		"sealed values/resealing replaces the data and nothing else, once",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			err := st.Commit(ctx, writes...)
			if _, ok := writes[0].(store.Reseal); ok && errors.Is(err, store.ErrConflict) {
				return nil
			}
			return err
		}),
	},
	"sends a mail again that is on its way": {
		"mails/only a failed mail is tried again",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			err := st.Commit(ctx, writes...)
			if w, ok := writes[0].(store.MoveMail); ok && w.From == store.MailFailed && errors.Is(err, store.ErrConflict) {
				return nil
			}
			return err
		}),
	},
	"gives nothing in the place of a deleted role": {
		"roles/another role takes the place of a deleted one, once",
		rewriting(func(_ store.Store, _ context.Context, w store.DeleteRole) []store.Write {
			w.To = ""
			return []store.Write{w}
		}),
	},
	"does not look whether a role is as it was": {
		"roles/a commit can depend on a role staying as it was read",
		rewriting(func(store.Store, context.Context, store.CheckRole) []store.Write { return nil }),
	},
	"does not look how many sessions there are": {
		"sessions/a commit can depend on how many sessions there are",
		rewriting(func(store.Store, context.Context, store.CheckSessions) []store.Write { return nil }),
	},
	"says of a purge twice that it happened": {
		"purged events/what is purged already, or not there yet, is not found",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			err := st.Commit(ctx, writes...)
			if _, ok := writes[0].(store.PurgeEvents); ok && errors.Is(err, store.ErrNotFound) {
				return st.Commit(ctx, writes[1:]...)
			}
			return err
		}),
	},
	"works a MAC out once more afterwards": {
		"events/where an event came to stand is what the last call of its MAC was told",
		commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
			if err := st.Commit(ctx, writes...); err != nil {
				return err
			}
			for _, w := range writes {
				if w, ok := w.(store.AppendEvent); ok && w.MAC != nil {
					_, _, _ = w.MAC(store.AuditEnds{LastMAC: make([]byte, 3)}, w.Event)
				}
			}
			return nil
		}),
	},
}

// rewriting returns a breakage that replaces one kind of write by others.
func rewriting[W store.Write](rewrite func(st store.Store, ctx context.Context, w W) []store.Write) func(store.Store) store.Store {
	return commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
		var all []store.Write
		for _, w := range writes {
			if one, ok := w.(W); ok {
				all = append(all, rewrite(st, ctx, one)...)
			} else {
				all = append(all, w)
			}
		}
		return st.Commit(ctx, all...)
	})
}

// unfiltered ignores the other filters of a search.
type unfiltered struct{ store.Store }

func (b unfiltered) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	if q.Search != "" {
		q.TwoFactor = store.Either
	}
	return b.Store.ListOperators(ctx, q)
}

// oneWord does not split a search into words.
type oneWord struct{ store.Store }

func (b oneWord) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	page, err := b.Store.ListOperators(ctx, q)
	page.Rows = slices.DeleteFunc(page.Rows, func(o store.OperatorRow) bool { return !strings.Contains(o.SearchKey, q.Search) })
	return page, err
}

// beginning finds only recipients whose key begins with the search.
type beginning struct{ store.Store }

func (b beginning) ListMails(ctx context.Context, q store.MailQuery) (store.MailPage, error) {
	page, err := b.Store.ListMails(ctx, q)
	page.Rows = slices.DeleteFunc(page.Rows, func(m store.Mail) bool { return !strings.HasPrefix(m.SearchKey, strings.TrimSpace(q.Search)) })
	return page, err
}

// lazy looks at only one email if there are several filters.
type lazy struct{ store.Store }

func (b lazy) ListMails(ctx context.Context, q store.MailQuery) (store.MailPage, error) {
	if q.State == "" || q.Kind == "" {
		return b.Store.ListMails(ctx, q)
	}
	one, err := b.Store.ListMails(ctx, store.MailQuery{State: q.State, After: q.After, Limit: 1})
	one.Rows = slices.DeleteFunc(one.Rows, func(m store.Mail) bool {
		return m.Kind != q.Kind || q.OperatorID != "" && m.OperatorID != q.OperatorID
	})
	return one, err
}

// impatient is lazy, and then ends the list.
type impatient struct{ store.Store }

func (b impatient) ListMails(ctx context.Context, q store.MailQuery) (store.MailPage, error) {
	page, err := lazy(b).ListMails(ctx, q)
	if len(page.Rows) < store.PageLimit(q.Limit) {
		page.Next = nil
	}
	return page, err
}

type endless struct{ store.Store }

func (b endless) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	page, err := b.Store.ListEvents(ctx, q)
	if n := len(page.Rows); n > 0 {
		page.Next = page.Rows[n-1].Seq
	}
	return page, err
}

type timeless struct{ store.Store }

func (b timeless) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	q.Now = time.Time{}
	return b.Store.ListOperators(ctx, q)
}

// forgettingDevices reports when a device was seen as it was last told.
type forgettingDevices struct {
	store.Store
	last map[store.Digest]time.Time
}

func (b *forgettingDevices) Commit(ctx context.Context, writes ...store.Write) error {
	for _, w := range writes {
		if w, ok := w.(store.PutSession); ok {
			b.last[w.Device] = store.Time(w.Session.SeenAt)
		}
	}
	return b.Store.Commit(ctx, writes...)
}

func (b *forgettingDevices) FindSignIn(ctx context.Context, q store.SignInQuery) (store.SignInView, error) {
	v, err := b.Store.FindSignIn(ctx, q)
	if v.Device != (store.Device{}) {
		v.Device.LastAt = b.last[q.Device]
	}
	return v, err
}
