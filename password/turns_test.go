package password_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

// turns drives a hasher by hand: a caller keeps a turn until the test ends it. Callers are named like "A1", where
// the letter is their group. It must be used inside a synctest bubble.
type turns struct {
	t *testing.T
	h *password.Hasher

	mu sync.Mutex
	// had and away are those who got a turn and those who were turned away, in order.
	had, away []string
	ends      map[string]chan struct{}
	hangUps   map[string]context.CancelFunc
	done      sync.WaitGroup
}

type nameKey struct{}

func newTurns(t *testing.T, slots, queue int) *turns {
	s := &turns{t: t, ends: map[string]chan struct{}{}, hangUps: map[string]context.CancelFunc{}}
	s.h = newHasher(t, password.Config{Concurrency: slots, Queue: queue, Trace: s.trace})
	return s
}

// trace is called in the slot of each hash.
func (s *turns) trace(ctx context.Context, operation string) (context.Context, func(error)) {
	if operation == password.TraceHash {
		name := ctx.Value(nameKey{}).(string)
		s.mu.Lock()
		s.had = append(s.had, name)
		end := s.ends[name]
		s.mu.Unlock()
		<-end
	}
	return ctx, nil
}

func (s *turns) ask(name string, c password.Caller) {
	ctx, cancel := context.WithCancel(password.WithCaller(context.WithValue(s.t.Context(), nameKey{}, name), c))
	s.ends[name], s.hangUps[name] = make(chan struct{}), cancel
	s.done.Go(func() {
		_, err := s.h.Verify(ctx, "anything", "")
		if errors.Is(err, password.ErrBusy) {
			s.mu.Lock()
			s.away = append(s.away, name)
			s.mu.Unlock()
		}
	})
	synctest.Wait()
}

func (s *turns) end(name string) {
	close(s.ends[name])
	synctest.Wait()
}

func (s *turns) hangUp(name string) {
	s.hangUps[name]()
	synctest.Wait()
}

// finish ends all turns that there are and will be.
func (s *turns) finish() {
	for _, end := range s.ends {
		select {
		case <-end:
		default:
			close(end)
		}
	}
	s.done.Wait()
}

func TestWhoseTurnItIs(t *testing.T) {
	for _, tt := range []struct {
		name         string
		slots, queue int
		// Capital letters are networks of strangers, small ones are accounts. A name asks, -A1 ends the turn, ~A1 hangs up.
		steps string
		had   string
		away  string
	}{
		{"strangers leave one of two slots", 2, 9, "A1 B1 r1", "A1 r1", ""},
		{"strangers use all but one of four slots", 4, 9, "A1 B1 C1 D1 E1", "A1 B1 C1", ""},
		{"a reserved caller's slot is not for strangers afterwards", 2, 9, "A1 r1 B1 -r1", "A1 r1", ""},
		{"reserved callers use every slot", 2, 9, "r1 s1 A1 t1 -r1 -s1", "r1 s1 t1 A1", ""},
		{"with one slot, reserved callers go before strangers", 1, 9, "A1 B1 r1 -A1 -r1", "A1 r1 B1", ""},
		{"a network that had a turn waits for one that had none", 1, 9, "A1 A2 A3 B1 -A1 -B1", "A1 B1 A2", ""},
		{"networks take turns, the one that asked less first, and are first come, first served inside", 1, 9, "A1 A2 A3 B1 B2 -A1 -B1 -B2 -A2", "A1 B1 B2 A2 A3", ""},
		{"among equals, who asked less often goes first", 1, 9, "X1 B1 ~B1 B2 C1 -X1", "X1 C1", ""},
		{"accounts take turns as well", 1, 9, "r1 r2 s1 -r1", "r1 s1", ""},
		{"of a full queue, the network that waits with most loses its last", 1, 3, "X1 A1 A2 A3 B1 C1", "X1", "A3 A2"},
		{"of a full queue, the network that had most turns leaves", 1, 3, "A1 -A1 X1 A2 B1 C1 D1", "A1 X1", "A2"},
		{"of a full queue, the newcomer leaves if all are equal", 1, 3, "X1 A1 B1 C1 D1", "X1", "D1"},
		{"a full queue of strangers does not concern reserved callers", 1, 2, "X1 A1 B1 C1 r1 s1 -X1", "X1 r1", "C1"},
		{"reserved callers are bounded among themselves", 1, 3, "X1 r1 r2 r3 s1", "X1", "r3"},
		{"who hangs up leaves a place", 1, 3, "X1 A1 B1 C1 ~A1 D1 -X1", "X1 B1", ""},
		{"without a queue, there is still a slot for reserved callers", 2, -1, "A1 B1 r1 s1", "A1 r1", "B1 s1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTurns(t, tt.slots, tt.queue)
				defer s.finish()
				for step := range strings.FieldsSeq(tt.steps) {
					switch step[0] {
					case '-':
						s.end(step[1:])
					case '~':
						s.hangUp(step[1:])
					default:
						s.ask(step, password.Caller{Reserved: step[0] >= 'a', Groups: []string{step[:1]}})
					}
				}
				require.Equal(t, strings.Fields(tt.had), s.had)
				require.Equal(t, strings.Fields(tt.away), append([]string{}, s.away...))
			})
		})
	}
}

