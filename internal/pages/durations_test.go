package pages_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

func TestDurationsAsPeopleReadThem(t *testing.T) {
	for value, want := range map[string][3]string{
		"30m": {"30", "m", "30 minutes"}, "1h": {"1", "h", "1 hour"}, "60m": {"1", "h", "1 hour"}, "24h": {"1", "d", "1 day"},
		"90m": {"90", "m", "90 minutes"}, "1h30m": {"90", "m", "90 minutes"}, "0": {"0", "", "0"}, "0d": {"0", "", "0"}, "1s": {"1", "s", "1 second"},
		"": {"", "", ""}, "soon": {"soon", "", "soon"},
	} {
		number, unit := pages.SplitDuration(value)
		require.Equal(t, want, [3]string{number, unit, settings.DurationText(value).String()}, value)
	}
	for typed, want := range map[[2]string]string{
		{"30", "m"}: "30m", {" 60 ", "m"}: "1h", {"7", "d"}: "7d", {"0", "d"}: "0", {"30m", ""}: "30m", {"0", ""}: "0", {"soon", "h"}: "soonh", {"", ""}: "", {"7", "parsec"}: "7parsec",
	} {
		require.Equal(t, want, pages.JoinDuration(typed[0], typed[1]), typed)
	}
}

func TestEveryDurationCanBeChosenInItsUnits(t *testing.T) {
	for _, d := range settings.Definitions() {
		if d.Kind != settings.KindDuration {
			continue
		}
		number, unit := pages.SplitDuration(d.Default())
		options := pages.UnitsFor(messages.English(), d, unit)
		require.NotEmpty(t, options, d.Name)
		chosen := unit == ""
		for _, o := range options {
			chosen = chosen || o.Chosen
		}
		require.True(t, chosen, "%s: its default has a unit to choose", d.Name)
		require.NoError(t, d.Check(pages.JoinDuration(number, unit)), d.Name)
	}
}

func TestARevisionKnowsTheValuesOfItsForm(t *testing.T) {
	p := store.Parameters{Revision: 41, Values: map[string]string{"session.idle": "20m", "signin.paused_text": "a&b=c?d", "gone": "x"}}
	revision, shown := pages.ReadRevision(pages.ShownRevision(p))
	require.EqualValues(t, 41, revision)
	require.Equal(t, "20m", shown["session.idle"])
	require.Equal(t, "a&b=c?d", shown["signin.paused_text"])
	require.Equal(t, "12h", shown["session.absolute"], "defaults are not sent")
	require.NotContains(t, shown, "gone")
}

func FuzzReadRevision(f *testing.F) {
	f.Add("41?session.idle=20m")
	f.Add("?")
	f.Add("9223372036854775808?a=%zz")
	f.Fuzz(func(t *testing.T, text string) {
		revision, shown := pages.ReadRevision(text)
		if shown != nil {
			require.Len(t, shown, len(settings.Definitions()))
		}
		_ = revision
		again, _ := pages.ReadRevision(pages.ShownRevision(store.Parameters{Revision: revision, Values: shown}))
		require.Equal(t, revision, again)
	})
}

func FuzzJoinDuration(f *testing.F) {
	f.Add("30", "m")
	f.Add("9999999", "d")
	f.Fuzz(func(t *testing.T, number, unit string) {
		text := pages.JoinDuration(number, unit)
		n, u := pages.SplitDuration(text)
		require.Equal(t, text, pages.JoinDuration(n, u), "what is shown comes back as it was")
	})
}
