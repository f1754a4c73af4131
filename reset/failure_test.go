package reset_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
)

// Every operation, against a store that fails at its first call, its second,
// and so on until it fails at none.
func TestStoreFailingAtAnyCallMeansNotNow(t *testing.T) {
	unknown := reset.RequestForm{Identifier: "eve@example.org", IP: "192.0.2.1"}
	request := func(form reset.RequestForm) func(*testing.T, *fixture, string) error {
		return func(t *testing.T, f *fixture, _ string) error {
			link, ok, err := f.Request(t.Context(), form)
			if err != nil {
				require.False(t, ok)
				require.Zero(t, link)
			}
			return err
		}
	}
	tests := map[string]struct {
		calls int
		run   func(*testing.T, *fixture, string) error
	}{
		"Allow": {2, func(t *testing.T, f *fixture, _ string) error {
			send, err := f.Allow(t.Context(), "ada@example.org", "192.0.2.1")
			require.Equal(t, err == nil, send)
			return err
		}},
		"Request, known":   {3, request(ada)},
		"Request, unknown": {3, request(unknown)},
		"Find": {1, func(t *testing.T, f *fixture, token string) error {
			found, err := f.Find(t.Context(), token)
			require.Equal(t, err == nil, found.Subject == "m0")
			return err
		}},
		"Redeem": {2, func(t *testing.T, f *fixture, token string) error {
			changed := false
			err := f.Redeem(t.Context(), token, func(context.Context, string) error {
				changed = true
				return nil
			})
			require.Equal(t, err == nil, changed)
			return err
		}},
		"Revoke": {1, func(t *testing.T, f *fixture, _ string) error { return f.Revoke(t.Context(), "m0") }},
	}
	for name, test := range tests {
		for failAt := 1; failAt <= test.calls+1; failAt++ {
			t.Run(fmt.Sprintf("%s, call %d", name, failAt), func(t *testing.T) {
				f := setup(t)
				link := f.makeLink(t, "m0")
				f.spy.failAt = failAt
				err := test.run(t, f, link.Token())
				if failAt > test.calls {
					require.NoError(t, err)
					require.Len(t, f.spy.calls, test.calls)
					return
				}
				require.ErrorIs(t, err, errDown)
				require.Regexp(t, "^reset: (count request|store link|find link|spend link|revoke link): ", err.Error())
				for _, other := range []error{reset.ErrLink, reset.ErrOff} {
					require.NotErrorIs(t, err, other)
				}
				require.False(t, errors.As(err, new(*reset.LimitedError)))
				for _, secret := range []string{link.Token(), "example.org", "192.0.2.1"} {
					require.NotContains(t, err.Error(), secret)
				}
				require.Empty(t, f.spy.writes, "nothing was stored")
				_, err = f.Find(t.Context(), link.Token())
				require.NoError(t, err, "the link there was still works")
			})
		}
	}
}
