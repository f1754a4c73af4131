package stores_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// The sizes of the two offices whose pages are compared, in operators. Each has
// ten times as many events and mails.
const (
	smallOffice = 1_000
	bigOffice   = 100_000
)

// BenchmarkPages compares what a page costs in an office of a thousand operators
// and in one of a hundred thousand, both in SQLite as recommended. The metric
// "ratio" is that of the medians; the contract of the store wants it not to
// depend on the size, and the project promises at most 1.5. It takes some
// minutes to fill the offices:
//
//	go test -run '^$' -bench Pages -benchtime 500x ./tests/stores
func BenchmarkPages(b *testing.B) {
	small, big := openOffice(b, smallOffice), openOffice(b, bigOffice)
	for _, p := range benchmarkedPages() {
		b.Run(p.name, func(b *testing.B) {
			onSmall, onBig := p.read(smallOffice), p.read(bigOffice)
			var took [2][]time.Duration
			measure := func() {
				for i, call := range []func() (int, error){
					func() (int, error) { return onSmall(b, small) }, func() (int, error) { return onBig(b, big) },
				} {
					start := time.Now()
					rows, err := call()
					took[i] = append(took[i], time.Since(start))
					require.NoError(b, err)
					require.Positive(b, rows)
				}
			}
			measure() // neither is the first to read
			took = [2][]time.Duration{}
			for b.Loop() {
				measure()
			}
			medians := [2]float64{}
			for i, all := range took {
				slices.Sort(all)
				medians[i] = float64(all[len(all)/2].Nanoseconds()) / 1000
			}
			b.ReportMetric(medians[0], "small-µs")
			b.ReportMetric(medians[1], "big-µs")
			b.ReportMetric(medians[1]/medians[0], "ratio")
		})
	}
}

// openOffice fills a file and opens it anew, as recommended.
func openOffice(b *testing.B, n int) *sqlstore.Store {
	b.Helper()
	file := filepath.Join(b.TempDir(), "office.db")
	open := func(pragmas ...string) (*sql.DB, *sqlstore.Store) {
		db, err := sql.Open("sqlite", "file:"+file+"?"+url.Values{"_pragma": pragmas}.Encode())
		require.NoError(b, err)
		s, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
		require.NoError(b, err)
		return db, s
	}
	// Safe against nothing, and quick.
	db, s := open("journal_mode(OFF)", "synchronous(OFF)", "cache_size(-1000000)", "locking_mode(EXCLUSIVE)")
	db.SetMaxOpenConns(1)
	require.NoError(b, s.Migrate(b.Context()))
	populate(b, s, n)
	require.NoError(b, db.Close())

	db, s = open("journal_mode(WAL)", "busy_timeout(500)")
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	return s
}

// benchmarkedPage reads one page of an office of n operators and says how many
// rows it has.
type benchmarkedPage struct {
	name string
	read func(n int) func(b *testing.B, s store.Store) (int, error)
}

func benchmarkedPages() []benchmarkedPage {
	return slices.Concat(benchmarkedOperators(), benchmarkedEvents(), benchmarkedMails())
}

