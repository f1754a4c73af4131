package clock_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/clock"
)

var noon = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

// world is a machine and a database, whose clocks a test moves.
type world struct {
	wall, database time.Time
	elapsed        time.Duration
	*clock.Clock
}

func newWorld(machineAhead time.Duration) *world {
	w := &world{wall: noon.Add(machineAhead), database: noon}
	w.Clock = clock.New(nil, clock.Machine{
		Wall: func() time.Time { return w.wall }, Monotonic: func() time.Duration { return w.elapsed },
	})
	return w
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	w.wall, w.database, w.elapsed = w.wall.Add(d), w.database.Add(d), w.elapsed+d
}

// suspend lets time pass everywhere but on the monotonic clock.
func (w *world) suspend(d time.Duration) { w.wall, w.database = w.wall.Add(d), w.database.Add(d) }

// hear asks the database, which answers after some time and is heard after more.
func (w *world) hear(there, back time.Duration) {
	q := w.Ask()
	w.pass(there)
	at := w.database
	w.pass(back)
	w.Hear(q, at)
}

// off is how far the clock is from the database's.
func (w *world) off() time.Duration { return w.Now().Sub(w.database).Abs() }

func TestTheTimeIsTheDatabases(t *testing.T) {
	for _, ahead := range []time.Duration{0, -366 * 24 * time.Hour, -2 * time.Hour, 2 * time.Minute, 366 * 24 * time.Hour} {
		w := newWorld(ahead)
		require.Equal(t, w.wall, w.Now(), "nothing was heard yet")
		w.hear(time.Millisecond, 3*time.Millisecond)
		require.LessOrEqual(t, w.off(), 2*time.Millisecond)
		skew, known := w.Skew()
		require.True(t, known)
		require.InDelta(t, ahead, skew, float64(2*time.Millisecond))

		w.hear(20*time.Second, 20*time.Second)
		require.LessOrEqual(t, w.off(), 2*time.Millisecond, "a slow answer spoils nothing")
		w.hear(0, time.Microsecond)
		require.LessOrEqual(t, w.off(), time.Microsecond, "a quick one makes it better")
		w.hear(time.Minute, 0)
		require.LessOrEqual(t, w.off(), time.Microsecond)
	}
}

func TestStepsOfTheWallClockChangeNothing(t *testing.T) {
	w := newWorld(0)
	w.hear(0, time.Millisecond)
	for _, step := range []time.Duration{time.Hour, -366 * 24 * time.Hour, time.Second} {
		w.wall = w.wall.Add(step)
		require.LessOrEqual(t, w.off(), time.Millisecond)
	}
	q := w.Ask()
	w.wall = w.wall.Add(-time.Hour)
	w.Hear(q, w.database)
	require.LessOrEqual(t, w.off(), time.Millisecond, "also while the database is asked")
}

func TestAJumpOfTheDatabaseIsFollowed(t *testing.T) {
	w := newWorld(0)
	for _, jump := range []time.Duration{time.Hour, -3 * time.Hour, time.Second} {
		w.hear(time.Millisecond, time.Millisecond)
		late := w.Ask()
		before := w.database
		w.pass(time.Millisecond)
		w.database = w.database.Add(jump)
		w.hear(time.Millisecond, time.Millisecond)
		require.LessOrEqual(t, w.off(), 2*time.Millisecond)
		w.Hear(late, before)
		require.LessOrEqual(t, w.off(), 2*time.Millisecond, "an older answer that arrives late does not undo it")
	}
}

func TestAfterASuspensionTheNextAnswerCounts(t *testing.T) {
	w := newWorld(0)
	w.hear(0, time.Millisecond)
	w.suspend(8 * time.Hour)
	require.Equal(t, 8*time.Hour, w.off().Round(time.Second), "nothing can know")
	w.hear(0, time.Millisecond)
	require.LessOrEqual(t, w.off(), time.Millisecond)

	for _, order := range []string{"answered before", "answered afterwards"} {
		w.hear(0, time.Millisecond)
		q, at := w.Ask(), w.database
		w.suspend(8 * time.Hour)
		if order == "answered afterwards" {
			at = w.database
		}
		w.Hear(q, at)
		w.hear(0, time.Millisecond)
		require.LessOrEqual(t, w.off(), time.Millisecond, order)
	}
}

// TestTheTruthIsNeverLeft asks at random, and never gets further away than the best
// answer allowed.
func TestTheTruthIsNeverLeft(t *testing.T) {
	w := newWorld(time.Hour)
	random := rand.New(rand.NewPCG(1, 2))
	best := time.Duration(1 << 62)
	for range 10_000 {
		there, back := time.Duration(random.IntN(1e9)), time.Duration(random.IntN(1e9))
		w.hear(there, back)
		best = min(best, there+back)
		require.LessOrEqual(t, w.off(), best)
		w.pass(time.Duration(random.Int64N(1e12)))
	}
}

func TestAStoreWithoutAClockLeavesThisMachines(t *testing.T) {
	w := newWorld(time.Hour)
	for range 2 {
		w.Hear(w.Ask(), time.Time{})
		require.Equal(t, w.wall, w.Now())
		_, known := w.Skew()
		require.False(t, known)
		w.pass(time.Minute)
	}
	w.hear(0, 0)
	w.hear(0, 0)
	require.Zero(t, w.off(), "until it has one")
}

func TestTheHostsClockIsBelievedOverEverything(t *testing.T) {
	w := newWorld(time.Hour)
	w.Clock = clock.New(func() time.Time { return noon }, clock.Machine{Wall: func() time.Time { return w.wall }})
	w.pass(time.Minute)
	w.hear(0, 0)
	require.Equal(t, noon, w.Now())
	_, known := w.Skew()
	require.False(t, known)
}

func TestTellingTheTimeAllocatesNothing(t *testing.T) {
	c := clock.New(nil, clock.Machine{})
	require.WithinDuration(t, time.Now(), c.Now(), time.Minute)
	c.Hear(c.Ask(), time.Now().Add(time.Hour))
	require.WithinDuration(t, time.Now().Add(time.Hour), c.Now(), time.Minute)
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = c.Now() }))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		q := c.Ask()
		c.Hear(q, c.Now())
	}), "nor does hearing what is known already")
}

// BenchmarkSilence is what a store without a clock pays for each request.
func BenchmarkSilence(b *testing.B) {
	c := clock.New(nil, clock.Machine{})
	b.ReportAllocs()
	for b.Loop() {
		c.Hear(c.Ask(), time.Time{})
	}
}

// BenchmarkHear is what a store with a clock costs each request, with one Now.
func BenchmarkHear(b *testing.B) {
	c := clock.New(nil, clock.Machine{})
	b.ReportAllocs()
	for b.Loop() {
		q := c.Ask()
		c.Hear(q, c.Now())
	}
}

func BenchmarkNow(b *testing.B) {
	c := clock.New(nil, clock.Machine{})
	c.Hear(c.Ask(), time.Now())
	b.ReportAllocs()
	for b.Loop() {
		_ = c.Now()
	}
}
