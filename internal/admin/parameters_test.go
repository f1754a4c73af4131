package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// save changes parameters from a form that is up to date.
func (o *office) save(values map[string]string) ([]desk.Change, error) {
	s, err := o.Fresh(ctx)
	require.NoError(o.t, err)
	return o.SaveParameters(ctx, o.boss, visit, desk.ParametersForm{Revision: s.Stored.Revision, Values: values})
}

func TestPuttingTwoFactorOffIsLooserAndMailed(t *testing.T) {
	o := newOffice(t)
	_, err := o.save(map[string]string{"two_factor.who": "roles", "two_factor.from": "2026-04-01"})
	require.NoError(t, err)
	page, err := o.AuditPage(ctx, o.boss, store.EventQuery{Code: "parameters.changed"})
	require.NoError(t, err)
	rows := page.Rows
	require.Equal(t, map[string]string{"two_factor.who": "recommended → roles", "two_factor.from": " → 2026-04-01"}, rows[0].Detail)
	require.Len(t, o.mails().sent, 1)
	require.Contains(t, o.box.sent[0].Text, "Required from: from immediately to 2026-04-01.")
	seen, err := o.Attention(ctx, o.boss)
	require.NoError(t, err)
	require.Equal(t, []string{"Two-factor authentication: Who must have it", "Two-factor authentication: Required from"}, seen.Departures)

	_, err = o.save(map[string]string{"two_factor.from": "2026-03-20"})
	require.NoError(t, err)
	require.Len(t, o.mails().sent, 1, "sooner is stricter")
	_, err = o.save(map[string]string{"two_factor.from": "2026-03-02"})
	require.NoError(t, err)
	require.NotContains(t, o.State().Stored.Values, "two_factor.from", "a day that has come is none")
	require.Len(t, o.mails().sent, 1)
	for _, day := range []string{"2026-06-01", "next week"} {
		_, err = o.save(map[string]string{"two_factor.from": day})
		bad := (*desk.InvalidError)(nil)
		require.ErrorAs(t, err, &bad, day)
		require.Equal(t, "two_factor.from", bad.Problems[0].Field)
	}
}

func TestADayThatHasPassedIsNoChangeByItself(t *testing.T) {
	o := newOffice(t)
	o.rules(map[string]string{"two_factor.who": "recommended", "two_factor.from": "2026-02-01"})
	changes, err := o.save(map[string]string{"two_factor.from": "2026-02-01", "session.idle": "20m"})
	require.NoError(t, err)
	require.Len(t, changes, 1)
	seen, err := o.Attention(ctx, o.boss)
	require.NoError(t, err)
	require.NotContains(t, seen.Departures, "Required from")

	s, err := o.Fresh(ctx)
	require.NoError(t, err)
	_, err = o.save(map[string]string{"two_factor.from": "2026-03-20"})
	require.NoError(t, err)
	_, err = o.SaveParameters(ctx, o.boss, visit, desk.ParametersForm{Revision: s.Stored.Revision,
		Shown:  map[string]string{"two_factor.from": "2026-02-01", "session.idle": "20m"},
		Values: map[string]string{"two_factor.from": "2026-02-01", "session.idle": "10m"}})
	stale := (*desk.StaleError)(nil)
	require.ErrorAs(t, err, &stale)
	require.Len(t, stale.Mine, 1)
	require.Equal(t, "session.idle", stale.Mine[0].Name)
}

func TestTheNameOfTheOfficeIsAParameter(t *testing.T) {
	o := newOffice(t, func(c *desk.Config) { c.Accent = "#336699" })
	elsewhere := o.another()
	require.Equal(t, "Meadow", o.Name())
	require.Equal(t, "#336699", o.Accent())
	_, err := o.save(map[string]string{"office.name": "Clearing: east", "office.accent": "#C0392B"})
	require.NoError(t, err)
	_, err = elsewhere.Fresh(ctx)
	require.NoError(t, err)
	require.Equal(t, "Clearing: east", elsewhere.Name())
	require.Equal(t, "#c0392b", elsewhere.Accent())

	require.NoError(t, elsewhere.TestMail(ctx, o.boss, visit))
	require.Contains(t, o.mails().subjects("boss@community.example"), "Test email from the Clearing: east back office")
	id := o.enter(o.person("Grace", desk.RoleModerator))
	e, err := elsewhere.BeginEnrolment(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "Clearing east", e.Key.Issuer)

	list, _, err := o.Parameters(ctx, o.boss)
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
