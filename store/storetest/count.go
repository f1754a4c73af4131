package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// countContests check counts under concurrency.
var countContests = []contest{
	{"no more attempts pass than the limit says", func(t *testing.T, h handles) {
		for _, l := range []store.Limit{
			{Max: 7, Window: time.Hour},
			{Max: 7, Wait: time.Minute},
			{Max: 1, Window: time.Hour, Stop: 1},
		} {
			key := fmt.Sprint(l)
			var passed atomic.Int64
			results := together(crowd, func(caller int) error {
				_, ok, err := h.of(caller).Hit(t.Context(), noon, store.Hit{Key: key, Limit: l})
				if ok {
					passed.Add(1)
				}
				return err
			})
			winners(t, results, crowd)
			require.EqualValues(t, l.Max, passed.Load(), "%+v", l)
			require.Equal(t, l.Max, counter(t, h.of(0), key).Count, "%+v", l)
		}
	}},
	{"attempts that count together pass together, even if the caller had seen old counters", func(t *testing.T, h handles) {
		// Each caller shares one counter with everyone and one with some, in turns that
		// would lock each other out if locks were taken as they come.
		var passed, shared [3]atomic.Int64
		results := together(crowd, func(caller int) error {
			hits := []store.Hit{
				{Key: "all", Limit: store.Limit{Max: 20, Window: time.Hour}, Seen: store.Counter{Key: "all"}},
				{Key: fmt.Sprint("some ", caller%3), Limit: store.Limit{Max: 5, Wait: time.Hour}, Seen: store.Counter{Key: fmt.Sprint("some ", caller%3)}},
				{Key: fmt.Sprint("another ", caller%2), Limit: ever},
			}
			if caller%2 == 0 {
				hits[0], hits[1] = hits[1], hits[0]
			}
			results, counted, err := h.of(caller).Hit(t.Context(), noon, hits...)
			if counted {
				passed[caller%3].Add(1)
				shared[caller%2].Add(1)
			} else if err == nil && (results[0].Passed && results[1].Passed || len(results) != 3) {
				err = fmt.Errorf("refused without a reason: %+v", results)
			}
			if caller%10 == 0 {
				// Whatever was cleared or taken back does not open a limit.
				err = errors.Join(err, h.of(caller).Commit(t.Context(), store.ClearCounter{Key: "nothing"}, store.Unhit{Keys: []string{"none"}}))
			}
			return err
		})
		winners(t, results, crowd)
		for i := range passed {
			require.EqualValues(t, 5, passed[i].Load())
			require.Equal(t, 5, counter(t, h.of(0), fmt.Sprint("some ", i)).Count)
		}
		require.Equal(t, 15, counter(t, h.of(0), "all").Count)
		for i := range 2 {
			c, _ := findCounter(t, h.of(0), fmt.Sprint("another ", i))
			require.EqualValues(t, shared[i].Load(), c.Count)
		}
	}},
	{"attempts counted and taken back at once come out even", func(t *testing.T, h handles) {
		for range crowd / 2 {
			hit(t, h.of(0), "k", ever, noon, true)
		}
		results := together(crowd, func(caller int) error {
			if caller%2 == 0 {
				return h.of(caller/2).Commit(t.Context(), store.Unhit{Keys: []string{"k"}})
			}
			_, _, err := h.of(caller/2).Hit(t.Context(), noon, store.Hit{Key: "k", Limit: ever})
			return err
		})
		winners(t, results, crowd)
		require.Equal(t, crowd/2, counter(t, h.of(0), "k").Count)
	}},
	{"the audit stays whole during purges, of which one of many succeeds", func(t *testing.T, h handles) {
		appendAt(t, h.of(0), make([]int, 9)...)
		results := crowdCommits(t, h, func(caller int) []store.Write {
			e := newEvent(fmt.Sprint(caller))
			if caller%5 == 0 {
				return []store.Write{store.PurgeEvents{Through: 7}, store.AppendEvent{Event: e, MAC: chain}}
			}
			return []store.Write{store.AppendEvent{Event: e, MAC: chain}}
		})
		appended := crowd - crowd/5 + 1
		winners(t, results, appended, store.ErrNotFound)
		ends := auditEnds(t, h.of(0))
		require.EqualValues(t, 9+appended, ends.LastSeq)
		require.EqualValues(t, 7, ends.PurgedSeq)
		unbroken(t, h.of(1), 2+appended)
		commit(t, h.of(0), store.PurgeEvents{Through: int64(9 + appended)})
		unbroken(t, h.of(1), 0)
	}},
	{"what is marked of an operator is not lost to those who change the rest", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		results := together(crowd, func(caller int) error {
			switch caller % 4 {
			case 0:
				return h.of(caller).Commit(t.Context(), store.MarkLocked{OperatorID: "ada", Until: noon.Add(time.Hour)})
			case 1:
				return h.of(caller).Commit(t.Context(), store.PutFactor{Factor: newFactor("ada", fmt.Sprint(caller))}, see("ada", "laptop", noon.Add(time.Duration(caller))))
			case 2:
				return h.of(caller).Commit(t.Context(), signIn("ada", fmt.Sprint(caller), 0, 1))
			}
			o, err := h.of(caller).FindOperator(t.Context(), "ada")
			if err != nil {
				return err
			}
			o.Name, o.Roles, o.LockedUntil = fmt.Sprint(caller), []string{"editor"}, time.Time{}
			err = h.of(caller).Commit(t.Context(), store.PutOperator{Operator: o})
			if errors.Is(err, store.ErrConflict) {
				return nil
			}
			return err
		})
		winners(t, results, crowd)
		rows := operators(t, h.of(0), store.OperatorQuery{RoleID: "editor", Sort: store.ByLastActive, Show: store.ShowLocked, Now: noon, TwoFactor: store.Yes})
		require.Len(t, rows, 1)
		require.Equal(t, noon, rows[0].LastActiveAt)
		require.Equal(t, "ada", operatorIDs(t, h.of(0), store.OperatorQuery{RoleID: "editor", Sort: store.ByLastActive, After: &store.OperatorCursor{At: noon.Add(time.Microsecond)}}))
		require.Empty(t, operatorIDs(t, h.of(0), store.OperatorQuery{RoleID: "editor", Sort: store.ByLastActive, After: &store.OperatorCursor{At: noon, ID: "ada"}}))
		device(t, h.of(1), "ada", "laptop")
	}},
	{"the audit has no gap and no fork, also where commits fail in between", func(t *testing.T, h handles) {
		results := crowdCommits(t, h, func(caller int) []store.Write {
			e := newEvent(fmt.Sprintf("caller %d", caller))
			e.Detail = map[string]string{"caller": fmt.Sprint(caller)}
			writes := []store.Write{store.AppendEvent{Event: e, MAC: chain}}
			if caller%3 == 0 {
				writes = append(writes, store.AppendEvent{Event: e, MAC: chain}, consume("nothing", noon))
			}
			return writes
		})
		want := crowd - (crowd+2)/3
		marks(t, h, winners(t, results, want, store.ErrNotFound))
		unbroken(t, h.of(0), want)
	}},
	{"of many steps the greatest is kept", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutFactor{Factor: newFactor("ada", "f")})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{store.AdvanceFactor{ID: "f", Step: int64(200 + caller*37%crowd), At: noon}}
		})
		doneOrRefused(t, results, store.ErrReplayed)
		require.EqualValues(t, 200+crowd-1, factors(t, h.of(0), "ada")[0].Step)
	}},
	{"of many touches the latest is kept", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutSession{Session: newSession("ada", "s")})
		results := together(crowd, func(caller int) error {
			at := noon.Add(time.Duration(caller*37%crowd) * time.Minute)
			if caller%4 == 0 {
				s := newSession("ada", fmt.Sprint(caller))
				s.SeenAt = at.Add(time.Second)
				return h.of(caller/4).Commit(t.Context(), store.PutSession{Session: s})
			}
			return h.of(caller).TouchSession(t.Context(), store.DigestOf("s"), at)
		})
		winners(t, results, crowd)
		var seen, active time.Time
		for caller := range crowd {
			at := noon.Add(time.Duration(caller*37%crowd) * time.Minute)
			if caller%4 == 0 {
				at = at.Add(time.Second)
			} else if at.After(seen) {
				seen = at
			}
			if at.After(active) {
				active = at
			}
		}
		v := view(t, h.of(0), "s")
		require.Equal(t, seen, v.Session.SeenAt)
		require.Equal(t, active, v.Operator.LastActiveAt)
	}},
	{"versions count every change", func(t *testing.T, h handles) {
		o := newOperator("ada")
		o.Roles = names("r", 10)
		put(t, h.of(0), o)
		for _, id := range o.Roles {
			commit(t, h.of(0), store.PutRole{Role: newRole(id)})
		}
		results := together(10, func(caller int) error {
			return h.of(caller).Commit(t.Context(), store.DeleteRole{ID: o.Roles[caller], Version: 1})
		})
		winners(t, results, 10)
		after := operator(t, h.of(0), "ada")
		require.EqualValues(t, 11, after.Version)
		require.Empty(t, after.Roles)
	}},
	{"several replicas that purge count each record once", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		for i := range 20 {
			name := fmt.Sprint(i)
			m := newMail(name)
			m.State = store.MailSent
			commit(t, h.of(0), store.PutSession{Session: newSession("ada", name), Device: store.DigestOf(name)},
				store.PutPreSession{PreSession: newPreSession("ada", name)}, store.PutBrowser{Browser: newBrowser("ada", name)},
				store.PutToken{Token: newToken(name, name)}, store.EnqueueMail{Mail: m})
			hit(t, h.of(0), name, threeAnHour, noon, true)
		}
		far := noon.Add(1000 * time.Hour)
		counts := make([]store.Purged, 6)
		results := together(len(counts), func(caller int) (err error) {
			counts[caller], err = h.of(caller).Purge(t.Context(), store.Purge{Now: far, IdleSince: far, MailsBefore: far, UsedTokensBefore: far, DevicesBefore: far, BrowsersBefore: far})
			return err
		})
		winners(t, results, len(counts))
		var sum store.Purged
		for _, c := range counts {
			sum.Sessions += c.Sessions
			sum.PreSessions += c.PreSessions
			sum.Tokens += c.Tokens
			sum.Counters += c.Counters
			sum.Mails += c.Mails
			sum.Devices += c.Devices
			sum.Browsers += c.Browsers
		}
		require.Equal(t, store.Purged{Sessions: 20, PreSessions: 20, Tokens: 20, Counters: 20, Mails: 20, Devices: 20, Browsers: 20}, sum)
	}},
}
