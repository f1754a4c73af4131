package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/totp"
)

// told is what mails about unusual sign-ins said to somebody, oldest first.
func (o *office) told(to string) []string {
	o.deliver()
	var out []string
	for _, m := range o.Sent.All() {
		if m.To == to && m.Subject == "Unusual sign-in to your Meadow back office account" {
			out = append(out, strings.Join(strings.Fields(m.Text), " "))
		}
	}
	return out
}

func TestAnUnusualSignInIsToldOnceAnHour(t *testing.T) {
	const ada = "ada@example.org"
	wrongCode := func(t *testing.T, o *office, in in) {
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.WrongCode(in.Secret))
		require.ErrorIs(t, err, desk.ErrCode)
	}
	for _, c := range []struct {
		name, says string
		happen     func(t *testing.T, o *office, in in)
	}{
		{"three wrong codes after the right password", "entered your correct password and then wrong codes", func(t *testing.T, o *office, in in) {
			for range 3 {
				require.Empty(t, o.told(ada))
				wrongCode(t, o, in)
			}
			wrongCode(t, o, in)
		}},
		{"three wrong recovery codes", "entered your correct password and then wrong codes", func(t *testing.T, o *office, _ in) {
			for range 3 {
				_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), "AAAA-BBBB-CCCC-DDDD")
				require.ErrorIs(t, err, desk.ErrCode)
			}
		}},
		{"a code that comes a second time", "entered again a moment after it had been used", func(t *testing.T, o *office, in in) {
			code := o.Code(in.Secret)
			_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), code)
			require.NoError(t, err)
			for range 2 {
				_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), code)
				require.ErrorIs(t, err, desk.ErrCode)
			}
		}},
		{"the right password after many wrong ones", "after many wrong ones in a row", func(t *testing.T, o *office, _ in) {
			for range 5 {
				_, err := o.Login("Ada", nonsense)
				require.ErrorIs(t, err, desk.ErrCredentials)
			}
			o.Clock.Add(time.Minute)
			o.Begun("Ada")
		}},
		{"a sign-in after months", "first time in months", func(t *testing.T, o *office, in in) {
			o.Clock.Add(90 * 24 * time.Hour)
			o.Again("Ada", in.Secret)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
			require.Empty(t, o.told(ada))
			c.happen(t, o, in)
			got := o.told(ada)
			require.Len(t, got, 1)
			for _, text := range []string{c.says, "Hello Ada,", "IP address: " + home.IP, "Change it at once", "tell help@community.example"} {
				require.Contains(t, got[0], text)
			}
		})
	}
	t.Run("and again after an hour", func(t *testing.T) {
		o := newOffice(t)
		_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		for range 2 {
			code := o.Code(in.Secret)
			_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), code)
			require.NoError(t, err)
			_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), code)
			require.ErrorIs(t, err, desk.ErrCode)
			o.Clock.Add(time.Hour)
		}
		require.Len(t, o.told(ada), 2)
	})
	t.Run("and not what is usual", func(t *testing.T) {
		o := newOffice(t)
		_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		for range 4 {
			_, err := o.Login("Ada", nonsense)
			require.ErrorIs(t, err, desk.ErrCredentials)
		}
		pre := o.Begun("Ada")
		for range 2 {
			_, err := o.SubmitCode(ctx, home, pre, o.WrongCode(in.Secret))
			require.ErrorIs(t, err, desk.ErrCode)
		}
		_, err := o.SubmitCode(ctx, home, pre, o.Code(in.Secret))
		require.NoError(t, err)
		o.Clock.Add(89 * 24 * time.Hour)
		o.Again("Ada", in.Secret)
		require.Empty(t, o.told(ada))
	})
}

func TestALockOfCodesSaysThatThePasswordIsKnown(t *testing.T) {
	o := newOffice(t)
	_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"signin.disable_codes_after": "10"})
	for range 10 {
		o.Clock.Add(time.Hour)
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.WrongCode(in.Secret))
		require.ErrorIs(t, err, desk.ErrCode)
	}
	m := o.Letter("ada@example.org")
	require.Contains(t, m.Subject, "Many failed sign-ins")
	text := strings.Join(strings.Fields(m.Text), " ")
	for _, part := range []string{"entered your correct password and then too many wrong codes", "use a recovery code", "Someone else knows your password. Change it at once"} {
		require.Contains(t, text, part)
	}
	require.NotContains(t, text, "Your password no longer works")
}

func TestTheHardLimitsAreParameters(t *testing.T) {
	o := newOffice(t)
	_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"signin.disable_after": "10", "signin.codes": "3", "signin.disable_codes_after": "10"})
	pre := o.Begun("Ada")
	for n := range 3 {
		_, err := o.SubmitCode(ctx, home, pre, o.WrongCode(in.Secret))
		require.ErrorIs(t, err, map[bool]error{true: desk.ErrTooManyCodes, false: desk.ErrCode}[n == 2])
	}
	for range 7 {
		o.Clock.Add(time.Hour)
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.WrongCode(in.Secret))
		require.ErrorIs(t, err, desk.ErrCode)
	}
	o.Clock.Add(24 * time.Hour)
	_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.Code(in.Secret))
	requireLimited(t, err, time.Time{})
	_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), in.Codes[0])
	require.NoError(t, err, "a recovery code opens them again")
	o.Clock.Add(totp.Period)

	for range 10 {
		o.Clock.Add(time.Hour)
		_, err := o.Login("Ada", nonsense)
		require.ErrorIs(t, err, desk.ErrCredentials)
	}
	o.Clock.Add(48 * time.Hour)
	_, err = o.Login("Ada", good)
	require.ErrorIs(t, err, desk.ErrCredentials, "the password is disabled")
	o.Rules(nil)
	_, err = o.Login("Ada", good)
	require.NoError(t, err, "and was not under another limit")
}
