package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// seqs lists the numbers of the events that the query selects.
func seqs(t *testing.T, st store.Store, q store.EventQuery) []int64 {
	t.Helper()
	var all []int64
	for _, e := range events(t, st, q) {
		all = append(all, e.Seq)
	}
	return all
}

// eventPages lists the numbers of all the events that the query selects, page by
// page.
func eventPages(t *testing.T, st store.Store, q store.EventQuery) []int64 {
	t.Helper()
	var all []int64
	for looked := 0; ; looked++ {
		page, err := st.ListEvents(t.Context(), q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Rows), store.PageLimit(q.Limit))
		require.LessOrEqual(t, looked, 2_000, "pages that lead nowhere: %+v", q)
		for _, e := range page.Rows {
			all = append(all, e.Seq)
		}
		if page.Next == 0 {
			return all
		}
		q.BeforeSeq, q.AfterSeq = page.Next, page.Next
	}
}

var eventListDuties = []duty{
	{"events are selected by area, code, outcome, actor, target, address and time together", func(t *testing.T, st store.Store) {
		for i, code := range []string{"a.b", "a.b", "a_b", "A.B", "a.b"} {
			e := newEvent(fmt.Sprint(i))
			e.Code, e.ActorID, e.TargetID = code, fmt.Sprint("actor", i%2), fmt.Sprint("target", i%3)
			e.At = noon.Add(time.Duration(i) * time.Minute)
			e.Outcome, e.IP = []string{"success", "failure"}[i/3], fmt.Sprint("192.0.2.", i/2)
			commit(t, st, store.AppendEvent{Event: e})
		}
		for _, c := range []struct {
			q    store.EventQuery
			want []int64
		}{
			{store.EventQuery{}, []int64{5, 4, 3, 2, 1}},
			{store.EventQuery{Code: "a.b"}, []int64{5, 2, 1}},
			{store.EventQuery{Code: "a_b"}, []int64{3}},
			{store.EventQuery{Code: "a%"}, nil},
			{store.EventQuery{Area: "a"}, []int64{5, 2, 1}},
			{store.EventQuery{Area: "a_b"}, []int64{3}},
			{store.EventQuery{Area: "A"}, []int64{4}},
			{store.EventQuery{Area: "a.b"}, nil},
			{store.EventQuery{Area: "%"}, nil},
			{store.EventQuery{Outcome: "success"}, []int64{3, 2, 1}},
			{store.EventQuery{Outcome: "succes_"}, nil},
			{store.EventQuery{IP: "192.0.2.1"}, []int64{4, 3}},
			{store.EventQuery{IP: "192.0.2"}, nil},
			{store.EventQuery{Area: "a", Outcome: "success", IP: "192.0.2.0", BeforeSeq: 2}, []int64{1}},
			{store.EventQuery{OldestFirst: true}, []int64{1, 2, 3, 4, 5}},
			{store.EventQuery{OldestFirst: true, AfterSeq: 3, BeforeSeq: 2}, []int64{4, 5}},
			{store.EventQuery{OldestFirst: true, AfterSeq: 1, Limit: 2}, []int64{2, 3}},
			{store.EventQuery{OldestFirst: true, AfterSeq: 5}, nil},
			{store.EventQuery{AfterSeq: 3}, []int64{5, 4, 3, 2, 1}},
			{store.EventQuery{OldestFirst: true, Area: "a", AfterSeq: 1, From: noon, Until: noon.Add(time.Hour)}, []int64{2, 5}},
			{store.EventQuery{ActorID: "actor1"}, []int64{4, 2}},
			{store.EventQuery{TargetID: "target0"}, []int64{4, 1}},
			{store.EventQuery{ActorID: "actor0", TargetID: "target0"}, []int64{1}},
			{store.EventQuery{From: noon.Add(time.Minute)}, []int64{5, 4, 3, 2}},
			{store.EventQuery{From: noon.Add(time.Minute + time.Microsecond)}, []int64{5, 4, 3}},
			{store.EventQuery{Until: noon.Add(time.Minute)}, []int64{1}},
			{store.EventQuery{Until: noon.Add(time.Minute + time.Microsecond)}, []int64{2, 1}},
			{store.EventQuery{From: noon, Until: noon}, nil},
			{store.EventQuery{BeforeSeq: 3}, []int64{2, 1}},
			{store.EventQuery{BeforeSeq: 1}, nil},
			{store.EventQuery{BeforeSeq: 99, Limit: 2}, []int64{5, 4}},
			{store.EventQuery{Code: "a.b", BeforeSeq: 5, Limit: 1, From: noon.Add(-time.Hour), Until: noon.Add(time.Hour)}, []int64{2}},
		} {
			var got []int64
			for _, e := range events(t, st, c.q) {
				got = append(got, e.Seq)
			}
			require.Equal(t, c.want, got, "%+v", c.q)
		}
	}},
	{"an area is what stands before the first dot", func(t *testing.T, st store.Store) {
		codes := []string{"signin.failed", "signin", "signin.", ".signin", "", "sign.in.failed", "signing.failed", "日本.a", "a\nb.c"}
		for _, code := range codes {
			e := newEvent(code)
			e.Code = code
			commit(t, st, store.AppendEvent{Event: e})
		}
		for area, want := range map[string][]int64{
			"signin": {3, 2, 1}, "sign": {6}, "signing": {7}, "日本": {8}, "a\nb": {9}, "signin.": nil, ".": nil,
		} {
			require.Equal(t, want, seqs(t, st, store.EventQuery{Area: area}), "%q", area)
		}
	}},
	{"bounds of time select by time, not by the order in which events were appended", func(t *testing.T, st store.Store) {
		minutes := []int{0, 1, 2, 2, 1, 3, 9, 4, 5, 5, -5, 5, 6, 7, 7, 10, 8, 11}
		at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
		for i, minute := range minutes {
			e := newEvent(fmt.Sprint(i))
			e.At = at(minute)
			commit(t, st, store.AppendEvent{Event: e})
		}
		for range 2 {
			first := auditEnds(t, st).PurgedSeq
			for from := -7; from <= 12; from++ {
				for until := -7; until <= 12; until++ {
					var want []int64
					for i, minute := range minutes {
						if int64(i) >= first && (from == -7 || minute >= from) && (until == -7 || minute < until) {
							want = append(want, int64(i+1))
						}
					}
					var q store.EventQuery
					if from > -7 {
						q.From = at(from)
					}
					if until > -7 {
						q.Until = at(until)
					}
					q.OldestFirst = true
					require.Equal(t, want, seqs(t, st, q), "from %d until %d", from, until)
					q.OldestFirst = false
					slices.Reverse(want)
					require.Equal(t, want, seqs(t, st, q), "from %d until %d, newest first", from, until)
				}
			}
			commit(t, st, store.PurgeEvents{Through: min(first+7, int64(len(minutes)))})
		}
	}},
	{"pages of events are without gaps or repeats, of 50 rows unless asked otherwise", func(t *testing.T, st store.Store) {
		var writes []store.Write
		for _, id := range names("e", 120) {
			writes = append(writes, store.AppendEvent{Event: newEvent(id)})
		}
		commit(t, st, writes...)
		for _, limit := range []int{0, -1, 501, 1, 7, 60, 120, 500} {
			q := store.EventQuery{Limit: limit}
			for want := int64(120); want > 0; {
				page, err := st.ListEvents(t.Context(), q)
				require.NoError(t, err)
				require.Len(t, page.Rows, int(min(want, int64(store.PageLimit(limit)))))
				for _, e := range page.Rows {
					require.Equal(t, want, e.Seq)
					want--
				}
				require.Equal(t, want > 0, page.Next != 0)
				q.BeforeSeq = page.Next
			}
		}
		for _, limit := range []int{0, 1, 7, 60, 120, 500} {
			q := store.EventQuery{Limit: limit, OldestFirst: true}
			for want := int64(1); want <= 120; {
				page, err := st.ListEvents(t.Context(), q)
				require.NoError(t, err)
				require.Len(t, page.Rows, int(min(121-want, int64(store.PageLimit(limit)))))
				for _, e := range page.Rows {
					require.Equal(t, want, e.Seq)
					want++
				}
				require.Equal(t, want <= 120, page.Next != 0)
				q.AfterSeq = page.Next
			}
		}
	}},
	{"events are counted between bounds, by their filters, no further than asked", func(t *testing.T, st store.Store) {
		at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
		var writes []store.Write
		for i := range 120 {
			e := newEvent(fmt.Sprint(i))
			// Times go back now and then, as clocks of replicas do.
			e.At, e.ActorID, e.TargetID, e.SessionID = at(i-i%4), fmt.Sprint("actor", i%2), fmt.Sprint("target", i%3), fmt.Sprint("session", i%5)
			if i%10 == 9 {
				e.At = at(i - 30)
			}
			writes = append(writes, store.AppendEvent{Event: e})
		}
		commit(t, st, writes...)
		bounds := []time.Time{at(-40), at(0), at(7), at(40), at(40), at(39), at(90), at(91).Add(time.Microsecond), at(500)}
		queries := []store.EventQuery{
			{}, {ActorID: "actor1"}, {TargetID: "target2"}, {SessionID: "session3"}, {Code: "none"}, {ActorID: "actor1", TargetID: "target2"},
			{ActorID: "actor1", SessionID: "session1", OldestFirst: true, AfterSeq: 90, BeforeSeq: 3, Limit: 1, From: at(3), Until: at(9)},
		}
		for _, through := range []int64{33, 66} {
			for _, q := range queries {
				for _, most := range []int{1_000, 3, 1, 0} {
					counts, err := st.CountEvents(t.Context(), q, bounds, most)
					require.NoError(t, err)
					require.Len(t, counts, len(bounds)-1)
					for i, n := range counts {
						same := q
						same.From, same.Until, same.OldestFirst, same.AfterSeq, same.BeforeSeq, same.Limit = bounds[i], bounds[i+1], false, 0, 0, 500
						want := min(len(eventPages(t, st, same)), most)
						require.LessOrEqual(t, n, want, "%+v, span %d, most %d", q, i, most)
						if most > 100 || q.ActorID == "" || q.TargetID+q.SessionID == "" {
							require.Equal(t, want, n, "%+v, span %d, most %d", q, i, most)
						}
					}
				}
			}
			commit(t, st, store.PurgeEvents{Through: through})
		}
		for _, none := range [][]time.Time{nil, {noon}} {
			counts, err := st.CountEvents(t.Context(), store.EventQuery{}, none, 5)
			require.NoError(t, err)
			require.Empty(t, counts)
		}
	}},
	{"events are found where filters meet, however far in", func(t *testing.T, st store.Store) {
		var writes []store.Write
		var want []int64
		for i := range int64(400) {
			e := newEvent(fmt.Sprint(i))
			e.At = noon.Add(time.Duration(i) * time.Second)
			switch {
			case i%97 == 0:
				e.Code, e.Outcome, e.ActorID = "a.b", "failure", "ada"
				want = append(want, i+1)
			case i%2 == 0:
				e.Code, e.ActorID = "a.b", "eve"
			default:
				e.Outcome, e.ActorID = "failure", "ada"
			}
			writes = append(writes, store.AppendEvent{Event: e})
		}
		commit(t, st, writes...)
		for _, limit := range []int{1, 4, 500} {
			for _, oldest := range []bool{false, true} {
				q := store.EventQuery{Area: "a", Outcome: "failure", Limit: limit, OldestFirst: oldest}
				require.ElementsMatch(t, want, eventPages(t, st, q))
				q.ActorID, q.From = "ada", noon.Add(time.Second)
				require.ElementsMatch(t, want[1:], eventPages(t, st, q))
				require.Empty(t, eventPages(t, st, store.EventQuery{ActorID: "eve", Outcome: "failure", Limit: limit, OldestFirst: oldest}))
			}
		}
	}},
}