func TestATurnThatComesWhileTheCallerLeavesIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(t, password.Config{Concurrency: 1})
		for range 200 {
			end, err := h.Turn(t.Context())
			require.NoError(t, err)
			ctx, hangUp := context.WithCancel(t.Context())
			go func() {
				if end, err := h.Turn(ctx); err == nil {
					end()
				}
			}()
			synctest.Wait()
			hangUp()
			end()
			synctest.Wait()
			require.Zero(t, h.Load().Running)
		}
	})
}

// subnet returns the groups of a /64 in a /56 of its own.
func subnet(n int) password.Caller {
	return password.Caller{Groups: []string{fmt.Sprint("/64 ", n), fmt.Sprint("/56 ", n), "/48"}}
}

func TestALargeNetworkCountsAsSixteen(t *testing.T) {
	host := password.Caller{Groups: []string{"host"}}
	for used, first := range map[int]string{15: "subnet", 17: "host 2"} {
		synctest.Test(t, func(t *testing.T) {
			s := newTurns(t, 1, 9)
			defer s.finish()
			s.ask("host 1", host)
			s.end("host 1")
			for n := range used {
				s.ask(fmt.Sprint(n), subnet(n))
				s.end(fmt.Sprint(n))
			}
			s.ask("X", password.Caller{})
			s.ask("subnet", subnet(used))
			s.ask("host 2", host)
			s.end("X")
			require.Equal(t, first, s.had[len(s.had)-1], "after %d turns of others in the /48", used)
		})
	}
}

func TestANetworkIsForgottenAfterTwoHours(t *testing.T) {
	for after, first := range map[time.Duration]string{90 * time.Minute: "B1", 125 * time.Minute: "A2"} {
		synctest.Test(t, func(t *testing.T) {
			s := newTurns(t, 1, 9)
			defer s.finish()
			s.ask("A1", password.Caller{Groups: []string{"A"}})
			s.end("A1")
			time.Sleep(after)
			s.ask("X1", password.Caller{Groups: []string{"X"}})
			s.ask("A2", password.Caller{Groups: []string{"A"}})
			s.ask("B1", password.Caller{Groups: []string{"B"}})
			s.end("X1")
			require.Equal(t, first, s.had[2], "after %s", after)
		})
	}
}

func TestTheMemoryOfNetworksIsBounded(t *testing.T) {
	h := newHasher(t, password.Config{Concurrency: 1})
	for n := range 40_000 {
		end, err := h.Turn(password.WithCaller(t.Context(), subnet(n)))
		require.NoError(t, err)
		end()
	}
	require.LessOrEqual(t, h.Remembered(), 4*(1<<14))
}

// FuzzTurns compares each turn with what a plain model says that it must be.
func FuzzTurns(f *testing.F) {
	f.Add([]byte("\x02a stranger and an account, and another, and another stranger"))
	for seed := range byte(40) {
		b := []byte{seed}
		for i := range 120 {
			b = append(b, byte(int(seed+1)*(i*i+7*i+int(seed))>>2))
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) == 0 || len(script) > 300 {
			return
		}
		synctest.Test(t, func(t *testing.T) { follow(t, script) })
	})
}

