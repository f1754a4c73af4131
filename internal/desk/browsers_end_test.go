package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestWhatEndsAnAccountsKnownBrowsers(t *testing.T) {
	for _, c := range []struct {
		name string
		ends bool
		do   func(o *office, a desk.Actor, ada store.Operator) error
	}{
		{"disabling", true, func(o *office, a desk.Actor, ada store.Operator) error {
			return o.Disable(ctx, a, home, ada.ID, "left")
		}},
		{"deleting", true, func(o *office, a desk.Actor, ada store.Operator) error {
			return o.Delete(ctx, a, home, ada.ID, "left")
		}},
		{"a temporary password", true, func(o *office, a desk.Actor, ada store.Operator) error {
			o.Rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on"})
			_, _, err := o.TemporaryPassword(ctx, a, home, ada.ID)
			return err
		}},
		{"a password that must be changed", true, func(o *office, a desk.Actor, ada store.Operator) error {
			return o.RequireNewPassword(ctx, a, home, ada.ID, "seen on a note")
		}},
		{"another email address", true, func(o *office, a desk.Actor, ada store.Operator) error {
			return o.ChangeEmail(ctx, a, home, ada.ID, ada.Version, "other@example.org")
		}},
		{"a reset of two-factor authentication", true, func(o *office, a desk.Actor, ada store.Operator) error {
			return o.ResetTwoFactor(ctx, a, home, ada.ID, "lost")
		}},
		{"all sessions ended by a colleague", true, func(o *office, a desk.Actor, ada store.Operator) error {
			return o.EndSessions(ctx, a, home, ada.ID, "all")
		}},
		{"one session ended by a colleague", false, func(o *office, a desk.Actor, ada store.Operator) error {
			return o.EndSessions(ctx, a, home, ada.ID, o.SessionsOf(ada.ID)[0].ID)
		}},
		{"all sessions ended by the community, which strangers may bring about", false, func(o *office, _ desk.Actor, ada store.Operator) error {
			o.Change(ada.ID, func(op *store.Operator) { op.MemberID = "m-ada" })
			return o.EndMemberSessions(ctx, "m-ada")
		}},
		{"a new password of their own", false, func(o *office, _ desk.Actor, ada store.Operator) error {
			_, err := o.ChangePassword(ctx, home, o.Entered(ada), good, better, better)
			return err
		}},
		{"ending their other sessions", false, func(o *office, _ desk.Actor, ada store.Operator) error {
			return o.EndOtherSessions(ctx, home, o.Entered(ada))
		}},
		{"signing out", false, func(o *office, _ desk.Actor, ada store.Operator) error {
			return o.SignOut(ctx, home, o.Entered(ada))
		}},
		{"a link that was asked for", false, func(o *office, _ desk.Actor, _ store.Operator) error {
			return o.RequestReset(ctx, home, "ada@example.org")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := staffedWithAda(t)
			o.enters("ada")
			ada, err := o.Under.FindOperatorByLogin(ctx, "ada")
			require.NoError(t, err)
			root, err := o.Under.FindOperatorByLogin(ctx, "root")
			require.NoError(t, err)
			require.NoError(t, c.do(o, o.Actor(root), ada))
			all, err := o.Under.ListBrowsers(ctx, ada.ID)
			require.NoError(t, err)
			require.Equal(t, c.ends, len(all) == 0)
		})
	}
}

func TestABrowserThatUsedAMailedLinkIsKnown(t *testing.T) {
	reset := func(o *office, link string, tokens ...string) []string {
		o.T.Helper()
		o.enters("ada") // somewhere else, perhaps by someone else
		kept, err := o.Desk.Reset(ctx, keeping(tokens...), desk.LinkForm{Token: link, Password: better, Again: better})
		require.NoError(o.T, err)
		return kept
	}
	t.Run("a link that its owner asked for, and no other browser any more", func(t *testing.T) {
		o := staffedWithAda(t)
		kept := reset(o, o.ResetLink("ada@example.org"))
		require.Len(t, o.browsers("ada"), 1)
		require.NotEmpty(t, o.knows("ada", kept[0]))
		require.False(t, o.Alive(kept[0]))
	})
	t.Run("a known browser stays known", func(t *testing.T) {
		o := staffedWithAda(t)
		before := o.enters("ada")
		kept := reset(o, o.ResetLink("ada@example.org"), before...)
		require.Len(t, o.browsers("ada"), 1)
		require.Equal(t, o.knows("ada", before[0]), o.knows("ada", kept[0]))
	})
	t.Run("a link that a colleague made leaves a stranger a stranger", func(t *testing.T) {
		o := staffedWithAda(t)
		root, err := o.Under.FindOperatorByLogin(ctx, "root")
		require.NoError(t, err)
		ada, err := o.Under.FindOperatorByLogin(ctx, "ada")
		require.NoError(t, err)
		link, _, err := o.PasswordLink(ctx, o.Actor(root), home, ada.ID)
		require.NoError(t, err)
		require.Nil(t, reset(o, testoffice.Token(link)))
		require.Empty(t, o.browsers("ada"))
	})
	t.Run("a link that a colleague made leaves a known browser known", func(t *testing.T) {
		o := staffedWithAda(t)
		before := o.enters("ada")
		root, err := o.Under.FindOperatorByLogin(ctx, "root")
		require.NoError(t, err)
		ada, err := o.Under.FindOperatorByLogin(ctx, "ada")
		require.NoError(t, err)
		link, _, err := o.PasswordLink(ctx, o.Actor(root), home, ada.ID)
		require.NoError(t, err)
		kept := reset(o, testoffice.Token(link), before...)
		require.Len(t, o.browsers("ada"), 1)
		require.NotEmpty(t, o.knows("ada", kept[0]))
	})
	t.Run("an invitation", func(t *testing.T) {
		o := staffedWithAda(t)
		_, link := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
		kept, err := o.Desk.Welcome(ctx, home, desk.LinkForm{Token: link, Password: good, Again: good})
		require.NoError(t, err)
		require.NotEmpty(t, o.knows("ben", kept[0]))
	})
	t.Run("a refused form makes nothing known", func(t *testing.T) {
		o := staffedWithAda(t)
		kept, err := o.Desk.Reset(ctx, home, desk.LinkForm{Token: o.ResetLink("ada@example.org"), Password: "short", Again: "short"})
		require.Error(t, err)
		require.Nil(t, kept)
		require.Empty(t, o.browsers("ada"))
	})
}

