package store_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

var noon = time.Date(2026, time.November, 21, 12, 0, 0, 123456000, time.UTC)

// at returns the time d after noon.
func at(d time.Duration) time.Time { return noon.Add(d) }

func TestLimit(t *testing.T) {
	perHour := store.Limit{Max: 2, Window: time.Hour}
	slower := store.Limit{Max: 2, Wait: time.Minute, MaxWait: 3 * time.Minute}
	short := store.Limit{Max: 2, Wait: time.Minute, Stop: 3, Keep: 24 * time.Hour}
	stopping := store.Limit{Max: 2, Wait: time.Minute, Stop: 3}
	row := func(count int) store.Counter {
		return store.Counter{Key: "k", Count: count, FirstAt: noon, LastAt: noon, ExpiresAt: at(9600 * time.Hour)}
	}
	window := func(count int) store.Counter {
		return store.Counter{Key: "k", Count: count, FirstAt: noon, LastAt: noon, ExpiresAt: at(time.Hour)}
	}
	refilling := store.Limit{Max: 3, Every: 10 * time.Minute}
	bucket := func(count int) store.Counter {
		return store.Counter{Key: "k", Count: count, FirstAt: noon, LastAt: noon, ExpiresAt: at(time.Duration(count) * 10 * time.Minute)}
	}
	none := store.Counter{Key: "k"}

	for _, c := range []struct {
		name    string
		limit   store.Limit
		counter store.Counter
		now     time.Time
		passes  bool
		retryAt time.Time
		count   int // afterwards, when it passes
	}{
		{"the zero limit lets nothing pass", store.Limit{}, none, noon, false, time.Time{}, 0},
		{"a limit without Max lets nothing pass, whatever else it says", store.Limit{Window: time.Hour, Wait: time.Second, Stop: 9}, none, noon, false, time.Time{}, 0},
		{"a Max below zero lets nothing pass", store.Limit{Max: -1, Window: time.Hour}, none, noon, false, time.Time{}, 0},
		{"a Max alone stops for good", store.Limit{Max: 2}, row(2), at(time.Hour), false, time.Time{}, 0},
		{"a Max alone lets so many pass", store.Limit{Max: 2}, row(1), noon, true, time.Time{}, 2},

		{"a window lets the first pass", perHour, none, noon, true, time.Time{}, 1},
		{"a window lets the last one pass", perHour, window(1), noon, true, time.Time{}, 2},
		{"a full window lets nothing pass", perHour, window(2), noon, false, at(time.Hour), 0},
		{"a window is full until its very end", perHour, window(2), at(time.Hour - 1), false, at(time.Hour), 0},
		{"a window that is over counts anew", perHour, window(2), at(time.Hour), true, time.Time{}, 1},
		{"a window that is over counts anew, even if it was not full", perHour, window(1), at(time.Hour), true, time.Time{}, 1},
		{"a window with the clock gone back is as full as before", perHour, window(2), at(-24 * time.Hour), false, at(time.Hour), 0},
		{"a window from more than a day ahead, when the clock was wrong, counts anew", perHour, window(2), at(-24*time.Hour - 1), true, time.Time{}, 1},
		{"a wait from more than a day ahead, when the clock was wrong, is over, and counts", slower, row(2), at(-24*time.Hour - 1), true, time.Time{}, 3},
		{"a wait with the clock gone back is as long as before", slower, row(2), at(-24 * time.Hour), false, at(time.Minute), 0},
		{"what has stopped stays so, however wrong the clock was", stopping, row(3), at(-9000 * time.Hour), false, time.Time{}, 0},
		{"a window made longer ends when it said", store.Limit{Max: 2, Window: 24 * time.Hour}, window(2), noon, false, at(time.Hour), 0},
		{"a window made shorter ends sooner", store.Limit{Max: 2, Window: time.Minute}, window(2), noon, false, at(time.Minute), 0},
		{"a window made shorter, and over by now, counts anew", store.Limit{Max: 2, Window: time.Minute}, window(2), at(time.Minute), true, time.Time{}, 1},
		{"a lower Max holds at once", store.Limit{Max: 1, Window: time.Hour}, window(2), noon, false, at(time.Hour), 0},
		{"a counter that says no end ends with its window", perHour, store.Counter{Key: "k", Count: 2, FirstAt: noon, LastAt: noon}, noon, false, at(time.Hour), 0},
		{"a counter at zero starts its window anew", perHour, store.Counter{Key: "k", FirstAt: at(-time.Minute), LastAt: noon, ExpiresAt: at(59 * time.Minute)}, noon, true, time.Time{}, 1},

		{"a refilling limit lets the first pass", refilling, none, noon, true, time.Time{}, 1},
		{"a refilling limit lets the last one pass", refilling, bucket(2), noon, true, time.Time{}, 3},
		{"a full one lets nothing pass until the oldest is forgotten", refilling, bucket(3), at(10*time.Minute - 1), false, at(10 * time.Minute), 0},
		{"then one", refilling, bucket(3), at(10 * time.Minute), true, time.Time{}, 3},
		{"a full one has two places after twice the time", refilling, bucket(3), at(20 * time.Minute), true, time.Time{}, 2},
		{"one of which all is forgotten begins anew", refilling, bucket(3), at(30 * time.Minute), true, time.Time{}, 1},
		{"a lower Max holds at once, and is reached one by one", store.Limit{Max: 1, Every: 10 * time.Minute}, bucket(3), noon, false, at(30 * time.Minute), 0},
		{"a shorter Every forgets sooner", store.Limit{Max: 3, Every: time.Minute}, bucket(3), at(3 * time.Minute), true, time.Time{}, 1},
		{"a longer Every keeps nothing past the end that was said", store.Limit{Max: 3, Every: time.Hour}, bucket(3), at(30 * time.Minute), true, time.Time{}, 1},
		{"one at zero begins anew", refilling, store.Counter{Key: "k", FirstAt: at(-time.Minute), LastAt: noon, ExpiresAt: at(9 * time.Minute)}, noon, true, time.Time{}, 1},
		{"a refilling limit with the clock gone back is as full as before", refilling, bucket(3), at(-24 * time.Hour), false, at(10 * time.Minute), 0},
		{"one from more than a day ahead, when the clock was wrong, begins anew", refilling, bucket(3), at(-24*time.Hour - 1), true, time.Time{}, 1},
		{"a refilling limit cannot overflow", store.Limit{Max: 1, Every: math.MaxInt64 / 2}, bucket(9), noon, false, at(math.MaxInt64), 0},
		{"a Max of zero lets nothing pass, however it refills", store.Limit{Every: time.Minute}, none, noon, false, time.Time{}, 0},

		{"a row lets the first pass", slower, none, noon, true, time.Time{}, 1},
		{"a row lets so many pass freely", slower, row(1), noon, true, time.Time{}, 2},
		{"a row then makes wait", slower, row(2), at(time.Minute - 1), false, at(time.Minute), 0},
		{"a row lets one pass after the wait", slower, row(2), at(time.Minute), true, time.Time{}, 3},
		{"a row makes wait twice as long after that one", slower, row(3), at(time.Minute), false, at(2 * time.Minute), 0},
		{"a row makes wait no longer than the longest wait", slower, row(4), at(3*time.Minute - 1), false, at(3 * time.Minute), 0},
		{"a row that is very long still waits the longest wait", slower, row(math.MaxInt32 - 1), at(3 * time.Minute), true, time.Time{}, math.MaxInt32},
		{"a row keeps its count through a wait of months", slower, row(4), at(9600*time.Hour - 1), true, time.Time{}, 5},
		{"a row is forgotten in the end", slower, row(4), at(9600 * time.Hour), true, time.Time{}, 1},
		{"a row kept for a day is forgotten a day after the last failure", short, store.Counter{Key: "k", Count: 3, FirstAt: noon, LastAt: noon, ExpiresAt: at(24 * time.Hour)}, at(24 * time.Hour), true, time.Time{}, 1},
		{"a row kept for a day holds until then", short, store.Counter{Key: "k", Count: 3, FirstAt: noon, LastAt: noon, ExpiresAt: at(24 * time.Hour)}, at(24*time.Hour - 1), false, time.Time{}, 0},
		{"a row kept for a day starts its day anew with each failure", short, row(1), at(time.Minute), true, time.Time{}, 2},
		{"a Keep below zero is the default", store.Limit{Max: 2, Wait: time.Minute, Keep: -1}, row(1), noon, true, time.Time{}, 2},
		{"a window is kept as long as it says, whatever Keep says", store.Limit{Max: 2, Window: time.Hour, Keep: time.Minute}, window(1), at(2 * time.Minute), true, time.Time{}, 2},
		{"a row with the clock gone back waits for the clock", slower, row(3), at(-24 * time.Hour), false, at(2 * time.Minute), 0},
		{"a wait without a longest one cannot overflow", store.Limit{Max: 1, Wait: time.Second}, row(1000), at(9000 * time.Hour), false, at(math.MaxInt64), 0},
		{"a wait that is a power of two cannot overflow", store.Limit{Max: 1, Wait: 2}, row(1000), at(9000 * time.Hour), false, at(math.MaxInt64), 0},

		{"a stop comes after the waits", stopping, row(2), at(time.Minute), true, time.Time{}, 3},
		{"a stop lets nothing pass, and says no time", stopping, row(3), at(1000 * time.Hour), false, time.Time{}, 0},
		{"a stop below Max counts", store.Limit{Max: 9, Window: time.Hour, Stop: 1}, window(1), noon, false, time.Time{}, 0},
		{"a stop in a window ends with it", store.Limit{Max: 9, Window: time.Hour, Stop: 1}, window(1), at(time.Hour), true, time.Time{}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			retryAt, ok := c.limit.Check(c.counter, c.now)
			require.Equal(t, c.passes, ok)
			if !ok {
				require.Equal(t, c.retryAt, retryAt)
			}

			next, retryAt, ok := c.limit.Next(c.counter, c.now)
			require.Equal(t, c.passes, ok)
			require.Equal(t, c.retryAt, retryAt)
			if !ok {
				require.Equal(t, c.counter, next)
				return
			}
			require.Equal(t, c.count, next.Count)
			require.Equal(t, "k", next.Key)
			require.Equal(t, c.now, next.LastAt)
			switch {
			case c.count == 1:
				require.Equal(t, c.now, next.FirstAt)
			case c.limit.Every == 0:
				require.Equal(t, c.counter.FirstAt, next.FirstAt)
			}
			switch {
			case c.limit.Every > 0:
				require.Equal(t, next.FirstAt.Add(time.Duration(c.count)*c.limit.Every), next.ExpiresAt)
			case c.limit.Window > 0:
				require.Equal(t, next.FirstAt.Add(c.limit.Window), next.ExpiresAt)
			case c.limit.Keep > 0:
				require.Equal(t, c.now.Add(c.limit.Keep), next.ExpiresAt)
			default:
				require.Equal(t, c.now.Add(400*24*time.Hour), next.ExpiresAt)
			}
		})
	}
}