func benchmarkedOperators() []benchmarkedPage {
	var all []benchmarkedPage
	add := func(name string, query func(n int) store.OperatorQuery) {
		all = append(all, benchmarkedPage{"operators/" + name, func(n int) func(*testing.B, store.Store) (int, error) {
			q := query(n)
			q.Now = noon
			return func(b *testing.B, s store.Store) (int, error) {
				found, err := s.ListOperators(b.Context(), q)
				return len(found), err
			}
		}})
	}
	for sort, order := range map[store.OperatorSort]string{store.ByName: "by name", store.ByLastActive: "by last active", store.ByCreated: "by created"} {
		for name, q := range map[string]store.OperatorQuery{
			"first page": {}, "role": {RoleID: "editor"}, "rarer role": {RoleID: "translator"},
			"active": {Show: store.ShowActive}, "invited": {Show: store.ShowInvited}, "expired": {Show: store.ShowExpired},
			"locked": {Show: store.ShowLocked}, "disabled": {Show: store.ShowDisabled},
			"with two-factor": {TwoFactor: store.Yes}, "without two-factor": {TwoFactor: store.No},
			"members": {Member: store.Yes}, "no members": {Member: store.No}, "search": {Search: "ada"},
		} {
			q.Sort = sort
			add(order+"/"+name, func(int) store.OperatorQuery { return q })
		}
		add(order+"/page in the middle", func(n int) store.OperatorQuery {
			at := noon.Add(-time.Duration(n/2) * time.Minute)
			return store.OperatorQuery{Sort: sort, After: &store.OperatorCursor{NameKey: "frances", At: at}}
		})
	}
	add("by name/search of a rare word", func(int) store.OperatorQuery { return store.OperatorQuery{Search: "zus"} })
	add("by name/search of two words", func(int) store.OperatorQuery { return store.OperatorQuery{Search: "grace hop"} })
	add("by name/search of a letter", func(int) store.OperatorQuery { return store.OperatorQuery{Search: "a"} })
	add("by name/search of a domain", func(int) store.OperatorQuery { return store.OperatorQuery{Search: "example"} })
	slices.SortFunc(all, func(a, b benchmarkedPage) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return all
}

func benchmarkedEvents() []benchmarkedPage {
	var all []benchmarkedPage
	add := func(name string, query func(n int) store.EventQuery) {
		all = append(all, benchmarkedPage{"events/" + name, func(n int) func(*testing.B, store.Store) (int, error) {
			q := query(n)
			return func(b *testing.B, s store.Store) (int, error) {
				found, err := s.ListEvents(b.Context(), q)
				return len(found), err
			}
		}})
	}
	middle := func(n int) time.Time { return noon.Add(time.Duration(5*n) * 100 * time.Millisecond) }
	add("first page", func(int) store.EventQuery { return store.EventQuery{} })
	add("page in the middle", func(n int) store.EventQuery { return store.EventQuery{BeforeSeq: int64(5 * n)} })
	add("oldest first", func(int) store.EventQuery { return store.EventQuery{OldestFirst: true} })
	add("oldest first, in the middle", func(n int) store.EventQuery {
		return store.EventQuery{OldestFirst: true, AfterSeq: int64(5 * n)}
	})
	for name, q := range map[string]store.EventQuery{
		"area": {Area: "signin"}, "code": {Code: "operator.invited"}, "outcome": {Outcome: "refused"},
		"actor": {ActorID: person(700)}, "target": {TargetID: person(700)}, "address": {Address: "192.0.2.7"},
	} {
		add(name, func(int) store.EventQuery { return q })
	}
	add("area, in the middle", func(n int) store.EventQuery { return store.EventQuery{Area: "signin", BeforeSeq: int64(5 * n)} })
	add("until a time", func(n int) store.EventQuery { return store.EventQuery{Until: middle(n)} })
	add("from a time", func(n int) store.EventQuery { return store.EventQuery{From: middle(n)} })
	add("within a second", func(n int) store.EventQuery {
		return store.EventQuery{From: middle(n), Until: middle(n).Add(time.Second)}
	})
	add("within a second, oldest first", func(n int) store.EventQuery {
		return store.EventQuery{OldestFirst: true, From: middle(n), Until: middle(n).Add(time.Second)}
	})
	return all
}

func benchmarkedMails() []benchmarkedPage {
	var all []benchmarkedPage
	add := func(name string, query func(n int) store.MailQuery) {
		all = append(all, benchmarkedPage{"mails/" + name, func(n int) func(*testing.B, store.Store) (int, error) {
			q := query(n)
			return func(b *testing.B, s store.Store) (int, error) {
				found, err := s.ListMails(b.Context(), q)
				return len(found), err
			}
		}})
	}
	for name, q := range map[string]store.MailQuery{
		"first page": {}, "state": {State: store.MailSent}, "rarer state": {State: store.MailFailed},
		"kind": {Kind: "reset"}, "operator": {OperatorID: person(700)},
	} {
		add(name, func(int) store.MailQuery { return q })
	}
	add("page in the middle", func(n int) store.MailQuery {
		return store.MailQuery{BeforeCreatedAt: noon.Add(time.Duration(5*n/2) * time.Second), BeforeID: "mail-0000100"}
	})
	return all
}
