package desk

import (
	"maps"
	"sync"
	"time"
)

// Limits on the speed of one operator. Each process counts in memory, because these
// limits bound load and copying, not guesses, and must not turn reads into writes.
const (
	// listsPerOperator is how many lists and searches an operator may see in
	// listsWindow, and how many their scripts may ask for (ASVS 2.4.1).
	listsPerOperator = 120
	listsWindow      = time.Minute
	// formsPerSession is how many forms a session may send in formsWindow, and
	// soonestForm how soon after its page one may follow, if the parameter asks for a
	// human's pace (ASVS 2.4.2).
	formsPerSession = 30
	formsWindow     = 10 * time.Second
	soonestForm     = 500 * time.Millisecond
	// mostCounts is how many counts are kept. Those that are over are dropped then, and
	// countsDropped others if none is: strangers must not make a process keep, or look
	// through, as many as there are networks.
	mostCounts    = 4096
	countsDropped = mostCounts / 4
)

// tempo counts in memory. Its zero value is ready.
type tempo struct {
	mu     sync.Mutex
	counts map[string]count
}

// count is how often something happened in a window that ends.
type count struct {
	n    int
	ends time.Time
}

// check counts once under a key, or returns *LimitedError.
func (p *tempo) check(key string, max int, window time.Duration, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.counts[key]
	if left := c.ends.Sub(now); left <= 0 || left > window {
		c = count{ends: now.Add(window)}
	}
	if c.n >= max {
		return &LimitedError{RetryAt: c.ends}
	}
	if len(p.counts) >= mostCounts {
		maps.DeleteFunc(p.counts, func(_ string, c count) bool { return !now.Before(c.ends) })
		for other := range p.counts { // in no order
			if len(p.counts) <= mostCounts-countsDropped {
				break
			}
			delete(p.counts, other)
		}
	}
	if p.counts == nil {
		p.counts = make(map[string]count)
	}
	c.n++
	p.counts[key] = c
	return nil
}

// MayList returns *LimitedError if an operator asks for lists too fast. What a script asks
// for while they type counts apart, so that typing never keeps them from a page.
func (d *Desk) MayList(id *Identity, script bool) error {
	key := "lists:"
	if script {
		key = "typing:"
	}
	return d.tempo.check(key+id.Real().Operator.ID, listsPerOperator, listsWindow, d.Now())
}

// AtHumanPace returns *LimitedError if the parameter asks for a human's pace and a form
// came sooner after its page was made, or after other forms of its session. Identity
// is nil if no one is signed in.
func (d *Desk) AtHumanPace(id *Identity, made time.Time) error {
	if !d.Settings().HumanPace {
		return nil
	}
	now := d.Now()
	if age := now.Sub(made); age.Abs() < soonestForm {
		return &LimitedError{RetryAt: made.Add(soonestForm)}
	}
	if id == nil {
		return nil
	}
	return d.tempo.check("forms:"+id.Session.ID, formsPerSession, formsWindow, now)
}
