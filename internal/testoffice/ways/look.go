package ways

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// state is what an account has given.
type state struct {
	operator store.Operator
	// proved is when each session was confirmed.
	proved  map[string]time.Time
	factors []string
	codes   int
}

// look reads an account past the office.
func (l *land) look(id string) state {
	l.T.Helper()
	s := state{proved: map[string]time.Time{}}
	view, err := l.Under.FindSignIn(ctx, store.SignInQuery{OperatorID: id})
	if errors.Is(err, store.ErrNotFound) {
		return s
	}
	require.NoError(l.T, err)
	s.operator, s.codes = view.Operator, len(view.Recovery.Hashes)
	for _, one := range view.Sessions {
		s.proved[one.ID] = one.ProvedAt
	}
	for _, f := range view.Factors {
		s.factors = append(s.factors, f.ID)
	}
	return s
}

// operators is how many there are, at most one.
func (l *land) operators() int {
	l.T.Helper()
	has, err := l.Under.HasOperators(ctx)
	require.NoError(l.T, err)
	if has {
		return 1
	}
	return 0
}

// gains are what an account gave between two looks at it.
func gains(before, after state) []Gain {
	var all []Gain
	add := func(g Gain, given bool) {
		if given {
			all = append(all, g)
		}
	}
	for id, at := range after.proved {
		was, had := before.proved[id]
		add(Session, !had)
		add(Proof, had && !at.Equal(was))
	}
	for _, id := range after.factors {
		add(NewFactor, !slices.Contains(before.factors, id))
	}
	for _, id := range before.factors {
		add(Lost, !slices.Contains(after.factors, id))
	}
	add(NewPassword, before.operator.ID != "" && before.operator.Password != after.operator.Password)
	return all
}

// kind tells states apart by what can follow from them: two with the same one answer every
// request alike.
func (w *World) kind(p *progress) string {
	now, s := w.Clock.Now(), w.look(w.ID)
	var b strings.Builder
	session, err := w.Under.FindSession(ctx, store.DigestOf(w.Cookie(browse.SessionCookie)))
	live := err == nil && now.Before(session.Session.SeenAt.Add(30*time.Minute))
	recent := live && now.Before(session.Session.ProvedAt.Add(5*time.Minute))
	pre, err := w.Under.FindSignIn(ctx, store.SignInQuery{PreSession: store.DigestOf(w.Cookie(browse.PreCookie))})
	begun := err == nil && now.Before(pre.PreSession.ExpiresAt) && pre.PreSession.OperatorVersion == pre.Operator.Version
	fmt.Fprintf(&b, "%s%v %v session %v %v %v, begun %v %v", s.operator.State, s.operator.MustChangePassword, w.others, live, recent, session.Operator.ID == w.ID, begun, pre.Operator.ID == w.ID)
	fmt.Fprintf(&b, ", factors %d, sessions %d, password %v, progress %v", len(s.factors), min(len(s.proved), 2), w.Password == w.first, p)
	for _, page := range []string{"/reset", "/welcome", "/setup"} {
		fmt.Fprintf(&b, ", %s %v %v", page, w.Links[page] != "", w.Used[page] != "")
	}
	fmt.Fprintf(&b, ", old cookies %v, used %v %v %v", w.begun != "" && w.begun != w.Cookie(browse.PreCookie), w.Used["code"] != "", w.Used["recovery"] != "", w.Used["passkey"] != "")
	return b.String()
}
