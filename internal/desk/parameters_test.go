package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// save changes parameters from a form that is up to date.
func (o *office) save(values map[string]string) ([]desk.Change, error) {
	s, err := o.Fresh(ctx)
	require.NoError(o.T, err)
	return o.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: s.Stored.Revision, Values: values})
}

func TestPuttingTwoFactorOffIsLooserAndMailed(t *testing.T) {
	o := staffed(t)
	o.Rules(map[string]string{"two_factor.who": "roles"})
	_, err := o.save(map[string]string{"two_factor.from": "2026-04-01"})
	require.NoError(t, err)
	page, err := o.AuditPage(ctx, o.Boss, store.EventQuery{Code: "parameters.changed"})
	require.NoError(t, err)
	rows := page.Rows
	require.Equal(t, map[string]string{"two_factor.from": " → 2026-04-01"}, rows[0].Detail)
	require.Len(t, o.Delivered().All(), 1)
	require.Contains(t, o.Sent.All()[0].Text, "Required from: from “Immediately” to “1 April 2026”.")
	seen, err := o.Attention(ctx, o.Boss)
	require.NoError(t, err)
	require.Equal(t, []string{"two_factor.who", "two_factor.from"}, seen.Departures)

	_, err = o.save(map[string]string{"two_factor.from": "2026-03-20"})
	require.NoError(t, err)
	require.Len(t, o.Delivered().All(), 1, "sooner is stricter")
	_, err = o.save(map[string]string{"two_factor.from": "2026-03-02"})
	require.NoError(t, err)
	require.NotContains(t, o.State().Stored.Values, "two_factor.from", "a day that has come is none")
	require.Len(t, o.Delivered().All(), 1)
	for _, day := range []string{"2026-06-01", "next week"} {
		_, err = o.save(map[string]string{"two_factor.from": day})
		bad := (*desk.InvalidError)(nil)
		require.ErrorAs(t, err, &bad, day)
		require.Equal(t, "two_factor.from", bad.Problems[0].Field)
	}
}

func TestADayThatHasPassedIsNoChangeByItself(t *testing.T) {
	o := staffed(t)
	o.Rules(map[string]string{"two_factor.who": "recommended", "two_factor.from": "2026-02-01"})
	changes, err := o.save(map[string]string{"two_factor.from": "2026-02-01", "session.idle": "20m"})
	require.NoError(t, err)
	require.Len(t, changes, 1)
	seen, err := o.Attention(ctx, o.Boss)
	require.NoError(t, err)
	require.NotContains(t, seen.Departures, "two_factor.from")

	s, err := o.Fresh(ctx)
	require.NoError(t, err)
	_, err = o.save(map[string]string{"two_factor.from": "2026-03-20"})
	require.NoError(t, err)
	_, err = o.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: s.Stored.Revision,
		Shown:  map[string]string{"two_factor.from": "2026-02-01", "session.idle": "20m"},
		Values: map[string]string{"two_factor.from": "2026-02-01", "session.idle": "10m"}})
	stale := (*desk.StaleError)(nil)
	require.ErrorAs(t, err, &stale)
	require.Len(t, stale.Mine, 1)
	require.Equal(t, "session.idle", stale.Mine[0].Name)
}

func TestTheNameOfTheOfficeIsAParameter(t *testing.T) {
	o := staffed(t, func(c *desk.Config) { c.Accent = "#336699" })
	elsewhere := o.Another()
	require.Equal(t, "Meadow", o.Name())
	require.Equal(t, "#336699", o.Accent())
	_, err := o.save(map[string]string{"office.name": "Clearing: east", "office.accent": "#C0392B"})
	require.NoError(t, err)
	_, err = elsewhere.Fresh(ctx)
	require.NoError(t, err)
	require.Equal(t, "Clearing: east", elsewhere.Name())
	require.Equal(t, "#c0392b", elsewhere.Accent())

	require.NoError(t, elsewhere.TestMail(ctx, o.Boss, home))
	require.Contains(t, o.Delivered().Subjects("boss@example.org"), "Test email from the Clearing: east back office")
	id := o.Entered(o.Person("Grace", desk.RoleModerator))
	e, err := elsewhere.BeginEnrolment(id)
	require.NoError(t, err)
	require.Equal(t, "Clearing east", e.Key.Issuer)

	list, _, err := o.Parameters(ctx, o.Boss)
	require.NoError(t, err)
	for _, s := range list {
		switch s.Name {
		case "office.name":
			require.Equal(t, []string{"Clearing: east", "Meadow"}, []string{s.Value, s.Default()})
		case "office.accent":
			require.Equal(t, []string{"#c0392b", "#336699"}, []string{s.Value, s.Default()})
		}
	}
	for _, back := range []string{"", "Meadow"} {
		_, err = o.save(map[string]string{"office.name": back, "office.accent": "#336699"})
		require.NoError(t, err)
		require.NotContains(t, o.State().Stored.Values, "office.name", "a new configuration is to count again")
		require.NotContains(t, o.State().Stored.Values, "office.accent")
		require.Equal(t, "Meadow", o.Name())
		_, err = o.save(map[string]string{"office.name": "Clearing"})
		require.NoError(t, err)
	}
	for name, value := range map[string]string{"office.name": "...", "office.accent": "#ffee00"} {
		_, err = o.save(map[string]string{name: value})
		bad := (*desk.InvalidError)(nil)
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, name, bad.Problems[0].Field)
	}
}

