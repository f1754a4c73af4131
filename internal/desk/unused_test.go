package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// unusedOffice disables unused accounts after 30 days.
func unusedOffice(t *testing.T, change ...func(*desk.Config)) *office {
	o := staffed(t, change...)
	o.Rules(map[string]string{"two_factor.who": "recommended", "accounts.unused": "30d"})
	return o
}

// used says that an operator used the office now, as a session does.
func (o *office) used(op store.Operator) {
	o.T.Helper()
	o.Enter(op.Name)
	o.Write(store.EndSessions{OperatorID: op.ID, All: true})
}

func (o *office) disableUnused() {
	o.T.Helper()
	require.NoError(o.T, o.DisableUnusedAt(ctx, o.Now()))
}

// at sets the clock to a time after Noon, which is when operators were made.
func (o *office) at(after time.Duration) {
	o.Clock.Set(testoffice.Noon.Add(after))
}

func TestAnUnusedAccountIsDisabledToTheMomentAfterThreeWarnings(t *testing.T) {
	o := unusedOffice(t)
	ben := o.Person("Ben", desk.RoleModerator)
	none := o.Person("None")
	o.at(time.Hour)
	o.used(ben)
	replicas := []*desk.Desk{o.Desk, o.Another()}
	for _, c := range []struct {
		after time.Duration
		sent  int
	}{
		{0, 0}, {16*day - time.Microsecond, 0}, {16 * day, 1}, {20 * day, 1}, {23*day - time.Microsecond, 1}, {23 * day, 2},
		{29*day - time.Microsecond, 2}, {29 * day, 3}, {30*day - time.Microsecond, 3},
	} {
		o.at(time.Hour + c.after)
		for _, err := range testoffice.Race(len(replicas), func(i int) error { return replicas[i].DisableUnusedAt(ctx, o.Now()) }) {
			require.NoError(t, err)
		}
		require.Equal(t, c.sent, reminders(o, "account-unused", "ben@example.org"), "after %v", c.after)
		require.Equal(t, store.OperatorActive, o.Find(ben.ID).State, "after %v", c.after)
	}
	o.at(time.Hour + 30*day)
	for _, err := range testoffice.Race(len(replicas), func(i int) error { return replicas[i].DisableUnusedAt(ctx, o.Now()) }) {
		require.NoError(t, err)
	}
	require.Equal(t, store.OperatorDisabled, o.Find(ben.ID).State)
	require.Equal(t, 1, o.Count("operator.dormant"))
	e := o.Last()
	require.Equal(t, []string{"operator.dormant", desk.ActorSystem, "id-of-ben", "2026-03-02"}, []string{e.Code, e.ActorID, e.TargetID, e.Detail["unused_since"]})
	require.Equal(t, 1, reminders(o, "account-dormant", "ben@example.org"))
	require.Equal(t, store.OperatorActive, o.Find(none.ID).State, "it opens nothing, and is not written to")
	require.Zero(t, reminders(o, "account-unused", "none@example.org"))
	require.Equal(t, store.OperatorActive, o.Find("id-of-boss").State, "the last super-administrator")
	require.Zero(t, reminders(o, "account-unused", "boss@example.org"), "who is not warned of what will not happen")
	o.at(31 * day)
	o.disableUnused()
	o.disableUnused()
	require.Equal(t, 1, o.Count("operator.kept"))
}

func TestUseStartsTheTimeAnew(t *testing.T) {
	for name, use := range map[string]func(o *office, ben store.Operator){
		"a sign-in": func(o *office, ben store.Operator) { o.used(ben) },
		"a new password": func(o *office, ben store.Operator) {
			require.NoError(o.T, o.Reset(ctx, home, desk.LinkForm{Token: o.ResetLink("ben@example.org"), Password: better, Again: better}))
		},
		"a colleague who enables the account": func(o *office, ben store.Operator) {
			require.NoError(o.T, o.Disable(ctx, desk.CommandLine(), home, ben.ID, "x"))
			require.NoError(o.T, o.Enable(ctx, desk.CommandLine(), home, ben.ID))
		},
	} {
		o := unusedOffice(t)
		ben := o.Person("Ben", desk.RoleModerator)
		o.at(29 * day)
		o.disableUnused()
		use(o, ben)
		o.at(43*day - time.Microsecond)
		o.disableUnused()
		require.Equal(t, 1, reminders(o, "account-unused", "ben@example.org"), name)
		for _, after := range []time.Duration{45 * day, 59*day - time.Microsecond} {
			o.at(after)
			o.disableUnused()
			require.Equal(t, store.OperatorActive, o.Find(ben.ID).State, name)
		}
		o.at(59 * day)
		o.disableUnused()
		require.Equal(t, store.OperatorDisabled, o.Find(ben.ID).State, name)
	}
}