func TestLimitHoldsWhateverTheClockDoes(t *testing.T) {
	for _, l := range []store.Limit{
		{Max: 3, Window: time.Hour},
		{Max: 3, Every: time.Hour},
		{Max: 3, Wait: time.Hour},
	} {
		c, passed := store.Counter{}, 0
		for i := range 100 {
			// Forward and back, always within the hour.
			now := at(time.Duration(i*37%60) * time.Minute * time.Duration(1-2*(i%2)) / 2)
			var ok bool
			if c, _, ok = l.Next(c, now); ok {
				passed++
			}
		}
		require.Equal(t, l.Max, passed, "%+v", l)
	}
}

func TestARefusedAttemptMayPassWhenItIsSaidTo(t *testing.T) {
	for _, l := range []store.Limit{
		{Max: 3, Window: time.Hour},
		{Max: 3, Every: time.Hour},
		{Max: 1, Wait: time.Second, MaxWait: time.Hour},
		{Max: 2, Wait: 7 * time.Millisecond},
	} {
		c, now := store.Counter{}, noon
		for range 25 {
			next, retryAt, ok := l.Next(c, now)
			if !ok {
				require.True(t, retryAt.After(now))
				_, early := l.Check(c, retryAt.Add(-1))
				require.False(t, early, "%+v", l)
				now = retryAt
				next, _, ok = l.Next(c, now)
				require.True(t, ok, "%+v", l)
			}
			c = next
		}
	}
}

