package populate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// Read is a read behind a page, or behind a part of one.
type Read struct {
	// Name says which page, and with which filters.
	Name string
	// Of returns the read for an office of a size. The read returns how many rows it
	// found.
	Of func(n Size) func(ctx context.Context, s store.Store) (int, error)
}

// Reads are all reads whose cost must not depend on how many records they look
// through. They find the same number of rows in an office of any size; those that
// end before a page is full, about the same number.
func Reads() []Read { return slices.Concat(events(), mails(), parts()) }

func events() []Read {
	var all []Read
	add := func(name string, query func(n int) store.EventQuery) {
		all = append(all, Read{"events/" + name, func(n Size) func(context.Context, store.Store) (int, error) {
			q := query(n.Events)
			return func(ctx context.Context, s store.Store) (int, error) {
				found, err := s.ListEvents(ctx, q)
				return len(found.Rows), err
			}
		}})
	}
	middle := func(n int) time.Time { return Noon.Add(time.Duration(n/2) * 100 * time.Millisecond) }
	for _, f := range []struct {
		name string
		q    store.EventQuery
	}{
		{"first page", store.EventQuery{}},
		{"area", store.EventQuery{Area: "signin"}},
		{"code", store.EventQuery{Code: "operator.invited"}},
		{"code of one", store.EventQuery{Code: "setup.completed"}},
		{"code of none", store.EventQuery{Code: "nothing.happened"}},
		{"outcome", store.EventQuery{Outcome: "refused"}},
		{"actor", store.EventQuery{ActorID: Person(70)}},
		{"actor of none", store.EventQuery{ActorID: "nobody"}},
		{"target", store.EventQuery{TargetID: Person(70)}},
		{"IP address", store.EventQuery{IP: "192.0.0.7"}},
		{"area and outcome", store.EventQuery{Area: "signin", Outcome: "failure"}},
		{"area and outcome that never meet", store.EventQuery{Area: "mail", Outcome: "refused"}},
		{"actor, outcome and IP address", store.EventQuery{ActorID: Person(70), Outcome: "success", IP: "192.0.0.70"}},
		{"everything at once", store.EventQuery{Area: "signin", Code: "signin.failed", Outcome: "failure", ActorID: Person(3), TargetID: Person(4), IP: "192.0.0.3"}},
	} {
		add(f.name, func(int) store.EventQuery { return f.q })
		f.q.OldestFirst = true
		add(f.name+", oldest first", func(int) store.EventQuery { return f.q })
	}
	add("page in the middle", func(n int) store.EventQuery { return store.EventQuery{BeforeSeq: int64(n / 2)} })
	add("last page", func(int) store.EventQuery { return store.EventQuery{BeforeSeq: 51} })
	add("oldest first, in the middle", func(n int) store.EventQuery { return store.EventQuery{OldestFirst: true, AfterSeq: int64(n / 2)} })
	add("area, in the middle", func(n int) store.EventQuery { return store.EventQuery{Area: "signin", BeforeSeq: int64(n / 2)} })
	add("area, last page", func(int) store.EventQuery { return store.EventQuery{Area: "signin", BeforeSeq: 130} })
	add("until a time", func(n int) store.EventQuery { return store.EventQuery{Until: middle(n)} })
	add("from a time", func(n int) store.EventQuery { return store.EventQuery{From: middle(n)} })
	add("area from a time", func(n int) store.EventQuery { return store.EventQuery{Area: "signin", From: middle(n)} })
	for _, oldest := range []bool{false, true} {
		add(fmt.Sprintf("within a second, oldest first %v", oldest), func(n int) store.EventQuery {
			return store.EventQuery{From: middle(n), Until: middle(n).Add(time.Second), OldestFirst: oldest}
		})
		add(fmt.Sprintf("outcome within ten seconds, oldest first %v", oldest), func(n int) store.EventQuery {
			return store.EventQuery{From: middle(n), Until: middle(n).Add(10 * time.Second), Outcome: "refused", OldestFirst: oldest}
		})
	}
	return all
}

func mails() []Read {
	var all []Read
	add := func(name string, query func(n int) store.MailQuery) {
		all = append(all, Read{"mails/" + name, func(n Size) func(context.Context, store.Store) (int, error) {
			q := query(n.Mails)
			return func(ctx context.Context, s store.Store) (int, error) {
				found, err := s.ListMails(ctx, q)
				return len(found.Rows), err
			}
		}})
	}
	for _, f := range []struct {
		name string
		q    store.MailQuery
	}{
		{"first page", store.MailQuery{}},
		{"state", store.MailQuery{State: store.MailSent}},
		{"rarer state", store.MailQuery{State: store.MailFailed}},
		{"state of one", store.MailQuery{State: store.MailCancelled}},
		{"state of none", store.MailQuery{State: store.MailQueued}},
		{"kind", store.MailQuery{Kind: "reset"}},
		{"operator", store.MailQuery{OperatorID: Person(70)}},
		{"operator without any", store.MailQuery{OperatorID: "nobody"}},
		{"kind that failed", store.MailQuery{Kind: "reset", State: store.MailFailed}},
		{"kind that never failed", store.MailQuery{Kind: "notice", State: store.MailFailed}},
		{"everything at once", store.MailQuery{Kind: "reset", State: store.MailSent, OperatorID: Person(71)}},
	} {
		add(f.name, func(int) store.MailQuery { return f.q })
	}
	at := func(i int) *store.MailCursor {
		return &store.MailCursor{CreatedAt: Noon.Add(time.Duration(i) * time.Second), ID: "mail-"}
	}
	add("page in the middle", func(n int) store.MailQuery { return store.MailQuery{After: at(n / 4)} })
	add("last page", func(int) store.MailQuery { return store.MailQuery{After: at(20)} })
	return all
}

// parts are parts of pages that are not lists.
func parts() []Read {
	return []Read{
		{"parts/sessions of an operator", func(Size) func(context.Context, store.Store) (int, error) {
			return func(ctx context.Context, s store.Store) (int, error) {
				found, err := s.ListSessions(ctx, Person(70))
				return len(found), err
			}
		}},
		{"parts/the guard's read", func(Size) func(context.Context, store.Store) (int, error) {
			return func(ctx context.Context, s store.Store) (int, error) {
				_, err := s.FindSession(ctx, store.DigestOf("session 0"+Person(70)))
				return 1, err
			}
		}},
	}
}