func TestKnownBrowsersAreListedAndRemoved(t *testing.T) {
	o := staffedWithAda(t)
	o.Person("Eve", desk.RoleModerator)
	eves := o.enters("eve")
	eve := o.browsers("eve")[0].ID
	phone := o.enters("ada")
	o.Clock.Add(time.Hour)
	here := o.enters("ada", eves...)
	ada, err := o.Under.FindOperatorByLogin(ctx, "ada")
	require.NoError(t, err)
	id := o.Entered(ada) // signs in once more, and so is a third
	all, err := o.Browsers(ctx, keeping(here...), id)
	require.NoError(t, err)
	require.Len(t, all, 3)
	var mine desk.Browser
	for _, b := range all {
		require.Equal(t, "Firefox on Linux", b.Device.String())
		require.Equal(t, home.IP, b.IP)
		if b.This {
			require.Empty(t, mine.ID, "one is this browser")
			mine = b
		}
	}
	require.Equal(t, o.knows("ada", here...), mine.ID)

	for what, which := range map[string]string{"another operator's": eve, "none": "", "unknown": "01-no-such-browser"} {
		_, err := o.RemoveBrowser(ctx, keeping(here...), id, which)
		require.ErrorIs(t, err, desk.ErrNotFound, what)
	}
	require.NotEmpty(t, o.knows("eve", eves[0]))
	kept, err := o.RemoveBrowser(ctx, keeping(here...), id, o.knows("ada", phone...))
	require.NoError(t, err)
	require.Nil(t, kept, "this browser keeps what it has")
	require.Equal(t, "browser.removed", o.Last().Code)
	require.Equal(t, "browser", o.Last().TargetKind)
	require.Empty(t, o.knows("ada", phone[0]))

	require.NoError(t, o.RemoveOtherBrowsers(ctx, keeping(here...), id))
	require.Equal(t, map[string]string{"which": "others"}, o.Last().Detail)
	require.Len(t, o.browsers("ada"), 1)
	kept, err = o.RemoveBrowser(ctx, keeping(here...), id, mine.ID)
	require.NoError(t, err)
	require.Equal(t, eves, kept, "the other account's token stays")
	require.Empty(t, o.browsers("ada"))
	_, err = o.RemoveBrowser(ctx, keeping(here...), id, mine.ID)
	require.ErrorIs(t, err, desk.ErrNotFound)

	o.enters("ada")
	require.NoError(t, o.RemoveOtherBrowsers(ctx, home, id), "a browser that is not known itself")
	require.Empty(t, o.browsers("ada"))
	require.NotEmpty(t, o.browsers("eve"))

	o.Clock.Add(20 * time.Minute)
	_, err = o.RemoveBrowser(ctx, home, id, mine.ID)
	require.ErrorIs(t, err, desk.ErrStepUp)
	require.ErrorIs(t, o.RemoveOtherBrowsers(ctx, home, id), desk.ErrStepUp)
}

func TestHowManyKnownBrowsersAnOperatorHasIsForThoseWhoMayEndTheirSessions(t *testing.T) {
	o := staffedWithAda(t)
	o.enters("ada")
	ada, err := o.Under.FindOperatorByLogin(ctx, "ada")
	require.NoError(t, err)
	root, err := o.Under.FindOperatorByLogin(ctx, "root")
	require.NoError(t, err)
	shown, err := o.Operator(ctx, o.Actor(root), ada.ID)
	require.NoError(t, err)
	require.Equal(t, 1, shown.Browsers)
	require.NotEmpty(t, o.enters("root"))
	shown, err = o.Operator(ctx, o.Actor(o.Person("Admin", desk.RoleAdministrator)), root.ID)
	require.NoError(t, err)
	require.Zero(t, shown.Browsers, "someone who holds more")
}
