package password

import (
	"slices"
	"time"
)

// line holds those who wait for a turn, and decides who goes first.
type line struct {
	waiters []*waiter // in the order in which they came
	// used counts the turns of groups, and asked how often they wanted one.
	used, asked usage
}

// waiter is a caller who waits for a turn or has one.
type waiter struct {
	reserved bool
	groups   []group
	// turn receives nil when the turn has come, or else the error of being turned away. It never blocks the sender.
	turn chan error
}

func (l *line) join(w *waiter) {
	l.asked.add(w.groups, time.Now())
	l.waiters = append(l.waiters, w)
}

// next takes the waiter whose groups have used least out of the line, and counts the turn. Among equals it is the one
// whose groups asked least often, and then the first to come.
func (l *line) next() *waiter {
	w := slices.MinFunc(l.waiters, func(a, b *waiter) int { return l.compare(a, b, nil) })
	l.leave(w)
	l.used.add(w.groups, time.Now())
	return w
}

// last takes the waiter out of the line whose groups have used most, together with what they wait for. Among equals it
// is the one whose groups asked most often, and then the last to come.
func (l *line) last() *waiter {
	wanted := make(map[group]int)
	for _, w := range l.waiters {
		for _, g := range w.groups {
			wanted[g]++
		}
	}
	last := l.waiters[0]
	for _, w := range l.waiters[1:] {
		if l.compare(w, last, wanted) >= 0 {
			last = w
		}
	}
	l.leave(last)
	return last
}

func (l *line) compare(a, b *waiter, wanted map[group]int) int {
	if c := l.used.most(a.groups, wanted) - l.used.most(b.groups, wanted); c != 0 {
		return c
	}
	return l.asked.most(a.groups, nil) - l.asked.most(b.groups, nil)
}

// leave reports whether the waiter was still in the line.
func (l *line) leave(w *waiter) bool {
	i := slices.Index(l.waiters, w)
	if i < 0 {
		return false
	}
	l.waiters = slices.Delete(l.waiters, i, i+1)
	return true
}
