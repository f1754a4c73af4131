package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

const (
	origin   = testoffice.Origin
	browser  = testoffice.Agent
	good     = testoffice.Good
	better   = testoffice.Better
	nonsense = testoffice.Wrong
)

var (
	// ctx is the context of requests that nobody breaks off.
	ctx     = context.Background()
	home    = testoffice.Home
	from    = testoffice.From
	errDown = testoffice.ErrDown
)

// in is somebody signed in with two factors.
type in = testoffice.In

// office is an office with what only these tests do to it.
type office struct{ *testoffice.Office }

func newOffice(t testing.TB, change ...func(*desk.Config)) *office {
	t.Helper()
	return &office{testoffice.New(t, change...)}
}

// staffed is an office with a super-administrator at work; see
// [testoffice.Staffed].
func staffed(t testing.TB, change ...func(*desk.Config)) *office {
	t.Helper()
	return &office{testoffice.Staffed(t, change...)}
}

// winners counts how many succeeded.
func winners(errs []error) int {
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

// requireLimited checks that an error says "too many", and until when.
func requireLimited(t testing.TB, err error, retryAt time.Time) {
	t.Helper()
	limited := (*desk.LimitedError)(nil)
	require.ErrorAs(t, err, &limited)
	require.Equal(t, retryAt, limited.RetryAt)
}

// requireProblem checks that an error puts a problem beside a field.
func requireProblem(t testing.TB, err error, field, code string) {
	t.Helper()
	bad := (*desk.InvalidError)(nil)
	require.ErrorAs(t, err, &bad)
	for _, p := range bad.Problems {
		if p.Field == field && p.Code == code {
			require.NotEmpty(t, p.Text)
			return
		}
	}
	require.Fail(t, "no such problem", "want %s at %s in %v", code, field, bad.Problems)
}

func disable(op *store.Operator) { op.State = store.OperatorDisabled }
