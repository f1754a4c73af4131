package totp_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/totp"
)

// noon is a time in the middle of a step.
var noon = time.Date(2026, 11, 21, 12, 0, 15, 0, time.UTC)

func codeAt(t testing.TB, s totp.Secret, at time.Time, o totp.Options) string {
	t.Helper()
	code, err := totp.Code(s, at, o)
	require.NoError(t, err)
	return code
}

func TestVerifyAcceptsOneStepEitherWayAndNoneWhenStrict(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	strict := totp.Options{StrictWindow: true}
	for steps := int64(-100); steps <= 100; steps++ {
		at := noon.Add(time.Duration(steps) * totp.Period)
		code := codeAt(t, s, at, totp.Options{})

		step, err := totp.Verify(s, code, noon, totp.Options{})
		if -1 <= steps && steps <= 1 {
			require.NoError(t, err, "step %d", steps)
			require.Equal(t, totp.Step(at), step)
		} else {
			require.ErrorIs(t, err, totp.ErrMismatch, "step %d", steps)
			require.Zero(t, step)
		}

		step, err = totp.Verify(s, code, noon, strict)
		if steps == 0 {
			require.NoError(t, err)
			require.Equal(t, totp.Step(noon), step)
		} else {
			require.ErrorIs(t, err, totp.ErrMismatch, "step %d, strict", steps)
		}
	}
}

func TestVerifyWindowHasSharpEdges(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	start := time.Unix(totp.Step(noon)*30, 0)
	code := codeAt(t, s, start, totp.Options{})
	for _, c := range []struct {
		name           string
		after          time.Duration
		usual, whenOff error
	}{
		{"one nanosecond before the step before", -totp.Period - 1, totp.ErrMismatch, totp.ErrMismatch},
		{"first moment of the step before", -totp.Period, nil, totp.ErrMismatch},
		{"last moment of the step before", -1, nil, totp.ErrMismatch},
		{"first moment of the step", 0, nil, nil},
		{"last moment of the step", totp.Period - 1, nil, nil},
		{"first moment of the step after", totp.Period, nil, totp.ErrMismatch},
		{"last moment of the step after", 2*totp.Period - 1, nil, totp.ErrMismatch},
		{"first moment of two steps after", 2 * totp.Period, totp.ErrMismatch, totp.ErrMismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := totp.Verify(s, code, start.Add(c.after), totp.Options{})
			require.Equal(t, c.usual, err)
			_, err = totp.Verify(s, code, start.Add(c.after), totp.Options{StrictWindow: true})
			require.Equal(t, c.whenOff, err)
		})
	}
}

func TestVerifyReadsCodesAsPeopleTypeThem(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	at := time.Unix(1111111109, 0) // 081804
	for _, c := range []struct {
		name, code string
		want       error
	}{
		{"plain, with its leading zero", "081804", nil},
		{"space in the middle", "081 804", nil},
		{"spaces, tab and line end around", " \t081804\r\n", nil},
		{"non-breaking space", "081\u00a0804", nil},
		{"narrow non-breaking space", "081\u202f804", nil},
		{"hyphen in the middle", "081-804", nil},
		{"a space between all digits", "0 8 1 8 0 4", nil},
		{"wrong code", "081805", totp.ErrMismatch},
		{"leading zero left out", "81804", totp.ErrMalformed},
		{"one zero too many", "0081804", totp.ErrMalformed},
		{"the eight-digit code", "07081804", totp.ErrMalformed},
		{"empty", "", totp.ErrMalformed},
		{"only spaces", "      ", totp.ErrMalformed},
		{"letters", "O818O4", totp.ErrMalformed},
		{"plus sign", "+81804", totp.ErrMalformed},
		{"decimal point", "081804.", totp.ErrMalformed},
		{"Arabic-Indic digits", "٠٨١٨٠٤", totp.ErrMalformed},
		{"full-width digits", "０８１８０４", totp.ErrMalformed},
		{"one foreign digit among ASCII", "08180४", totp.ErrMalformed},
		{"zero-width space", "081\u200b804", totp.ErrMalformed},
		{"NUL at the end", "081804\x00", totp.ErrMalformed},
		{"not UTF-8", "081804\xff", totp.ErrMalformed},
		{"very long", strings.Repeat(" ", 1<<20) + "081804", totp.ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			step, err := totp.Verify(s, c.code, at, totp.Options{})
			require.Equal(t, c.want, err)
			require.Equal(t, c.want == nil, step == 0x23523EC)
		})
	}
}

// The steps below were found by search: with the RFC secret their codes collide.
func TestVerifyReturnsTheGreatestOfSeveralMatchingSteps(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	for _, c := range []struct {
		name, code        string
		smaller, greatest int64
	}{
		{"neighbours", "070562", 50424280, 50424281},
		{"both ends of the window", "407517", 50897033, 50897035},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, step := range []int64{c.smaller, c.greatest} {
				require.Equal(t, c.code, codeAt(t, s, time.Unix(step*30, 0), totp.Options{}))
			}
			step, err := totp.Verify(s, c.code, time.Unix((c.smaller+1)*30, 0), totp.Options{})
			require.NoError(t, err)
			require.Equal(t, c.greatest, step)
		})
	}
}

// spend acts as the caller: it accepts only a step greater than the last.
func spend(last *int64, s totp.Secret, code string, now time.Time) bool {
	step, err := totp.Verify(s, code, now, totp.Options{})
	if err != nil || step <= *last {
		return false
	}
	*last = step
	return true
}

