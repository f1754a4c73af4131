package desk_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// elsewhere is a network that no stranger of these tests uses.
var elsewhere = from("192.0.2.99")

// subject is an account that strangers try to learn about, and what happens to it in
// the meantime.
type subject struct {
	name string
	// login is Ada's unless it says otherwise, and with it an email address.
	login string
	// make returns what happens now and then.
	make func(o *office) (meanwhile func())
}

// subjects are all states of an account. To strangers they look like nobody.
var subjects = []subject{
	{"nobody", "zoe", func(o *office) func() { return nil }},
	{"an operator", "ada", func(o *office) func() { o.Person("Ada", desk.RoleModerator); return nil }},
	{"one with two factors", "ada", func(o *office) func() { o.enrolled("Ada"); return nil }},
	{"one who is invited", "ada", func(o *office) func() {
		o.Add(store.Operator{State: store.OperatorInvited, InviteExpiresAt: o.Now().Add(time.Hour)}, "Ada", desk.RoleModerator)
		return nil
	}},
	{"one who was given a link", "ada", func(o *office) func() { o.Invited("ada@example.org", "Ada", desk.RoleModerator); return nil }},
	{"one whose invitation expired", "ada", func(o *office) func() {
		o.Invited("ada@example.org", "Ada", desk.RoleModerator)
		o.Clock.Add(8 * 24 * time.Hour)
		return nil
	}},
	{"one who is disabled", "ada", func(o *office) func() { o.Change(o.Person("Ada", desk.RoleModerator).ID, disable); return nil }},
	{"one without a role", "ada", func(o *office) func() { o.Person("Ada"); return nil }},
	{"a member", "moe", func(o *office) func() { return nil }},
	{"a member who is an operator", "mia", func(o *office) func() {
		o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-mia", Email: "mia@members.example"}, "Mia", desk.RoleModerator)
		return nil
	}},
	{"one whose password is disabled", "ada", func(o *office) func() {
		op := o.Person("Ada", desk.RoleModerator)
		for range 150 {
			_, _, err := o.Under.Hit(ctx, o.Now(), store.Hit{Key: "password:" + op.ID, Limit: store.Limit{Max: 1000}})
			require.NoError(o.T, err)
		}
		return nil
	}},
	{"one who signs in from a known browser", "ada", func(o *office) func() {
		o.Person("Ada", desk.RoleModerator)
		v := elsewhere
		v.Browsers = mustPass(o.signIn(elsewhere, "ada", good)).Browsers
		return func() {
			v.IP = "198.51.100.1" // where strangers are as well
			p := mustPass(o.signIn(v, "ada", good))
			v.Browsers = p.Browsers
		}
	}},
	{"one who fails at a known browser", "ada", func(o *office) func() {
		o.Person("Ada", desk.RoleModerator)
		v := elsewhere
		v.Browsers = mustPass(o.signIn(elsewhere, "ada", good)).Browsers
		return func() {
			v.IP = "198.51.100.1"
			_, _ = o.signIn(v, "ada", nonsense)
			if p, err := o.signIn(v, "ada", good); err == nil {
				v.Browsers = p.Browsers
			}
		}
	}},
	{"one who signs in from new browsers", "ada", func(o *office) func() {
		o.Person("Ada", desk.RoleModerator)
		v := o.networks()
		return func() { _, _ = o.signIn(v(), "ada", good) }
	}},
	{"one with two factors who signs in from new browsers", "ada", func(o *office) func() {
		in, v, last := o.enrolled("Ada"), o.networks(), time.Time{}
		return func() {
			if o.Now().Sub(last) < 30*time.Second {
				return // a code works once
			}
			if p, err := o.signIn(v(), "ada", good); err == nil {
				mustPass(o.SubmitCode(ctx, elsewhere, p.Token, o.Code(in.Secret)))
				last = o.Now()
			}
		}
	}},
	{"one who resets the password", "ada", func(o *office) func() {
		op := o.Person("Ada", desk.RoleModerator)
		return func() {
			// A colleague creates the link, because requests for links count, no matter
			// who makes them.
			url, _, err := o.PasswordLink(ctx, desk.CommandLine(), elsewhere, op.ID)
			require.NoError(o.T, err)
			require.NoError(o.T, o.Reset(ctx, elsewhere, form(testoffice.Token(url), "")))
		}
	}},
	{"one who is unlocked", "ada", func(o *office) func() {
		op := o.Person("Ada", desk.RoleModerator)
		return func() { require.NoError(o.T, o.Unlock(ctx, desk.CommandLine(), elsewhere, op.ID)) }
	}},
	{"one who gets another email address, and back", "ada", func(o *office) func() {
		op := o.Person("Ada", desk.RoleModerator)
		return func() {
			for _, to := range []string{"ada@example.com", "ada@example.org"} {
				require.NoError(o.T, o.ChangeEmail(ctx, desk.CommandLine(), elsewhere, op.ID, o.Find(op.ID).Version, to))
			}
		}
	}},
}

