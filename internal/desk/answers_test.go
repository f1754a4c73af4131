package desk_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// A copy of a form costs about a read, even while another replica is slow to answer it.
func TestCopiesOfAFormDoNotAskTheStoreAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := testoffice.Staffed(t)
		a := store.Answer{Key: store.DigestOf("form"), Claim: "another replica", ExpiresAt: o.Now().Add(time.Minute)}
		_, err := o.Under.ClaimAnswer(ctx, o.Now(), a)
		require.NoError(t, err)
		o.Store.Reset()
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				sealed, err := o.FindAnswer(ctx, a.Key)
				require.NoError(t, err)
				require.Equal(t, "sealed", string(sealed))
			})
		}
		time.Sleep(9 * time.Second)
		a.Sealed = []byte("sealed")
		require.NoError(t, o.Under.SettleAnswer(ctx, a))
		all.Wait()
		require.Less(t, len(o.Store.Calls()), 300)
	})
}

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
