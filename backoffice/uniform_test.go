package backoffice_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

var (
	nonces = regexp.MustCompile(`nonce(-|=")[A-Za-z0-9_=-]+`)
	forms  = regexp.MustCompile(`name="csrf" value="[^"]*"`)
	typed  = regexp.MustCompile(`(name="(login|email|token)"[^>]*) value="[^"]*"`)
)

// masked is everything that can be told from an answer, but for what is
// random, the time, and what the visitor typed.
func masked(p page) string {
	h := p.Header.Clone()
	h.Del("Date")
	h.Del("Content-Length")
	h.Del("Set-Cookie")
	var b strings.Builder
	_ = h.Write(&b)
	return http.StatusText(p.Status) + "\n" +
		nonces.ReplaceAllString(typed.ReplaceAllString(forms.ReplaceAllString(b.String()+p.Body, ""), "$1"), "nonce")
}

// members is a community with one plain member and one who is an operator.
type members struct{}

const memberPassword = "harbour lantern 27 pebble fog"

func (members) FindMember(_ context.Context, id string) (backoffice.Member, error) {
	if id != "m-mia" && id != "m-mel" {
		return backoffice.Member{}, backoffice.ErrNoMember
	}
	name := strings.ToUpper(id[2:3]) + id[3:]
	return backoffice.Member{ID: id, Name: name, Email: id[2:] + "@example.org"}, nil
}

func (m members) FindMemberByLogin(ctx context.Context, login string) (backoffice.Member, error) {
	name, _, _ := strings.Cut(strings.ToLower(login), "@")
	return m.FindMember(ctx, "m-"+name)
}

func (members) CheckMemberPassword(_ context.Context, id, password string) (bool, error) {
	return id != "" && password == memberPassword, nil
}

// crowd is an office with somebody of every kind; each is kept out.
func crowd(t *testing.T, change ...func(*backoffice.Config)) (*office, []string) {
	o := newOffice(t, append(change, func(c *backoffice.Config) { c.Members = members{} })...)
	o.Person("Ada", backoffice.Moderator)
	o.Add(store.Operator{State: store.OperatorDisabled}, "Disa", backoffice.Moderator)
	o.Add(store.Operator{State: store.OperatorInvited}, "Ivan", backoffice.Moderator)
	o.Person("Norole")
	o.Add(store.Operator{MemberID: "m-gone"}, "Gone", backoffice.Moderator)
	require.NoError(t, o.CommandLine().Grant(ctx, "m-mel", backoffice.Moderator))
	o.Person("Locked", backoffice.Moderator)
	for range 100 {
		o.Clock.Add(2 * time.Hour)
		b := o.Browser()
		require.NotEqual(t, http.StatusSeeOther, b.Login("Locked", wrong).Status)
	}
	o.Clock.Add(2 * time.Hour)
	return o, []string{"Nobody", "Ada", "Disa", "Ivan", "Norole", "Gone", "Locked@example.org", "Mia", "Mel", strings.Repeat("x", 300), "nobody@example.org"}
}

func TestARefusedSignInTellsNothing(t *testing.T) {
	o, logins := crowd(t)
	want := ""
	check := func(login, password string) {
		b := o.Browser()
		shown := b.Get("/login")
		hashes := o.HashRuns()
		answer := b.Submit(shown, "/login", "login", login, "password", password)
		require.EqualValues(t, 1, o.HashRuns()-hashes, "one slow hash for %s", login)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status, login)
		require.Empty(t, answer.Header.Values("Set-Cookie"), login)
		if want == "" {
			want = masked(answer)
		}
		require.Equal(t, want, masked(answer), login)
		o.Clock.Add(20 * time.Minute)
	}
	for _, login := range logins {
		check(login, wrong)
	}
	// The right password helps nobody who may not sign in.
	for _, login := range []string{"Disa", "Norole", "Gone", "Locked@example.org"} {
		check(login, good)
	}
	check("Mia", memberPassword)
	check("Ada", strings.Repeat("x", 2000))

	t.Run("nor does being kept out", func(t *testing.T) {
		want := ""
		for i, login := range logins {
			o.Clock.Add(24 * time.Hour)
			b := o.Browser()
			var answer page
			for range 40 {
				if answer = b.Login(login, wrong); answer.Status == http.StatusTooManyRequests {
					break
				}
			}
			require.Equal(t, http.StatusTooManyRequests, answer.Status, login)
			if login == "Locked@example.org" {
				continue // It failed a hundred times before, so it waits longer.
			}
			got := regexp.MustCompile(`<time.*?</time>`).ReplaceAllString(masked(answer), "")
			if want == "" {
				want = got
			}
			require.Equal(t, want, got, "%d %s", i, login)
		}
	})
}

func TestAskingForALinkTellsNothing(t *testing.T) {
	o, _ := crowd(t)
	want := ""
	for _, who := range []string{"nobody", "ada", "disa", "ivan", "norole", "gone", "locked", "mia", "mel", "ada"} {
		b := o.Browser()
		shown := b.Get("/forgot")
		hashes := o.HashRuns()
		answer := b.Submit(shown, "/forgot", "email", who+"@example.org")
		require.EqualValues(t, 1, o.HashRuns()-hashes, who)
		require.Equal(t, http.StatusOK, answer.Status, who)
		require.Empty(t, answer.Header.Values("Set-Cookie"), who)
		if want == "" {
			want = masked(answer)
		}
		require.Equal(t, want, masked(answer), who)
	}
}

// TestEmailsThatWaitTellNothing asks while nothing sends emails, and then looks for
// traces of that.
func TestEmailsThatWaitTellNothing(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", backoffice.Moderator)
	ask := func(email string) string {
		b := o.Browser()
		return masked(b.Submit(b.Get("/forgot"), "/forgot", "email", email))
	}
	after := func(email string) string {
		ask(email)
		o.Clock.Add(time.Minute)
		return ask("zoe@example.org")
	}
	require.Equal(t, after("nobody@example.org"), after("ada@example.org"))
}