// networks returns another network each time.
func (o *office) networks() func() desk.Visit {
	n := 0
	return func() desk.Visit { n++; return from(fmt.Sprintf("192.0.2.%d", n)) }
}

// enrolled creates an operator with a second factor in an office where a password
// would be enough.
func (o *office) enrolled(name string) in {
	o.Rules(map[string]string{"two_factor.who": "everyone"})
	_, in := o.Enrolled(name, desk.RoleModerator)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	return in
}

func mustPass(p desk.Passed, err error) desk.Passed {
	if err != nil {
		panic(err)
	}
	return p
}

func (o *office) signIn(v desk.Visit, login, password string) (desk.Passed, error) {
	return o.SignIn(ctx, v, desk.SignInForm{Login: login, Password: password})
}

// networks are those of strangers.
var networks = []string{"198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4", "2001:db8:1:1::1", "2001:db8:1:2::1", "2001:db8:1:100::1", "2001:db8:2::1"}

// seen is every answer that strangers get who follow a plan of a kind, over days.
func (s subject) seen(t *testing.T, seed uint64, steps int) string {
	members := testoffice.NewDirectory("Mia", "Moe")
	o := newOffice(t, func(c *desk.Config) { c.Members = members })
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.Person("Root", desk.RoleSuperAdministrator)
	meanwhile := s.make(o)
	o.Clock.Set(testoffice.Noon.Add(9 * 24 * time.Hour))
	email := s.login + "@example.org"
	if strings.HasPrefix(s.login, "m") {
		email = s.login + "@members.example"
	}
	r := rand.New(rand.NewPCG(seed, 0))
	pauses := append(make([]time.Duration, 30), time.Second, 30*time.Second, time.Minute, 3*time.Minute, 20*time.Minute)
	if seed%2 == 1 { // slow ones, over weeks
		pauses = append(pauses, time.Hour, 5*time.Hour, 25*time.Hour)
	}
	few := 1 + r.IntN(len(networks))
	var b strings.Builder
	for i := range steps {
		o.Clock.Add(pauses[r.IntN(len(pauses))])
		v := from(networks[r.IntN(few)])
		if r.IntN(4) == 0 {
			v.Browsers = []string{"forged"}
		}
		var err error
		switch what := r.IntN(20); {
		case what < 10:
			_, err = o.signIn(v, s.login, nonsense)
		case what < 15:
			_, err = o.signIn(v, email, nonsense)
		case what < 17:
			err = o.RequestReset(ctx, v, email)
		case what < 18:
			err = o.Reset(ctx, v, form("hello", ""))
		case what < 19:
			err = o.Welcome(ctx, v, form("hello", ""))
		default:
			_, err = o.signIn(v, fmt.Sprint("somebody ", r.IntN(30)), nonsense)
		}
		fmt.Fprintf(&b, "%d: %v", i, err)
		if limited := (*desk.LimitedError)(nil); errors.As(err, &limited) {
			fmt.Fprintf(&b, ", until %v", limited.RetryAt.Sub(o.Now()))
		}
		b.WriteByte('\n')
		if now := r.IntN(9) == 0; now && meanwhile != nil {
			meanwhile()
		}
	}
	return b.String()
}

func TestStrangersLearnFromLimitsNeitherWhoExistsNorWhatTheyDo(t *testing.T) {
	answers := ""
	for seed := range uint64(8) {
		var want string
		for i, s := range subjects {
			got := s.seen(t, seed, 150)
			if i == 0 {
				want = got
			}
			require.Equal(t, want, got, "%s, seed %d", s.name, seed)
		}
		answers += want
	}
	for _, answer := range []string{"too many", "not accepted", "nil"} {
		require.Greater(t, strings.Count(answers, answer), 100, answer)
	}
	t.Run("four failures today, two tries tomorrow", func(t *testing.T) {
		for _, login := range []string{"ada", "zoe"} {
			o := newOffice(t)
			o.Person("Ada", desk.RoleSuperAdministrator)
			for range 4 {
				o.fail(home, login)
			}
			_, err := o.signIn(home, "ada", good)
			require.NoError(t, err)
			o.Clock.Add(23 * time.Hour)
			o.fail(home, login)
			_, err = o.signIn(home, login, nonsense)
			requireLimited(t, err, o.Now().Add(30*time.Second))
		}
	})
}
