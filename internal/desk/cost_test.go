package desk_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
)

// siege is a number of strangers who try to keep Ada out, each as soon as a limit
// lets them.
type siege struct {
	*office
	next []time.Time // when each may try again
	turn int
}

func (s *siege) stranger(i int) desk.Visit { return from(fmt.Sprintf("198.%d.%d.1", 18+i/250, i%250)) }

// rage lets strangers try to sign in, and ask for links, until a limit stops them.
func (s *siege) rage() {
	stopped := 0
	for range s.next {
		i := s.turn % len(s.next)
		s.turn++
		limited := (*desk.LimitedError)(nil)
		for !s.Now().Before(s.next[i]) {
			if _, err := s.signIn(s.stranger(i), "Ada", nonsense); errors.As(err, &limited) {
				s.next[i] = limited.RetryAt
			}
		}
		// If that is for all networks, the others get no further.
		if stopped++; s.next[i].Sub(s.Now()) > nameEvery {
			stopped = 0
		}
		if stopped == 20 {
			break
		}
	}
	_ = s.RequestReset(ctx, s.stranger(s.turn%len(s.next)), "ada@example.org")
}

const nameEvery = 3 * time.Minute

func TestWhatStrangersCostAnOperator(t *testing.T) {
	const long = 8 * time.Hour
	for _, c := range []struct {
		networks int
		// fresh and link are the longest waits for a sign-in with an unknown browser, and
		// for a link. disabled is when the password is disabled, if its owner does not sign
		// in.
		fresh, link, disabled time.Duration
	}{
		{1, 0, 12 * time.Minute, 3 * 24 * time.Hour},
		{10, 6 * time.Hour, 12 * time.Minute, 210 * time.Minute},
		{1000, long, 12 * time.Minute, 210 * time.Minute},
	} {
		t.Run(fmt.Sprint(c.networks), func(t *testing.T) {
			start := func() (*siege, desk.Visit) {
				o := staffed(t)
				o.Person("Ada", desk.RoleModerator)
				known := elsewhere
				known.Browsers = mustPass(o.signIn(known, "Ada", good)).Browsers
				o.Clock.Add(24 * time.Hour)
				return &siege{office: o, next: make([]time.Time, c.networks)}, known
			}

			s, known := start()
			began := s.Now()
			var fresh, link time.Duration
			wants, asked, sent := began, began, 0
			for ; s.Now().Sub(began) < long; s.Clock.Add(time.Minute) {
				s.rage()
				if s.Now().Sub(began)%time.Hour == 0 {
					known.Browsers = mustPass(s.signIn(known, "Ada", good)).Browsers // at once
				}
				if !s.Now().Before(wants) {
					fresh = max(fresh, s.Now().Sub(wants))
					if _, err := s.signIn(from("192.0.2.1"), "Ada", good); err == nil {
						wants = s.Now().Add(time.Hour)
					}
				}
				if s.Now().Sub(began)%(3*time.Minute) == 0 {
					require.NoError(t, s.RequestReset(ctx, elsewhere, "ada@example.org"))
				}
				if n := len(s.mails()); n > sent {
					sent, asked = n, s.Now()
				}
				link = max(link, s.Now().Sub(asked))
			}

			require.LessOrEqual(t, fresh, c.fresh)
			require.LessOrEqual(t, link, c.link)

			s, _ = start()
			began = s.Now()
			op, err := s.Mem.FindOperatorByLogin(ctx, "ada")
			require.NoError(t, err)
			for s.times("password:"+op.ID) < 100 {
				s.rage()
				s.Clock.Add(time.Minute)
			}
			require.GreaterOrEqual(t, s.Now().Sub(began), c.disabled)
			require.Less(t, s.Now().Sub(began), c.disabled*5/4)
		})
	}
}