func TestNothingButUseStartsTheTimeAnew(t *testing.T) {
	for name, act := range map[string]func(o *office, ben store.Operator) error{
		"a colleague renames them": func(o *office, ben store.Operator) error {
			return o.RenameOperator(ctx, desk.CommandLine(), home, ben.ID, ben.Version, "Benjamin")
		},
		"a colleague gives them a role": func(o *office, ben store.Operator) error {
			return o.ChangeRoles(ctx, desk.CommandLine(), home, ben.ID, desk.RolesForm{Version: ben.Version, Primary: desk.RoleCommunityManager})
		},
		"a colleague gives them a password": func(o *office, ben store.Operator) error {
			_, _, err := o.TemporaryPassword(ctx, desk.CommandLine(), home, ben.ID)
			return err
		},
		"someone guesses the password": func(o *office, _ store.Operator) error {
			_, err := o.Login("Ben", nonsense)
			require.ErrorIs(o.T, err, desk.ErrCredentials)
			return nil
		},
	} {
		o := unusedOffice(t)
		o.Rules(map[string]string{"two_factor.who": "recommended", "accounts.unused": "30d", "password.temporary": "on"})
		ben := o.Person("Ben", desk.RoleModerator)
		o.at(20 * day)
		o.disableUnused()
		require.NoError(t, act(o, ben), name)
		o.at(30*day - time.Microsecond)
		o.disableUnused()
		require.Equal(t, store.OperatorActive, o.Find(ben.ID).State, name)
		o.at(30 * day)
		o.disableUnused()
		require.Equal(t, store.OperatorDisabled, o.Find(ben.ID).State, name)
	}
}

func TestAfterThePeriodIsTurnedOnNobodyIsDisabledWithoutNotice(t *testing.T) {
	turn := func(o *office, value string) {
		o.Rules(map[string]string{"two_factor.who": "recommended", "accounts.unused": value})
	}
	o := staffed(t)
	ben := o.Person("Ben", desk.RoleModerator)
	active := func(why string) {
		t.Helper()
		o.disableUnused()
		require.Equal(t, store.OperatorActive, o.Find(ben.ID).State, why)
	}
	o.at(200 * day)
	active("off")
	turn(o, "30d")
	active("a year of nothing is no reason without notice")
	active("nor a second look")
	require.Equal(t, 1, reminders(o, "account-unused", "ben@example.org"))
	require.Contains(t, strings.Join(strings.Fields(o.Letter("ben@example.org").Text), " "), "25 September 2026 at 12:00 UTC")
	o.at(206*day - time.Microsecond)
	active("")
	require.Equal(t, 1, reminders(o, "account-unused", "ben@example.org"))
	o.at(206 * day)
	active("")
	require.Equal(t, 2, reminders(o, "account-unused", "ben@example.org"), "a day before")
	turn(o, "0")
	o.at(250 * day)
	active("off again")
	turn(o, "30d")
	active("a warning of another time is none")
	require.Equal(t, 3, reminders(o, "account-unused", "ben@example.org"))
	o.at(257*day - time.Microsecond)
	active("")
	o.ChangeParameters(func(p *store.Parameters) { p.Values["signin.paused"] = "on" })
	o.at(257 * day)
	require.NoError(t, second(o.Reload(ctx)))
	active("while nobody can sign in")
	o.ChangeParameters(func(p *store.Parameters) { delete(p.Values, "signin.paused") })
	require.NoError(t, second(o.Reload(ctx)))
	o.disableUnused()
	require.Equal(t, store.OperatorDisabled, o.Find(ben.ID).State)
}

func TestWhoSignsInAtTheLastMomentIsNotDisabled(t *testing.T) {
	o := unusedOffice(t)
	ben := o.Person("Ben", desk.RoleModerator)
	o.at(23 * day)
	o.disableUnused()
	o.at(30 * day)
	d := o.While("PutOperator", func() { o.Enter("Ben") })
	require.NoError(t, d.DisableUnusedAt(ctx, o.Now()))
	require.Equal(t, store.OperatorActive, o.Find(ben.ID).State)
	require.Len(t, o.SessionsOf(ben.ID), 1)
	require.Zero(t, o.Count("operator.dormant"))
}

func TestTheOfficeSaysWhichAccountsEndOrAreUnused(t *testing.T) {
	o := unusedOffice(t)
	o.endsOn(o.Person("Ben", desk.RoleModerator), o.inDays(13))
	o.endsOn(o.Person("Far", desk.RoleModerator), o.inDays(40))
	by := desk.CommandLine()
	said := func(d int, name string) (string, bool, string) {
		t.Helper()
		o.at(time.Duration(d) * day)
		op, err := o.Operator(ctx, by, name)
		require.NoError(t, err)
		return op.Ends.String(), op.Soon, op.Unused.String()
	}
	for _, c := range []struct {
		day    int
		name   string
		ends   string
		soon   bool
		unused string
	}{
		{0, "Ben", "Ends in 13 days", true, ""}, {0, "Far", "Ends in 40 days", false, ""}, {0, "Boss", "", false, ""},
		{12, "Ben", "Ends tomorrow", true, ""}, {13, "Ben", "Ends today", true, ""},
		{16, "Far", "Ends in 24 days", false, "Not used for 16 days"}, {41, "Far", "Access ended", true, "Not used for 41 days"},
	} {
		ends, soon, unused := said(c.day, c.name)
		require.Equal(t, c.ends, ends)
		require.Equal(t, c.soon, soon)
		require.Equal(t, c.unused, unused)
	}
	o.at(0)
	list, err := o.Operators(ctx, by, o.Accounts(store.OperatorQuery{}, desk.AccountsEnding))
	require.NoError(t, err)
	require.Len(t, list.Rows, 1)
	require.Equal(t, "Ben", list.Rows[0].Name)
	office, err := o.Attention(ctx, by)
	require.NoError(t, err)
	require.Equal(t, []int{1, 0}, []int{office.Ending, office.Unused})
	o.at(17 * day)
	list, err = o.Operators(ctx, by, o.Accounts(store.OperatorQuery{}, desk.AccountsUnused))
	require.NoError(t, err)
	office, err = o.Attention(ctx, by)
	require.NoError(t, err)
	require.Equal(t, []int{3, 3}, []int{len(list.Rows), office.Unused})
}