func TestSavedParametersBindEverywhereAndLooserOnesAreTold(t *testing.T) {
	o := staffed(t)
	elsewhere := o.Another()
	f := desk.ParametersForm{Revision: 2, Values: map[string]string{"session.idle": "45m", "signin.failures": "3"}}
	preview, err := o.PreviewParameters(ctx, o.Boss, f)
	require.NoError(t, err)
	require.Len(t, preview, 2)
	changes, err := o.SaveParameters(ctx, o.Boss, home, f)
	require.NoError(t, err)
	require.Len(t, changes, 2)
	for i := range changes {
		require.Equal(t, preview[i].Name+preview[i].After, changes[i].Name+changes[i].After, "what was shown is what was done")
	}

	s, err := elsewhere.Fresh(ctx)
	require.NoError(t, err)
	require.Equal(t, 45*time.Minute, s.Settings.Session.Idle)
	require.Equal(t, 3, s.Settings.SignIn.Failures)
	page, err := o.AuditPage(ctx, o.Boss, store.EventQuery{Code: "parameters.changed"})
	require.NoError(t, err)
	rows := page.Rows
	require.Equal(t, "30m → 45m", rows[0].Detail["session.idle"])
	require.Contains(t, o.Delivered().Subjects("boss@example.org"), "loosened")
}

func TestAStaleFormIsShownTheDifference(t *testing.T) {
	o := staffed(t)
	_, err := o.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: 2, Values: map[string]string{"session.idle": "20m"}})
	require.NoError(t, err)
	mine := desk.ParametersForm{Revision: 2,
		Shown:  map[string]string{"session.idle": "30m", "signin.failures": "5"},
		Values: map[string]string{"session.idle": "30m", "signin.failures": "4"}}
	_, err = o.SaveParameters(ctx, o.Boss, home, mine)
	stale := (*desk.StaleError)(nil)
	require.ErrorAs(t, err, &stale)
	require.Equal(t, "Boss", stale.By)
	require.Len(t, stale.Theirs, 1)
	require.Equal(t, "20m", stale.Theirs[0].After)
	require.Len(t, stale.Mine, 1)
	require.Equal(t, "signin.failures", stale.Mine[0].Name)
	s, err := o.Fresh(ctx)
	require.NoError(t, err)
	require.Equal(t, 5, s.Settings.SignIn.Failures, "nothing was overwritten")
}

func TestParametersOutsideTheirRangeAreNamedBesideTheirField(t *testing.T) {
	o := staffed(t)
	for name, value := range map[string]string{
		"password.min_length": "7", "session.idle": "2h", "signin.failures": "0", "two_factor.who": "nobody", "reset.life": "soon", "audit.keep": "1d",
	} {
		_, err := o.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: 2, Values: map[string]string{name: value}})
		bad := (*desk.InvalidError)(nil)
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, name, bad.Problems[0].Field)
		require.NotEmpty(t, bad.Problems[0].Text)
	}
	_, err := o.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: 2, Values: map[string]string{"session.idle": "50m", "session.absolute": "40m"}})
	requireProblem(t, err, "session.idle", "too_long")
	for _, d := range settings.Definitions() {
		require.NoError(t, d.Check(d.Default()), d.Name)
		require.NotEmpty(t, d.Called().String(), d.Name)
	}
}

func TestLooserComparesWhatCounts(t *testing.T) {
	for _, c := range []struct {
		name           string
		before, change map[string]string
		looser, follow []string
	}{
		{"until the day, 12 comes to 15", map[string]string{"two_factor.who": "everyone", "two_factor.from": "2026-04-01"}, map[string]string{"password.min_length": "12"}, nil, nil},
		{"automatic is 12 and 15 is more", nil, map[string]string{"password.min_length": "15"}, nil, nil},
		{"20 was more than automatic", map[string]string{"password.min_length": "20"}, map[string]string{"password.min_length": "0"}, []string{"password.min_length"}, nil},
		{"12 is what automatic comes to", map[string]string{"password.min_length": "12"}, map[string]string{"password.min_length": "0"}, nil, nil},
		{"never is longest", map[string]string{"password.max_age": "90d"}, map[string]string{"password.max_age": "0"}, []string{"password.max_age"}, nil},
		{"and any age is less", nil, map[string]string{"password.max_age": "3650d"}, nil, nil},
		{"none is fewest", map[string]string{"password.history": "5"}, map[string]string{"password.history": "0"}, []string{"password.history"}, nil},
		{"everyone must, so 12 is enough", map[string]string{"two_factor.who": "recommended"}, map[string]string{"two_factor.who": "everyone"}, []string{"password.min_length"}, []string{"password.min_length"}},
		{"roles must, so 15 are needed", nil, map[string]string{"two_factor.who": "roles"}, []string{"two_factor.who"}, []string{"password.min_length"}},
		{"no one had to, so a day puts nothing off", map[string]string{"two_factor.who": "recommended"}, map[string]string{"two_factor.who": "everyone", "two_factor.from": "2026-04-01"}, nil, nil},
		{"roles had to, and now do not until the day", map[string]string{"two_factor.who": "roles"}, map[string]string{"two_factor.who": "everyone", "two_factor.from": "2026-04-01"}, []string{"two_factor.from"}, nil},
		{"a length that was chosen stays", map[string]string{"password.min_length": "20"}, map[string]string{"two_factor.who": "roles"}, []string{"two_factor.who"}, nil},
	} {
		o := staffed(t)
		o.Rules(c.before)
		s, err := o.Fresh(ctx)
		require.NoError(t, err)
		preview, err := o.PreviewParameters(ctx, o.Boss, desk.ParametersForm{Revision: s.Stored.Revision, Values: c.change})
		require.NoError(t, err, c.name)
		var looser, follow []string
		for _, ch := range preview {
			if ch.Loosens {
				looser = append(looser, ch.Name)
			}
			if ch.Follows {
				follow = append(follow, ch.Name)
			}
		}
		require.Equal(t, c.looser, looser, c.name)
		require.Equal(t, c.follow, follow, c.name)
	}
}
