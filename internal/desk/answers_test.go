package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestAFloodOfStrangersFormsCausesNoWrites(t *testing.T) {
	o := testoffice.Staffed(t)
	id := o.Identity(o.Enter("Boss"))
	for i := range 600 {
		claim, sealed, err := o.ClaimAnswer(ctx, nil, store.DigestOf(fmt.Sprint(i)), "r")
		require.NoError(t, err)
		require.Nil(t, sealed)
		claim.Settle(ctx, []byte("sealed"))
	}
	o.Store.Reset()
	claim, sealed, err := o.ClaimAnswer(ctx, nil, store.DigestOf("one more"), "r")
	require.NoError(t, err)
	require.True(t, claim == nil && sealed == nil, "it is handled as if it were the first")
	_, sealed, err = o.ClaimAnswer(ctx, nil, store.DigestOf("7"), "r")
	require.NoError(t, err)
	require.Equal(t, "sealed", string(sealed), "what is there is found")
	require.Equal(t, []string{"FindAnswer", "FindAnswer"}, o.Store.Calls())
	claim, _, err = o.ClaimAnswer(ctx, id, store.DigestOf("one more"), "r")
	require.NoError(t, err)
	require.NotNil(t, claim, "operators have theirs")
	claim.Settle(ctx, nil)
	o.Clock.Add(time.Minute)
	claim, _, err = o.ClaimAnswer(ctx, nil, store.DigestOf("one more"), "r")
	require.NoError(t, err)
	require.NotNil(t, claim)
	claim.Settle(ctx, nil)
}