// queue is a plain model of a refilling limit: when each attempt is forgotten.
type queue struct {
	max     int
	every   time.Duration
	forgets []time.Time
}

func (q *queue) at(now time.Time) {
	for len(q.forgets) > 0 && !now.Before(q.forgets[0]) {
		q.forgets = q.forgets[1:]
	}
}

func (q *queue) hit(now time.Time) bool {
	if q.at(now); len(q.forgets) >= q.max {
		return false
	}
	from := now
	if n := len(q.forgets); n > 0 {
		from = q.forgets[n-1]
	}
	q.forgets = append(q.forgets, from.Add(q.every))
	return true
}

func (q *queue) unhit(now time.Time) {
	if q.at(now); len(q.forgets) > 0 {
		q.forgets = q.forgets[:len(q.forgets)-1]
	}
}

func TestARefillingLimitForgetsEachAttemptInItsTurn(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		l := store.Limit{Max: 1 + r.IntN(6), Every: time.Duration(1+r.IntN(9)) * time.Minute}
		model, c, now := &queue{max: l.Max, every: l.Every}, store.Counter{Key: "k"}, noon
		for range 2000 {
			now = now.Add(time.Duration(r.Int64N(int64(l.Every))))
			if r.IntN(5) == 0 { // as Unhit in stores
				c.Count = max(c.Count-1, 0)
				model.unhit(now)
				continue
			}
			next, retryAt, ok := l.Next(c, now)
			require.Equal(t, model.hit(now), ok, "seed %d", seed)
			if !ok {
				require.Equal(t, model.forgets[0], retryAt)
			}
			c = next
		}
	}
}
