package desk_test

import (
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