func follow(t *testing.T, script []byte) {
	const queue = 4
	m := model{slots: 1 + int(script[0]%3), used: map[string]int{}}
	s := newTurns(t, m.slots, queue)
	defer s.finish()
	for i, b := range script[1:] {
		which := int(b >> 3)
		switch b % 8 {
		case 0, 1, 2, 3:
			k := which % 6
			c := caller{name: fmt.Sprint(i), Caller: password.Caller{Groups: []string{fmt.Sprint("/64 ", k), fmt.Sprint("/56 ", k/2), fmt.Sprint("/48 ", k/4)}}}
			m.waiting = append(m.waiting, c)
			s.ask(c.name, c.Caller)
		case 4:
			c := caller{name: fmt.Sprint(i), Caller: password.Caller{Reserved: true, Groups: []string{fmt.Sprint("account ", which%3)}}}
			m.waiting = append(m.waiting, c)
			s.ask(c.name, c.Caller)
		case 5, 6:
			if len(m.running) > 0 {
				c := m.running[which%len(m.running)]
				m.running = without(m.running, c.name)
				s.end(c.name)
			}
		case 7:
			if len(m.waiting) > 0 {
				c := m.waiting[which%len(m.waiting)]
				m.waiting = without(m.waiting, c.name)
				s.hangUp(c.name)
			}
		}
		for _, name := range s.had {
			m.grant(t, name)
		}
		for _, name := range s.away {
			require.Len(t, m.in(m.find(t, m.waiting, name).Reserved), queue+1, "turned away from a full queue only")
			m.drop(t, name)
		}
		s.had, s.away = nil, nil
		require.False(t, m.idle(), "a slot is free for someone who waits")
		require.LessOrEqual(t, len(m.running), m.slots)
		require.LessOrEqual(t, len(m.in(true)), queue)
		require.LessOrEqual(t, len(m.in(false)), queue)
	}
}

// model is who runs and who waits, in the order in which they came.
type model struct {
	slots            int
	running, waiting []caller
	used             map[string]int
}

type caller struct {
	name string
	password.Caller
}

func (m *model) find(t *testing.T, among []caller, name string) caller {
	i := slices.IndexFunc(among, func(c caller) bool { return c.name == name })
	require.GreaterOrEqual(t, i, 0, "it is not the turn of someone who does not wait")
	return among[i]
}

func (m *model) in(reserved bool) []caller {
	return slices.DeleteFunc(slices.Clone(m.waiting), func(c caller) bool { return c.Reserved != reserved })
}

// size is what the groups of a caller have used, in sixteenths of an address, with more added.
func (m *model) size(c caller, more map[string]int) int {
	most := 0
	for i, g := range c.Groups {
		most = max(most, (m.used[g]+more[g])*[]int{16, 4, 1}[i])
	}
	return most
}

func (m *model) grant(t *testing.T, name string) {
	c := m.find(t, m.waiting, name)
	for _, other := range m.in(c.Reserved) {
		require.LessOrEqual(t, m.size(c, nil), m.size(other, nil), "no network has a turn while one waits that has used less")
	}
	first := slices.IndexFunc(m.waiting, func(o caller) bool { return o.Groups[0] == c.Groups[0] })
	require.Equal(t, name, m.waiting[first].name, "first come, first served inside a network")
	if !c.Reserved {
		require.Empty(t, m.in(true), "reserved callers go first")
		require.Less(t, m.strangers(), max(1, m.slots-1), "one slot is kept")
	}
	for _, g := range c.Groups {
		m.used[g]++
	}
	m.waiting, m.running = without(m.waiting, name), append(m.running, c)
}

func (m *model) drop(t *testing.T, name string) {
	c, wanted := m.find(t, m.waiting, name), map[string]int{}
	for _, o := range m.in(c.Reserved) {
		for _, g := range o.Groups {
			wanted[g]++
		}
	}
	for _, o := range m.in(c.Reserved) {
		require.GreaterOrEqual(t, m.size(c, wanted), m.size(o, wanted), "the network that wants most is turned away")
	}
	m.waiting = without(m.waiting, name)
}

func (m *model) strangers() (n int) {
	for _, c := range m.running {
		if !c.Reserved {
			n++
		}
	}
	return n
}

// idle reports whether a caller waits that could run.
func (m *model) idle() bool {
	if len(m.running) >= m.slots {
		return false
	}
	return len(m.in(true)) > 0 || len(m.in(false)) > 0 && m.strangers() < max(1, m.slots-1)
}

func without(all []caller, name string) []caller {
	return slices.DeleteFunc(all, func(c caller) bool { return c.name == name })
}
