package stores_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// TestWhatStrangersLeaveIsBounded lets one network send requests that no counter
// limits, and others requests that leave counters, and checks what remains.
func TestWhatStrangersLeaveIsBounded(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		st := d.store(t)
		o := testoffice.Open(testoffice.NewRig(t, st))
		for range 100 {
			o.Forged(t.Context(), testoffice.Home, "form token")
		}
		require.Equal(t, 60, o.Count("request.forged"))
		for i := range 5 {
			v := testoffice.From(fmt.Sprintf("2001:db8:%x::1", i))
			require.NoError(t, o.RequestReset(t.Context(), v, fmt.Sprintf("eve%d@example.org", i)))
			_, err := o.SignIn(t.Context(), v, desk.SignInForm{Login: fmt.Sprint("eve", i), Password: testoffice.Wrong})
			require.ErrorIs(t, err, desk.ErrCredentials)
			require.ErrorIs(t, o.Reset(t.Context(), v, desk.LinkForm{Token: "guess"}), desk.ErrLink)
		}
		o.Clock.Add(15 * time.Minute)
		o.Forged(t.Context(), testoffice.Home, "form token")
		require.Equal(t, "40", o.Last().Detail["left_out"])
		found, err := o.VerifyAudit(t.Context(), desk.CommandLine(), testoffice.Home, "")
		require.NoError(t, err)
		require.Zero(t, found.Broken)

		o.Clock.Add(31 * 24 * time.Hour)
		gone, err := st.Purge(t.Context(), store.Purge{Now: o.Now(), UsedTokensBefore: o.Now()})
		require.NoError(t, err)
		require.Equal(t, 1, gone.Tokens, "what stands for a link of nobody is replaced by the next")
		require.Positive(t, gone.Counters)
		require.LessOrEqual(t, gone.Counters, 5*20, "a request makes few counters")
		db, left := d.open(t), 0
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM postern_counters`).Scan(&left))
		require.Zero(t, left)
	})
}

// TestARequestRenewsAnInvitation follows the new link to a session, and sees that a
// request for anyone else moves nothing.
func TestARequestRenewsAnInvitation(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		o := testoffice.Open(testoffice.NewRig(t, d.store(t)))
		o.Rules(map[string]string{"two_factor.who": "recommended"})
		ada := o.Person("Ada", desk.RoleSuperAdministrator)
		ben, _ := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
		o.Clock.Add(8 * 24 * time.Hour)
		for _, email := range []string{"eve@example.org", "ada@example.org", "ben@example.org"} {
			require.NoError(t, o.RequestReset(t.Context(), testoffice.Home, email))
		}
		require.Equal(t, ada, o.Find(ada.ID))
		moved := o.Find(ben.ID)
		require.Equal(t, o.Now().Add(7*24*time.Hour), moved.InviteExpiresAt)
		require.Equal(t, o.Now(), moved.UpdatedAt)
		form := desk.LinkForm{Token: o.LinkIn(o.Letter("ben@example.org"), "welcome"), Password: testoffice.Better, Again: testoffice.Better}
		require.NoError(t, o.Welcome(t.Context(), testoffice.Home, form))
		passed, err := o.Login("Ben", testoffice.Better)
		require.NoError(t, err)
		require.True(t, passed.SignedIn)
	})
}
