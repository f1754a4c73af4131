package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
)

func TestAStoredValueOutOfItsRangeIsAuditedOnce(t *testing.T) {
	o := newOffice(t)
	o.Rules(map[string]string{"session.idle": "9999h", "signin.failures": "5"})
	require.Equal(t, "parameters.invalid", o.Last().Code)
	require.Equal(t, "session.idle", o.Last().TargetID)
	for range 3 {
		_, err := o.Reload(ctx)
		require.NoError(t, err)
	}
	require.Equal(t, 1, o.Count("parameters.invalid"))
}

func TestBeforeTheFirstReadingTheDefaultsHold(t *testing.T) {
	o := newOffice(t)
	cfg := o.Cfg
	d, err := desk.New(cfg)
	require.NoError(t, err)
	require.Empty(t, d.Alias())
	require.Equal(t, 12, d.Settings().Password(o.Now()).MinLength)
	require.Equal(t, settings.TwoFactorEveryone, d.Settings().TwoFactorWho)
}
