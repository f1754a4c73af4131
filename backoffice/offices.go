package backoffice

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/postern-go/postern/internal/desk"
)

// Offices are several offices of one process, such as one for each tenant of a host: with one
// handler, which finds the office of a request by Config.Origin, and one Run. Offices come and
// go at any time. The zero value has none and is ready for use. It is safe for concurrent use,
// and must not be copied.
//
//	var offices backoffice.Offices
//	go offices.Run(ctx)
//	err := offices.Add("garden", office)
//	http.ListenAndServe(addr, offices.Wrap(community))
type Offices struct {
	rounds desk.Rounds
	mu     sync.Mutex // held by whoever changes the roster
	roster atomic.Pointer[roster]
}

// Add adds an office under a name of yours, which metrics show: no two have the same name,
// Origin or Secret. While Run runs, the periodic work of the office begins. To replace an
// office, remove it first.
func (s *Offices) Add(name string, o *Office) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == "" || o == nil {
		return errors.New("add an office: it needs a name, and must not be nil")
	}
	before := s.offices()
	if before.named[name] != nil {
		return fmt.Errorf("add the office %q: there is one of that name: remove it first", name)
	}
	for other, is := range before.named {
		switch {
		case is == o || is.desk.State().Stored.Office == o.desk.State().Stored.Office:
			return fmt.Errorf("add the office %q: it has the store of the office %q", name, other)
		case placeOf(is) == placeOf(o):
			return fmt.Errorf("add the office %q: it has the Origin %s of the office %q; each needs a host name or a path of its own", name, o.desk.Origin+o.desk.Path, other)
		case is.vault.KeyIDs()[0] == o.vault.KeyIDs()[0]:
			return fmt.Errorf("add the office %q: it has the Secret of the office %q; give each SecretFor(secret, name)", name, other)
		}
	}
	if err := s.rounds.Add(o.desk, o.tasks()...); err != nil {
		return fmt.Errorf("add the office %q: %w", name, err)
	}
	s.change(before, func(named map[string]*Office) { named[name] = o })
	return nil
}

// Remove removes an office: the next request is the community's. It returns when the periodic
// work of the office has ended, which takes up to half a minute while a mail server has one of
// its emails; requests under way may take longer. Close its store afterwards. If there is no
// office of that name, Remove does nothing.
func (s *Offices) Remove(name string) {
	s.mu.Lock()
	before := s.offices()
	o := before.named[name]
	if o != nil {
		s.change(before, func(named map[string]*Office) { delete(named, name) })
	}
	s.mu.Unlock()
	if o != nil {
		s.rounds.Remove(o.desk)
	}
}

// Get returns the office of a name, or nil.
func (s *Offices) Get(name string) *Office { return s.offices().named[name] }

// All returns the offices with their names, sorted by these.
func (s *Offices) All() iter.Seq2[string, *Office] {
	named := s.offices().named
	return func(yield func(string, *Office) bool) {
		for _, name := range slices.Sorted(maps.Keys(named)) {
			if !yield(name, named[name]) {
				return
			}
		}
	}
}

// Run does the periodic work of all offices, as [Office.Run] does that of one, until ctx ends,
// and returns its error. It is one goroutine while there is nothing to do, and one more for
// each office. At most 16 pieces of work and 16 emails are under way at once; work that takes
// longer than a second, or an email than five, no longer counts, and the next of its office
// waits with others like it, so an office whose database or mail server hangs holds up no
// other. Run returns an error at once if it is running already.
func (s *Offices) Run(ctx context.Context) error {
	err := s.rounds.Run(ctx)
	if errors.Is(err, desk.ErrRuns) {
		return errors.New("run the offices: Run is running already")
	}
	return err
}

// Wrap is [Office.Wrap] for all offices, also for those that are added later. A request is for
// the office whose Origin has its Host and, if others share that host, the path it is below.
// All others go to the community: finding none takes one look-up, however many offices there
// are, and allocates nothing.
//
// A proxy must pass on the Host that people use, and the path if several offices share a
// host.
func (s *Offices) Wrap(community http.Handler) http.Handler {
	return &gates{offices: s, community: community}
}

// offices returns the roster, which is never nil.
func (s *Offices) offices() *roster {
	if r := s.roster.Load(); r != nil {
		return r
	}
	return &none
}

// change replaces the roster. The lock is held.
func (s *Offices) change(before *roster, edit func(map[string]*Office)) {
	named := maps.Clone(before.named)
	if named == nil {
		named = map[string]*Office{}
	}
	edit(named)
	s.roster.Store(newRoster(named))
}

// gates are what [Offices.Wrap] returns: the gates of all offices around one community.
type gates struct {
	offices   *Offices
	community http.Handler
	made      atomic.Pointer[gatesMade]
}

// gatesMade are the gates that were needed so far, by office. A gate must last, see lasting,
// but not longer than its office.
type gatesMade struct {
	of   *roster
	gate sync.Map
}

func (g *gates) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	all := g.offices.offices()
	o := all.find(r)
	if o == nil { // browsers send cookies to all ports of a host, and the community sees none of any office
		cookieless{community: g.community}.ServeHTTP(w, r)
		return
	}
	g.of(all, o).ServeHTTP(w, r)
}

// of returns the gate of an office.
func (g *gates) of(all *roster, o *Office) http.Handler {
	made := g.made.Load()
	if made == nil || made.of != all {
		next := &gatesMade{of: all}
		if made != nil {
			for _, is := range all.named {
				if gate, ok := made.gate.Load(is); ok {
					next.gate.Store(is, gate)
				}
			}
		}
		g.made.CompareAndSwap(made, next)
		made = next
	}
	if gate, ok := made.gate.Load(o); ok {
		return gate.(http.Handler)
	}
	gate, _ := made.gate.LoadOrStore(o, o.Wrap(g.community))
	return gate.(http.Handler)
}
