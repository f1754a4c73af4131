package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

func TestTheChecklistFromAFreshOfficeToDone(t *testing.T) {
	o := newOffice(t, func(c *desk.Config) { c.Contact = "" })
	ada, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	list := func() desk.Checklist {
		t.Helper()
		l, err := o.Checklist(ctx, o.Identity(in.Token), 10)
		require.NoError(t, err)
		require.NotNil(t, l)
		return *l
	}
	tick := func(act string) error { return o.TickChecklist(ctx, home, o.Identity(in.Token), act) }
	want := desk.Checklist{RecoveryCodes: true}
	require.Equal(t, want, list())

	o.Person("Ben", desk.RoleSuperAdministrator)
	want.SecondSuperAdministrator = true
	require.Equal(t, want, list())

	require.NoError(t, tick(desk.TickAddress))
	require.NoError(t, tick(desk.TickAddress), "ticked twice is ticked once")
	want.AddressKept = true
	require.Equal(t, want, list())
	require.Equal(t, 1, o.Count("office.checklist"))

	o.Rules(map[string]string{"office.contact": "the IT desk"})
	want.Contact = true
	require.Equal(t, want, list(), "saving parameters forgets no step")
	require.Equal(t, "the IT desk", o.Contact(messages.English()))

	o.Invited("mia@example.org", "Mia", desk.RoleModerator)
	want.RoleGiven = true
	require.Equal(t, want, list())

	url := o.ArrivalURL(ada)
	code := url[strings.LastIndexByte(url, '/')+1:]
	require.ErrorIs(t, o.Arrived(ctx, home, o.Identity(in.Token), code+"x"), desk.ErrNotFound)
	mel, other := o.Enrolled("Mel", desk.RoleModerator)
	require.ErrorIs(t, o.Arrived(ctx, home, o.Identity(other.Token), code), desk.ErrNotFound, "it is another's")
	require.Equal(t, want, list())
	require.NoError(t, o.Arrived(ctx, home, o.Identity(in.Token), code))
	require.NoError(t, o.Arrived(ctx, home, o.Identity(in.Token), code))
	require.Equal(t, 1, o.Count("mail.arrived"))
	want.Mail = true
	require.Equal(t, want, list())
	require.Equal(t, desk.SetupSteps, want.Done())

	require.NoError(t, tick(desk.HideChecklist))
	require.Equal(t, desk.Checklist{Hidden: true}, list())
	require.NoError(t, tick(desk.ShowChecklist))
	require.Equal(t, want, list())
	require.ErrorIs(t, tick("other"), desk.ErrNoSuchTick)

	o.FinishSetup(ctx)
	l, err := o.Checklist(ctx, o.Identity(in.Token), 0)
	require.NoError(t, err)
	require.Nil(t, l, "it does not come back")

	require.ErrorIs(t, o.TickChecklist(ctx, home, o.Identity(other.Token), desk.TickAddress), desk.ErrForbidden)
	l, err = o.Checklist(ctx, o.Identity(other.Token), 0)
	require.NoError(t, err)
	require.Nil(t, l, "%s is no super-administrator", mel.Name)
}

func TestTheChecklistWhileOthersSave(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(o *office, other *desk.Identity)
		entries   int
		err       error
	}{
		"another step, on another replica": {func(o *office, other *desk.Identity) {
			require.NoError(t, o.TickChecklist(ctx, home, other, desk.HideChecklist))
		}, 2, nil},
		"the same step": {func(o *office, other *desk.Identity) {
			require.NoError(t, o.TickChecklist(ctx, home, other, desk.TickAddress))
		}, 1, nil},
		"parameters": {func(o *office, _ *desk.Identity) { o.Rules(map[string]string{"office.contact": "the IT desk"}) }, 1, nil},
		"who ticks is disabled": {func(o *office, _ *desk.Identity) {
			o.Change("id-of-ada", func(op *store.Operator) { op.State = store.OperatorDisabled })
		}, 0, desk.ErrChanged},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
			_, also := o.Enrolled("Bea", desk.RoleSuperAdministrator)
			ada, bea := o.Identity(in.Token), o.Identity(also.Token)
			d, faults := o.Faulty()
			faults.Before("Commit", func() { c.meanwhile(o, bea) })
			require.ErrorIs(t, d.TickChecklist(ctx, home, ada, desk.TickAddress), c.err)
			stored, err := o.Mem.LoadParameters(ctx)
			require.NoError(t, err)
			require.Equal(t, c.err == nil, stored.Setup["address"] != "")
			require.Equal(t, strings.HasPrefix(name, "another"), stored.Setup["hidden"] != "", "both are remembered")
			require.Equal(t, name == "parameters", stored.Values["office.contact"] != "")
			require.Equal(t, c.entries, o.Count("office.checklist"))
		})
	}
}

func TestAUsedLinkOfAnEmailProvesThatMailWorks(t *testing.T) {
	for name, use := range map[string]func(t *testing.T, o *office){
		"an invitation": func(t *testing.T, o *office) {
			_, token := o.Invited("mia@example.org", "Mia", desk.RoleModerator)
			o.deliver()
			require.NoError(t, o.Office.Welcome(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better}))
		},
		"a reset link": func(t *testing.T, o *office) {
			o.Person("Ben", desk.RoleModerator)
			require.NoError(t, o.Office.Reset(ctx, home, desk.LinkForm{Token: o.ResetLink("ben@example.org"), Password: better, Again: better}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
			mail := func() bool {
				l, err := o.Checklist(ctx, o.Identity(in.Token), 10)
				require.NoError(t, err)
				return l.Mail
			}
			require.False(t, mail())
			use(t, o)
			require.True(t, mail())
		})
	}
	o := newOffice(t)
	_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	_, token := o.Invited("mia@example.org", "Mia", desk.RoleModerator)
	require.NoError(t, o.Office.Welcome(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better}))
	l, err := o.Checklist(ctx, o.Identity(in.Token), 10)
	require.NoError(t, err)
	require.False(t, l.Mail, "the link was handed over before the email left")
}

func TestSignInsAreCountedByDay(t *testing.T) {
	o := staffed(t)
	o.Person("Ben", desk.RoleModerator)
	_, err := o.Login("Ben", "wrong password of Ben's")
	require.Error(t, err)
	first := o.Now().UTC().Truncate(24 * time.Hour)
	o.Clock.Add(24 * time.Hour)
	token := o.Enter("Ben")
	days, err := o.SignInsByDay(ctx, o.Boss)
	require.NoError(t, err)
	require.Len(t, days, desk.SignInDays)
	require.Equal(t, desk.SignInDay{Day: first, Succeeded: 1, Refused: 1}, days[12])
	require.Equal(t, desk.SignInDay{Day: first.Add(24 * time.Hour), Succeeded: 1}, days[13])

	ben := o.Identity(token)
	days, err = o.SignInsByDay(ctx, ben.Actor())
	require.NoError(t, err)
	require.Nil(t, days, "without the permission")
	own, err := o.OwnSignIns(ctx, ben)
	require.NoError(t, err)
	require.Equal(t, []desk.OwnSignIn{{At: store.Time(o.Now()), Device: letters.DeviceText(home.UserAgent), IP: home.IP}}, own)
}
