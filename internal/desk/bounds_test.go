package desk_test

import (
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// What somebody outside can have the office do, and how often.

func TestTenRefusedFormsSpendALink(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(o *office) (token string, post func(desk.LinkForm) error)
		form    desk.LinkForm
		event   string
	}{
		"of a reset": {func(o *office) (string, func(desk.LinkForm) error) {
			o.Person("Ada", desk.RoleModerator)
			o.Rules(map[string]string{"password.history": "24"})
			return o.ResetLink("ada@example.org"), func(f desk.LinkForm) error { return o.Reset(ctx, home, f) }
		}, desk.LinkForm{Password: good, Again: good}, "password.reset_refused"},
		"of an invitation": {func(o *office) (string, func(desk.LinkForm) error) {
			_, token := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
			return token, func(f desk.LinkForm) error { return o.Welcome(ctx, home, f) }
		}, desk.LinkForm{Password: "short", Again: "short"}, "operator.invitation_refused"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			token, post := c.prepare(o)
			f := c.form
			f.Token = token
			hashes := o.Hasher.Runs()
			for range 9 {
				bad := (*desk.InvalidError)(nil)
				require.ErrorAs(t, post(f), &bad)
			}
			require.ErrorIs(t, post(f), desk.ErrLink, "the tenth")
			require.Equal(t, c.event, o.Last().Code)
			require.Equal(t, "too many refused forms", o.Last().Reason)
			require.LessOrEqual(t, o.Hasher.Runs()-hashes, int64(10))
			f.Password, f.Again = better, better
			hashes = o.Hasher.Runs()
			require.ErrorIs(t, post(f), desk.ErrLink)
			require.Equal(t, hashes, o.Hasher.Runs())
		})
		t.Run(name+", posted many times at once", func(t *testing.T) {
			o := newOffice(t)
			token, post := c.prepare(o)
			f := c.form
			f.Token = token
			hashes := o.Hasher.Runs()
			errs := testoffice.Race(19, func(int) error { return post(f) })
			require.Zero(t, winners(errs))
			require.LessOrEqual(t, o.Hasher.Runs()-hashes, int64(10))
			require.ErrorIs(t, post(f), desk.ErrLink)
		})
		t.Run(name+", and nine do not", func(t *testing.T) {
			o := newOffice(t)
			token, post := c.prepare(o)
			f := c.form
			f.Token = token
			for range 9 {
				require.Error(t, post(f))
			}
			require.NoError(t, post(form(token, "")))
		})
	}
}

func TestAWrongCodeWithALinkIsNoWrongLink(t *testing.T) {
	for _, ip := range []string{"198.51.100.7", "2001:db8:1:2::1"} {
		o := newOffice(t)
		o.Enrolled("Ada", desk.RoleModerator)
		seen := &keys{Store: o.Cfg.Store, hit: map[string]store.Limit{}}
		_, err := o.Over(seen).Reset(ctx, from(ip), form(o.ResetLink("ada@example.org"), "000000"))
		require.Equal(t, desk.ErrCode, err)
		links := slices.DeleteFunc(slices.Collect(maps.Keys(seen.hit)), func(key string) bool { return !strings.HasPrefix(key, "link-address:") })
		require.NotEmpty(t, links)
		counters, err := o.Mem.FindCounters(ctx, links...)
		require.NoError(t, err)
		for _, c := range counters {
			require.Zero(t, c.Count, ip)
		}
	}
}

func TestUnlockingAMemberUnlocksThemWhateverNameFailed(t *testing.T) {
	members := testoffice.NewDirectory("Mia99")
	o := newOffice(t, func(c *desk.Config) { c.Members = members })
	op := o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-mia99", Email: "mia99@members.example"}, "Mia", desk.RoleModerator)
	for _, login := range []string{"mia99", "mia99@members.example", "Mia"} {
		require.Equal(t, store.ShowActive, o.shown(op.ID))
		o.disablePassword(login)
		_, err := o.Login(login, good)
		require.ErrorIs(t, err, desk.ErrCredentials)
		require.Equal(t, store.ShowLocked, o.shown(op.ID), login)
		members.Break(true) // whose names for them do not matter
		require.NoError(t, o.Unlock(ctx, desk.CommandLine(), desk.Visit{}, op.ID))
		members.Break(false)
		_, err = o.Login(login, good)
		require.NoError(t, err)
	}
}

func TestAskingForAResetMakesALetterForEverybody(t *testing.T) {
	// What comes next from the random source tells how much was taken. A second request
	// comes too early, and sends nothing.
	next := func(email string, sent int) string {
		o, _ := crowd(t)
		cryptotest.SetGlobalRandom(t, 1)
		require.NoError(t, o.RequestReset(ctx, home, email))
		first := rand.Text()
		cryptotest.SetGlobalRandom(t, 2)
		require.NoError(t, o.RequestReset(ctx, home, email))
		again := rand.Text()
		require.Len(t, o.Delivered().All(), sent, email)
		return first + again
	}
	want := next("ada@example.org", 1)
	for _, email := range []string{"disa@example.org", "ivan@example.org", "norole@example.org", "mia@members.example", "gus@example.org"} {
		require.Equal(t, want, next(email, 1), email)
	}
	for _, email := range []string{"zoe@example.org", "moe@members.example"} {
		require.Equal(t, want, next(email, 0), email)
	}
}
