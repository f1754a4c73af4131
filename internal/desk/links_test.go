package desk_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
)

func TestWrongLinksDoNotTouchThoseThatWork(t *testing.T) {
	for name, c := range map[string]struct{ stranger, owner desk.Visit }{
		"from the same network":  {home, home},
		"from the same /64":      {from("2001:db8:1:2::1"), from("2001:db8:1:2::2")},
		"from another one, near": {from("2001:db8:1:3::1"), from("2001:db8:1:2::2")},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			setup, err := o.SetupToken(ctx)
			require.NoError(t, err)
			for range 20 {
				require.ErrorIs(t, o.SetUp(ctx, c.stranger, desk.SetupForm{Token: "hello"}), desk.ErrLink)
			}
			requireLimitedAtAll(t, o.SetUp(ctx, c.stranger, desk.SetupForm{Token: "hello"}))
			requireLimitedAtAll(t, o.Reset(ctx, c.stranger, form("hello", "")))
			require.NoError(t, o.SetUp(ctx, c.owner, desk.SetupForm{Token: setup, Name: "Root", Email: "root@example.org", Password: good, Again: good}))

			_, invited := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
			require.NoError(t, o.Welcome(ctx, c.owner, form(invited, "")))

			op, ada := o.Enrolled("Ada", desk.RoleModerator)
			url, _, err := o.PasswordLink(ctx, desk.CommandLine(), home, op.ID)
			require.NoError(t, err)
			token := testoffice.Token(url)
			require.ErrorIs(t, o.Reset(ctx, c.owner, form(token, o.WrongCode(ada.Secret))), desk.ErrCode)
			for range 8 { // one more ends it, and nothing else does
				require.ErrorIs(t, o.Reset(ctx, c.owner, form(token, "")), desk.ErrCodeNeeded)
			}
			require.Zero(t, o.Count("password.reset_refused"))
			require.ErrorIs(t, o.Reset(ctx, c.owner, form(token, "")), desk.ErrLink)
			require.Equal(t, 1, o.Count("password.reset_refused"), "which is in the log")
		})
	}
}

func requireMisplaced(t *testing.T, err error, page string) {
	t.Helper()
	misplaced := (*desk.MisplacedError)(nil)
	require.ErrorAs(t, err, &misplaced)
	require.Equal(t, page, misplaced.Page)
	require.ErrorIs(t, err, desk.ErrLink)
}

func TestALinkOfAnotherPageSaysWhereItBelongs(t *testing.T) {
	post := map[string]func(o *office, token string) error{
		"/setup": func(o *office, token string) error {
			return o.SetUp(ctx, home, desk.SetupForm{Token: token, Name: "Root", Email: "root@example.org", Password: good, Again: good})
		},
		"/welcome": func(o *office, token string) error { return o.Welcome(ctx, home, form(token, "")) },
		"/reset":   func(o *office, token string) error { return o.Reset(ctx, home, form(token, "")) },
	}
	setup := newOffice(t)
	link, err := setup.SetupToken(ctx)
	require.NoError(t, err)
	for _, page := range []string{"/welcome", "/reset"} {
		requireMisplaced(t, post[page](setup, link), "/setup")
	}

	o := newOffice(t)
	_, invited := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
	o.Person("Ada", desk.RoleModerator)
	tokens := map[string]string{"/welcome": invited, "/reset": o.ResetLink("ada@example.org")}
	last := o.Last()
	for belongs, token := range tokens {
		for page, post := range post {
			if page != belongs {
				for range 30 { // It is no guess, so no limit is reached.
					requireMisplaced(t, post(o, token), belongs)
				}
			}
		}
	}
	require.Equal(t, last, o.Last(), "nothing is audited")
	for page, token := range tokens {
		require.NoError(t, post[page](o, token))
		for other, post := range post {
			err := post(o, token)
			require.NotErrorAs(t, err, new(*desk.MisplacedError), "used, so it belongs nowhere")
			require.Error(t, err, other)
		}
	}
}

func TestWhatIsNoLinkIsSaidBesideItsField(t *testing.T) {
	o := newOffice(t)
	const short = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxA" // 42
	for problem, texts := range map[string][]string{
		"required":  {"", " ", "\n"},
		"cut":       {"https://example.org/k7w3/reset", "https://protect-eu.mimecast.com/s/AbC?domain=example.org"},
		"not_token": {"hello", short, "https://example.org/k7w3/reset#" + short, "x" + short + "\nx" + short[1:] + "Q"},
	} {
		for i, token := range texts {
			v := from(fmt.Sprintf("198.51.100.%d", i))
			for page, err := range map[string]error{
				"/setup":   o.SetUp(ctx, v, desk.SetupForm{Token: token, Name: "Root", Email: "root@example.org", Password: good, Again: good}),
				"/welcome": o.Welcome(ctx, v, form(token, "")), "/reset": o.Reset(ctx, v, form(token, "")),
			} {
				require.ErrorIs(t, err, desk.ErrLink, "%s: %q", page, token)
				requireProblem(t, err, "token", problem)
			}
		}
	}
	err := o.Reset(ctx, home, form("x"+short, ""))
	require.NotErrorAs(t, err, new(*desk.InvalidError), "a whole code that is wrong tells nothing")
	require.ErrorIs(t, err, desk.ErrLink)
}
