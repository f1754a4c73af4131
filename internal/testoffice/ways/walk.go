package ways

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice/browse"
)

// longest is how many requests one after the other are walked. It is more than any way has,
// and enough to go through one, and then through another.
const longest = 5

// refusals is how many requests that change nothing are made in one try, before counters of
// wrong attempts refuse what would be right.
const refusals = 3

// Result is what a walk saw.
type Result struct {
	// States are those that were told apart, Requests all that were made.
	States, Requests int
	// Opened says which gains were seen.
	Opened map[Gain]bool
}

// Walk makes every request in every state that a kind of account can get into, and goes on
// from where one leads. It fails the test if anything is given that was not earned, if a
// request is accepted again, sooner or later, or if it is in another browser.
func Walk(t testing.TB, s Steps) Result {
	t.Helper()
	w := newWalk(t, s)
	first, p := w.replay(nil)
	seen := map[string]bool{first.kind(p): true}
	queue := [][]int{nil}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		w.result.States++
		for _, next := range w.from(path, seen) {
			if len(next) < longest {
				queue = append(queue, next)
			}
		}
	}
	return w.result
}

// Wander makes requests in any order, of all ways to a kind of account, half of them right. It
// chooses them by pick, which returns a number below n.
func Wander(t testing.TB, s Steps, steps int, pick func(n int) int) Result {
	t.Helper()
	k := newWalk(t, s)
	var w *World
	var p *progress
	var path, proving []int
	for i, r := range s.Requests {
		if r.Proves != 0 {
			proving = append(proving, i)
		}
	}
	for range steps {
		if w == nil || len(path) == 3*longest {
			w, p = k.replay(nil)
			path = nil
		}
		i := pick(len(s.Requests))
		if len(proving) > 0 && pick(2) == 0 {
			i = proving[pick(len(proving))]
		}
		path = append(path, i)
		k.step(w, p, s.Requests[path[len(path)-1]], path)
	}
	return k.result
}

func newWalk(t testing.TB, s Steps) *walk {
	return &walk{
		T: t, account: s.At, requests: s.Requests, land: newLand(t, s.At), result: Result{Opened: map[Gain]bool{}},
		eve: slices.ContainsFunc(s.Requests, func(r Request) bool { return r.Proves&(OthersPassword|OthersCode) != 0 }),
	}
}

type walk struct {
	T        testing.TB
	land     *land
	account  *Account
	requests []Request
	result   Result
	// eve reports that there are requests that Eve makes.
	eve bool
}

// replay begins anew and makes requests that were made before.
func (k *walk) replay(path []int) (*World, *progress) {
	if k.account.Empty {
		k.land = newLand(k.T, k.account)
	}
	w := k.land.begin(k.account)
	p := newProgress(k.account.Needs)
	for _, i := range path {
		k.step(w, p, k.requests[i], path)
	}
	return w, p
}

// from makes each request once after those of a path, and returns the paths that lead to
// states that were not seen before.
func (k *walk) from(path []int, seen map[string]bool) (further [][]int) {
	var w *World
	var p *progress
	here, refused := "", 0
	for i, r := range k.requests {
		if w == nil || refused == refusals {
			w, p = k.replay(path)
			here, refused = w.kind(p), 0
		}
		now := append(slices.Clone(path), i)
		k.step(w, p, r, now)
		switch there := w.kind(p); {
		case there == here:
			refused++
		default:
			if !seen[there] {
				seen[there] = true
				further = append(further, now)
			}
			k.again(w, r, now)
			w = nil
		}
	}
	return further
}

// step makes one request, and requires that whatever it gives was earned.
func (k *walk) step(w *World, p *progress, r Request, path []int) {
	k.result.Requests++
	before, eve, operators := w.look(w.ID), k.others(w), w.operators()
	w.void, w.sent, w.tried = false, sent{}, map[string]string{}
	answer := r.Send(w)
	require.Less(k.T, answer.Status, http.StatusInternalServerError, "%s", k.tell(path))
	if r.Ends {
		p.reset()
		w.others.reset()
	}
	if !w.void {
		p.proven(r.Proves)
		w.others.proven(r.Proves)
	}
	given := gains(before, w.look(w.ID))
	if operators == 0 && w.operators() > 0 {
		given = append(given, NewAccount)
	}
	for _, g := range given {
		require.True(k.T, p.earned(g), "%s gave %s, which takes %v", k.tell(path), g, k.account.Needs[g])
		k.result.Opened[g] = true
	}
	for _, g := range gains(eve, k.others(w)) {
		require.True(k.T, g == Session && w.others.earned(OthersSession), "%s gave Eve %s", k.tell(path), g)
		w.others.reset()
	}
	if len(given) > 0 {
		maps.Copy(w.Used, w.tried)
		if slices.Contains(given, NewPassword) {
			w.Password = w.Typed
		}
		p.reset()
	}
}

// again sends the last form once more: from the same browser, from another one, and from the
// same one when it has become stale. Nothing may come of it.
func (k *walk) again(w *World, r Request, path []int) {
	form := w.sent
	if form.path == "" {
		return
	}
	send := func(b *browse.Browser, more ...string) {
		if form.fields == nil {
			b.Get(form.path)
			return
		}
		fields := maps.Clone(form.fields)
		for _, token := range more {
			fields.Set("csrf", token)
		}
		b.Post(form.path, fields)
	}
	before, eve, operators := w.look(w.ID), k.others(w), w.operators()
	nothing := func(how string) {
		k.result.Requests++
		require.Empty(k.T, gains(before, w.look(w.ID)), "%s, sent again %s", k.tell(path), how)
		require.Empty(k.T, gains(eve, k.others(w)), "%s, sent again %s", k.tell(path), how)
		require.Equal(k.T, operators, w.operators())
	}
	send(w.Browser)
	nothing("in the same browser")
	other := k.land.browser()
	other.Get("/login")
	send(other)
	nothing("in another browser")
	if !r.Reusable {
		send(other, formToken(other))
		nothing("in another browser, with a token for its forms")
	}
	require.False(k.T, other.SignedIn(), "%s, sent again in another browser", k.tell(path))
	if r.Reusable {
		return
	}
	w.Clock.Add(6 * time.Minute) // when the office has forgotten its answer to the form
	send(w.Browser)
	nothing("later")
}

// others is the state of Eve's account.
func (k *walk) others(w *World) state {
	if !k.eve {
		return state{}
	}
	return w.look(w.eve.ID)
}

// tell tells a path.
func (k *walk) tell(path []int) string {
	var names []string
	for _, i := range path {
		names = append(names, k.requests[i].Name)
	}
	return fmt.Sprintf("account %s: %s", k.account.Name, strings.Join(names, ", then "))
}