func TestACodeIsAcceptedOnceThroughoutItsWindow(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	for _, c := range []struct {
		name, code string
		first      time.Time
	}{
		{"ordinary code", codeAt(t, s, noon, totp.Options{}), noon},
		{"code of a phone that is slow", codeAt(t, s, noon.Add(-totp.Period), totp.Options{}), noon},
		{"code of a phone that is fast", codeAt(t, s, noon.Add(totp.Period), totp.Options{}), noon},
		{"code shared by two neighbouring steps", "070562", time.Unix(50424280*30, 0)},
		{"code shared by both ends of the window", "407517", time.Unix(50897034*30, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var last int64
			require.True(t, spend(&last, s, c.code, c.first))
			for seconds := -300; seconds <= 300; seconds++ {
				at := c.first.Add(time.Duration(seconds) * time.Second)
				require.False(t, spend(&last, s, c.code, at), "accepted again %d s later", seconds)
			}
			later := c.first.Add(5 * time.Minute)
			require.True(t, spend(&last, s, codeAt(t, s, later, totp.Options{}), later))
		})
	}
}

func TestVerifyAndCodeRefuseMisuse(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	// The underlying library accepts an empty secret.
	emptySecretCode, err := hotp.GenerateCode("", 0)
	require.NoError(t, err)
	for _, c := range []struct {
		name    string
		secret  totp.Secret
		at      time.Time
		options totp.Options
		want    string
	}{
		{"empty secret", totp.Secret{}, time.Unix(0, 0), totp.Options{}, "secret is empty"},
		{"clock that was never set", s, time.Time{}, totp.Options{}, "is the clock set?"},
		{"a second before 1970", s, time.Unix(-1, 0), totp.Options{}, "is the clock set?"},
		{"unknown algorithm", s, noon, totp.Options{Algorithm: 3}, "unknown algorithm 3"},
		{"negative algorithm", s, noon, totp.Options{Algorithm: -1}, "unknown algorithm -1"},
		{"seven digits", s, noon, totp.Options{Digits: 7}, "digits must be 6 or 8, not 7"},
		{"negative digits", s, noon, totp.Options{Digits: -6}, "digits must be 6 or 8, not -6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			step, err := totp.Verify(c.secret, emptySecretCode, c.at, c.options)
			require.ErrorContains(t, err, c.want)
			require.NotErrorIs(t, err, totp.ErrMismatch)
			require.NotErrorIs(t, err, totp.ErrMalformed)
			require.Zero(t, step)

			code, err := totp.Code(c.secret, c.at, c.options)
			require.ErrorContains(t, err, c.want)
			require.Empty(t, code)

			_, ok := totp.Drift(c.secret, emptySecretCode, c.at, c.options)
			require.False(t, ok)
		})
	}
	require.ErrorContains(t, totp.Options{Algorithm: 9, Digits: 5}.Validate(), "unknown algorithm 9\ntotp: digits")
}

func TestVerifyWorksInTheVeryFirstStep(t *testing.T) {
	step, err := totp.Verify(rfcSecret(t, totp.SHA1), "755224", time.Unix(3, 0), totp.Options{})
	require.NoError(t, err)
	require.Equal(t, int64(0), step)
}

func TestThereIsNoStepBeforeTheEpoch(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	wrapped, err := hotp.GenerateCode(s.Base32(), math.MaxUint64) // step -1 as a counter
	require.NoError(t, err)
	_, err = totp.Verify(s, wrapped, time.Unix(0, 0), totp.Options{})
	require.ErrorIs(t, err, totp.ErrMismatch)
	_, ok := totp.Drift(s, wrapped, time.Unix(0, 0), totp.Options{})
	require.False(t, ok)
}

func TestVerifyTellsAlgorithmsAndLengthsApart(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	code := codeAt(t, s, noon, totp.Options{Algorithm: totp.SHA256})
	_, err := totp.Verify(s, code, noon, totp.Options{})
	require.ErrorIs(t, err, totp.ErrMismatch)
	_, err = totp.Verify(s, code, noon, totp.Options{Algorithm: totp.SHA256, Digits: 8})
	require.ErrorIs(t, err, totp.ErrMalformed)
}

func TestDriftTellsHowWrongAPhonesClockIs(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	for _, want := range []int{0, 1, -1, 2, -2, 8, -8, 120, -120, totp.DriftSteps, -totp.DriftSteps} {
		phone := noon.Add(time.Duration(want) * totp.Period)
		steps, ok := totp.Drift(s, codeAt(t, s, phone, totp.Options{}), noon, totp.Options{})
		require.True(t, ok)
		require.Equal(t, want, steps)
	}
	for _, outside := range []int{totp.DriftSteps + 1, -totp.DriftSteps - 1} {
		phone := noon.Add(time.Duration(outside) * totp.Period)
		_, ok := totp.Drift(s, codeAt(t, s, phone, totp.Options{}), noon, totp.Options{})
		require.False(t, ok)
	}
	_, ok := totp.Drift(s, "12345", noon, totp.Options{})
	require.False(t, ok)
}

func FuzzVerify(f *testing.F) {
	for _, seed := range []string{"081804", "081 804", "081-804", "", "٠٨١٨٠٤", "81804", "\xff", "07081804"} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	s := rfcSecret(f, totp.SHA1)
	at := time.Unix(1111111109, 0)
	f.Fuzz(func(t *testing.T, typed string, long bool) {
		o, want := totp.Options{StrictWindow: true}, "081804"
		if long {
			o.Digits, want = 8, "07081804"
		}
		step, err := totp.Verify(s, typed, at, o)
		// An independent reading of the rule: the digits without separators.
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, typed)
		if err == nil {
			require.Equal(t, int64(0x23523EC), step)
			require.Equal(t, want, digits)
			return
		}
		require.Zero(t, step)
		if err == totp.ErrMismatch {
			require.Len(t, digits, len(want))
			require.NotEqual(t, want, digits)
			return
		}
		require.Equal(t, totp.ErrMalformed, err)
	})
}
