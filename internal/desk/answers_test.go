package desk_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// A copy of a form costs about a read, even while another replica is slow to answer it,
// and however many copies of one there are, those of others find a place.
func TestCopiesOfAFormDoNotAskTheStoreAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := testoffice.Staffed(t)
		answered := map[string]*atomic.Int32{"flood": {}, "form": {}}
		var all sync.WaitGroup
		for _, sent := range []struct {
			form          string
			copies, waits int
		}{{"flood", 300, 32}, {"form", 32, 32}} {
			a := store.Answer{Key: store.DigestOf(sent.form), Claim: "another replica", ExpiresAt: o.Now().Add(time.Minute)}
			_, err := o.Under.ClaimAnswer(ctx, o.Now(), a)
			require.NoError(t, err)
			var refused atomic.Int32
			for range sent.copies {
				all.Go(func() {
					sealed, err := o.FindAnswer(ctx, a.Key)
					if err != nil {
						require.ErrorIs(t, err, store.ErrUnavailable)
						refused.Add(1)
						return
					}
					require.Equal(t, "sealed", string(sealed))
					answered[sent.form].Add(1)
				})
			}
			synctest.Wait()
			require.EqualValues(t, sent.copies-sent.waits, refused.Load(), "%s: at once", sent.form)
		}
		o.Store.Reset()
		time.Sleep(9 * time.Second)
		for form := range answered {
			a := store.Answer{Key: store.DigestOf(form), Claim: "another replica", Sealed: []byte("sealed"), ExpiresAt: o.Now().Add(time.Minute)}
			require.NoError(t, o.Under.SettleAnswer(ctx, a))
		}
		all.Wait()
		for form, n := range answered {
			require.EqualValues(t, 32, n.Load(), form)
		}
		require.Less(t, len(o.Store.Calls()), 200)
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
