package desk_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

var gardens = []desk.EventKind{
	{Code: "garden.closed", Label: "A garden was closed", Private: []string{"phone"}},
	{Code: "garden.opened", Label: "A garden was opened"},
}

func withGardens(c *desk.Config) { c.Events = gardens }

func closing() desk.Act {
	return desk.Act{
		Code: "garden.closed", Kind: "garden", ID: "7", Name: "Rose garden", Reason: "flooded",
		Before: map[string]string{"open": "yes"}, After: map[string]string{"open": "no"},
	}
}

// gardenEvents are the entries of the host: their outcomes and details.
func gardenEvents(o *office) (outcomes []string, details []map[string]string) {
	for _, e := range o.Events() {
		if strings.HasPrefix(e.Code, "garden.") {
			d := maps.Clone(e.Detail)
			delete(d, "act_id")
			outcomes, details = append(outcomes, e.Outcome), append(details, d)
		}
	}
	return outcomes, details
}

func TestWhatAHostRecords(t *testing.T) {
	o := staffed(t, withGardens)
	act := closing()
	act.Before["phone"], act.After["phone"], act.After["same"] = "01234", "56789", "x"
	require.NoError(t, o.RecordAct(ctx, o.Boss, home, act))
	e := o.Last()
	require.Equal(t, [...]string{"garden.closed", desk.Success, o.Boss.ID, "Boss", "garden", "7", "Rose garden", "flooded", home.IP, home.RequestID},
		[...]string{e.Code, e.Outcome, e.ActorID, e.ActorName, e.TargetKind, e.TargetID, e.TargetName, e.Reason, e.IP, e.RequestID})
	require.Equal(t, map[string]string{"before.open": "yes", "after.open": "no", "after.same": "x", "private": "phone"}, e.Detail)
	require.NotContains(t, o.Log.String()+o.Dump(), "56789")
	require.Contains(t, o.Log.String(), `"detail.after.open":"no"`)
	require.Zero(t, o.verify().Broken)

	job, err := desk.Job("nightly-clean-up")
	require.NoError(t, err)
	act.Outcome = desk.Failure
	require.NoError(t, o.RecordAct(ctx, job, desk.Visit{}, act))
	require.Equal(t, "job:nightly-clean-up", o.Last().ActorID)
	require.Equal(t, "nightly-clean-up", desk.JobOf(o.Last().ActorID))
	for _, name := range []string{"", "Nightly", "system:x", "a b", "a\n", "-a", "ä", strings.Repeat("a", 61)} {
		_, err := desk.Job(name)
		require.Error(t, err, name)
	}
}

func TestWhatOnlyCodeCanGetWrongIsNotRecorded(t *testing.T) {
	o := staffed(t, withGardens)
	many := map[string]string{}
	for i := range 51 {
		many["k"+strings.Repeat("a", i)] = ""
	}
	for want, change := range map[string]func(*desk.Act){
		`one of the office's own`:          func(a *desk.Act) { a.Code = "operator.disabled" },
		`declare it in Config.Events`:      func(a *desk.Act) { a.Code = "garden.eaten" },
		`audit entry ""`:                   func(a *desk.Act) { a.Code = "" },
		`the key "Open" must be`:           func(a *desk.Act) { a.After["Open"] = "" },
		`the key "a.b" must be`:            func(a *desk.Act) { a.Before["a.b"] = "" },
		`51 keys`:                          func(a *desk.Act) { a.Before, a.After = many, nil },
		`Kind "a b" must be`:               func(a *desk.Act) { a.Kind = "a b" },
		`the outcome "begun" is neither`:   func(a *desk.Act) { a.Outcome = desk.Begun },
		`the outcome "perhaps" is neither`: func(a *desk.Act) { a.Outcome = "perhaps" },
	} {
		act := closing()
		change(&act)
		before := len(o.Events())
		require.ErrorContains(t, o.RecordAct(ctx, o.Boss, home, act), want)
		require.Error(t, o.AuditAct(ctx, o.Boss, home, act, func(context.Context) error { t.Error(want, "it was done"); return nil }), want)
		require.Len(t, o.Events(), before)
	}
}

func TestWhatPeopleTypeIsCutAndForgesNothing(t *testing.T) {
	o := staffed(t, withGardens)
	long := strings.Repeat("ü", 5<<20)
	for value, want := range map[string]string{
		"two\r\nlines\tand\x00more": "two↵lines and\uFFFDmore",
		"\u202Eevil → good":         "\uFFFDevil → good",
		"a\xffb":                    "a\uFFFDb",
		strings.Repeat("x", 1<<10):  strings.Repeat("x", 1<<10),
		"":                          "",
	} {
		act := closing()
		act.ID, act.Name, act.Reason, act.After["open"] = value[:min(20, len(value))], value[:min(20, len(value))], value[:min(20, len(value))], value
		require.NoError(t, o.RecordAct(ctx, o.Boss, home, act))
		require.Equal(t, want, o.Last().Detail["after.open"])
		require.NotContains(t, o.Last().TargetID+o.Last().TargetName+o.Last().Reason, "\n")
	}
	act := closing()
	act.ID, act.Name, act.Reason, act.After["open"], act.Before["open"] = long, long, long, long, long+"!"
	require.NoError(t, o.RecordAct(ctx, o.Boss, home, act))
	e := o.Last()
	require.LessOrEqual(t, len(e.TargetID), 128)
	require.LessOrEqual(t, len(e.TargetName), 200)
	require.LessOrEqual(t, len(e.Reason), 512)
	require.LessOrEqual(t, len(e.Detail["after.open"]), 1<<10)
	require.Contains(t, e.Detail["after.open"], "… (10485760 bytes, #")
	require.NotEqual(t, e.Detail["before.open"], e.Detail["after.open"], "two long values that differ do not look the same")
	act.ID += "!"
	require.NoError(t, o.RecordAct(ctx, o.Boss, home, act))
	require.NotEqual(t, e.TargetID, o.Last().TargetID)
}

func TestAnAuditedActHasTwoEntries(t *testing.T) {
	o := staffed(t, withGardens)
	var fails error
	act := closing()
	change := func(context.Context) error {
		act.After["open"], act.After["Not a Key"] = "ajar", ""
		outcomes, _ := gardenEvents(o)
		require.Equal(t, desk.Begun, outcomes[len(outcomes)-1], "it has begun before it is done")
		return fails
	}
	require.NoError(t, o.AuditAct(ctx, o.Boss, home, act, change))
	fails = errors.New("password=hunter2")
	require.Equal(t, fails, o.AuditAct(ctx, o.Boss, home, closing(), change))
	fails = desk.ErrForbidden
	require.ErrorIs(t, o.AuditAct(ctx, o.Boss, home, closing(), change), desk.ErrForbidden)
	require.PanicsWithValue(t, "of the host", func() {
		_ = o.AuditAct(ctx, o.Boss, home, closing(), func(context.Context) error { panic("of the host") })
	})
	nested := func(ctx context.Context) error {
		opening := desk.Act{Code: "garden.opened"}
		require.NoError(t, o.RecordAct(ctx, o.Boss, home, opening))
		return o.AuditAct(ctx, o.Boss, home, opening, func(context.Context) error { return nil })
	}
	require.NoError(t, o.AuditAct(ctx, o.Boss, home, closing(), nested))
	outcomes, details := gardenEvents(o)
	require.Equal(t, []string{desk.Begun, desk.Success, desk.Begun, desk.Failure, desk.Begun, desk.Refused, desk.Begun, desk.Failure,
		desk.Begun, desk.Success, desk.Begun, desk.Success, desk.Success}, outcomes)
	require.Equal(t, details[0], details[1])
	require.NotContains(t, o.Log.String()+o.Dump(), "hunter2")
	o.Clock.Add(time.Hour)
	require.NoError(t, o.SettleActs(ctx))
	require.Len(t, slices.DeleteFunc(o.Events(), func(e store.Event) bool { return e.Outcome != desk.Unsettled }), 0)
	require.Zero(t, o.verify().Broken)
}

func TestAChangeCanSayWhatItMade(t *testing.T) {
	o := staffed(t, withGardens)
	act := desk.Act{Code: "garden.opened", Kind: "garden"}
	require.NoError(t, o.AuditAct(ctx, o.Boss, home, act, func(ctx context.Context) error {
		desk.Made(ctx, "8", "Bees")
		return o.AuditAct(ctx, o.Boss, home, act, func(ctx context.Context) error { desk.Made(ctx, "9", "Inner"); return nil })
	}))
	var targets []string
	for _, e := range o.Events() {
		if e.Code == "garden.opened" {
			targets = append(targets, e.Outcome+" "+e.TargetID+" "+e.TargetName)
		}
	}
	require.Equal(t, []string{"begun  ", "begun  ", "success 9 Inner", "success 8 Bees"}, targets)
	desk.Made(ctx, "7", "outside")
}

func TestTheEndOfARequestDoesNotLoseAnOutcome(t *testing.T) {
	o := staffed(t, withGardens)
	gone, cancel := context.WithCancel(ctx)
	require.NoError(t, o.AuditAct(gone, o.Boss, home, closing(), func(context.Context) error { cancel(); return nil }))
	require.NoError(t, o.RecordAct(gone, o.Boss, home, closing()))
	require.Error(t, o.AuditAct(gone, o.Boss, home, closing(), func(context.Context) error { t.Error("it was done"); return nil }))
	outcomes, _ := gardenEvents(o)
	require.Equal(t, []string{desk.Begun, desk.Success, desk.Success}, outcomes)
}

func TestAnOperatorWhoWasChangedBeginsNothing(t *testing.T) {
	o := staffed(t, withGardens)
	o.Person("Eve", desk.RoleSuperAdministrator)
	require.ErrorIs(t, o.RecordAct(ctx, desk.Actor{}, home, closing()), desk.ErrForbidden)
	o.Change(o.Boss.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
	require.ErrorIs(t, o.AuditAct(ctx, o.Boss, home, closing(), func(context.Context) error { t.Error("it was done"); return nil }), desk.ErrChanged)
	require.NoError(t, o.RecordAct(ctx, o.Boss, home, closing()), "what happened is written all the same")
	outcomes, _ := gardenEvents(o)
	require.Equal(t, []string{desk.Success}, outcomes)
}

// Each call of the store fails in turn, before and after it happened. Whatever fails, the change is
// never made without an entry, and once Run has settled there is exactly one outcome.
func TestNoActIsLostWhateverFails(t *testing.T) {
	for n := 1; ; n++ {
		for _, happened := range []bool{false, true} {
			o := staffed(t, withGardens)
			d, st := o.Faulty()
			if happened {
				st.FailAfter(n, testoffice.ErrDown)
			} else {
				st.FailAt(n, testoffice.ErrDown)
			}
			done := false
			err := d.AuditAct(ctx, o.Boss, home, closing(), func(context.Context) error { done = true; return nil })
			calls := len(st.Calls())
			o.Clock.Add(6 * time.Minute)
			require.NoError(t, o.SettleActs(ctx))
			outcomes, details := gardenEvents(o)
			switch {
			case !done:
				require.Error(t, err)
				require.Contains(t, [][]string{nil, {desk.Begun, desk.Unsettled}}, outcomes)
			case len(outcomes) == 2 && outcomes[1] == desk.Unsettled:
				require.NoError(t, err, "the change stands")
				require.Equal(t, string(desk.FoundUnknown), details[1]["found"])
			default:
				require.NoError(t, err)
				require.Equal(t, []string{desk.Begun, desk.Success}, outcomes)
			}
			require.NoError(t, o.SettleActs(ctx))
			again, _ := gardenEvents(o)
			require.Equal(t, outcomes, again, "once")
			if calls < n {
				require.Greater(t, n, 2)
				return
			}
		}
	}
}

// crash is an act that is cut off after its first entry.
func crash(o *office, act desk.Act) {
	d, st := o.Faulty()
	st.FailMethod("ConsumeToken", testoffice.ErrDown)
	require.NoError(o.T, d.AuditAct(ctx, o.Boss, home, act, func(context.Context) error { return nil }))
}

func TestRunSettlesWhatACrashLeft(t *testing.T) {
	var asked []desk.Act
	var found desk.Found
	var fails error
	o := staffed(t, func(c *desk.Config) {
		settled := gardens[0]
		settled.Settle = func(_ context.Context, a desk.Act) (desk.Found, error) {
			if asked = append(asked, a); fails != nil && fails.Error() == "panic" {
				panic("of the host")
			}
			return found, fails
		}
		c.Events = []desk.EventKind{settled}
	})
	last := func() string {
		outcomes, details := gardenEvents(o)
		return outcomes[len(outcomes)-1] + " " + details[len(details)-1]["found"]
	}
	crash(o, closing())
	require.NoError(t, o.SettleActs(ctx))
	require.Empty(t, asked, "not yet: it may still be under way")
	for want, result := range map[string]desk.Found{
		"unsettled as_after": desk.FoundAfter, "unsettled as_before": desk.FoundBefore, "unsettled other": desk.FoundOther,
		"unsettled gone": desk.FoundGone, "unsettled not_known": "what the host made up",
	} {
		found = result
		o.Clock.Add(6 * time.Minute)
		require.NoError(t, o.SettleActs(ctx))
		require.Equal(t, want, last())
		crash(o, closing())
	}
	require.Equal(t, closing().Before, asked[0].Before)
	require.Equal(t, closing().After, asked[0].After)
	require.Equal(t, "Boss", asked[0].ActorName)
	for _, fails = range []error{errors.New("no answer"), errors.New("panic")} {
		o.Clock.Add(6 * time.Minute)
		require.Error(t, o.SettleActs(ctx), "it is asked again")
		require.Equal(t, desk.Begun+" ", last())
		o.Clock.Add(time.Hour)
		require.NoError(t, o.SettleActs(ctx), "but not forever")
		require.Equal(t, "unsettled not_known", last())
		crash(o, closing())
	}
	require.Zero(t, o.verify().Broken)
}

func TestAnActThatTakesLongHasItsTrueOutcomeToo(t *testing.T) {
	o := staffed(t, withGardens)
	require.NoError(t, o.AuditAct(ctx, o.Boss, home, closing(), func(context.Context) error {
		o.Clock.Add(6 * time.Minute)
		return o.SettleActs(ctx)
	}))
	outcomes, _ := gardenEvents(o)
	require.Equal(t, []string{desk.Begun, desk.Unsettled, desk.Success}, outcomes)
}

// Anyone who can write to the database can make tokens. They cannot make the office vouch for
// something that never began.
func TestAForgedTokenSettlesNothing(t *testing.T) {
	o := staffed(t, withGardens)
	require.NoError(t, o.RecordAct(ctx, o.Boss, home, closing()))
	begun := o.Last()
	begun.ID, begun.Outcome, begun.MAC, begun.Detail = "forged", desk.Begun, nil, map[string]string{"act_id": "forged"}
	o.Write(store.AppendEvent{Event: begun}, store.PutToken{Token: store.Token{
		Digest: store.DigestOf("forged"), Purpose: store.PurposeAct, Subject: "forged", Home: "-", CreatedAt: begun.At, ExpiresAt: begun.At.Add(1000 * time.Hour),
	}})
	o.Clock.Add(time.Hour)
	require.NoError(t, o.SettleActs(ctx))
	outcomes, _ := gardenEvents(o)
	require.Equal(t, []string{desk.Success, desk.Begun}, outcomes)
	require.Equal(t, "office.failed", o.Last().Code)
	require.NoError(t, o.SettleActs(ctx))
	require.Equal(t, 1, o.Count("office.failed"))
}

func TestATokenThatWasPutBackSettlesNothing(t *testing.T) {
	o := staffed(t, withGardens)
	crash(o, closing())
	ended := o.Last()
	ended.ID, ended.Outcome, ended.MAC = "ended", desk.Success, nil
	o.Write(store.AppendEvent{Event: ended})
	o.Clock.Add(time.Hour)
	require.NoError(t, o.SettleActs(ctx))
	outcomes, _ := gardenEvents(o)
	require.Equal(t, []string{desk.Begun, desk.Success}, outcomes)
	require.Equal(t, "office.failed", o.Last().Code)
}

func TestBegunEntriesAreFoldedOnceTheyEnded(t *testing.T) {
	o := staffed(t, withGardens)
	ok := func(context.Context) error { return nil }
	require.NoError(t, o.AuditAct(ctx, o.Boss, home, closing(), ok))
	crash(o, closing())
	for _, page := range [][2]int{{0, 1000}, {len(o.Events()) - 3, len(o.Events()) - 2}} {
		events := o.Events()
		part, err := o.FoldActs(ctx, events[page[0]:min(page[1], len(events))])
		require.NoError(t, err)
		outcomes := []string{}
		for _, e := range part {
			if e.Code == "garden.closed" {
				outcomes = append(outcomes, e.Outcome)
			}
		}
		if page[0] == 0 {
			require.Equal(t, []string{desk.Success, desk.Begun}, outcomes)
		} else {
			require.Empty(t, outcomes, "its outcome is on another page")
		}
	}
}

func TestMistakesInTheKindsOfAHost(t *testing.T) {
	for want, k := range map[string]desk.EventKind{
		`must look like area.verb`:                       {Code: "Garden", Label: "x"},
		`the area "operator" is reserved`:                {Code: "operator.eaten", Label: "x"},
		`the area "operators" is reserved`:               {Code: "operators.eaten", Label: "x"},
		`the area "office_garden" is reserved`:           {Code: "office_garden.closed", Label: "x"},
		`has no label`:                                   {Code: "garden.closed", Label: " "},
		`Label "two\nlines"`:                             {Code: "garden.closed", Label: "two\nlines"},
		`{Name} is neither {actor}`:                      {Code: "garden.closed", Label: "x", Says: "{actor} closed {Name}"},
		`Says has a stray "{"`:                           {Code: "garden.closed", Label: "x", Says: "{actor closed"},
		`Says has the tag <b>`:                           {Code: "garden.closed", Label: "x", Says: "<b>{actor}</b>"},
		`Private: "e-mail" cannot be a key`:              {Code: "garden.closed", Label: "x", Private: []string{"e-mail"}},
		`audit entry "garden.opened": is declared twice`: {Code: "garden.opened", Label: "x"},
	} {
		require.ErrorContains(t, desk.CheckEventKinds([]desk.EventKind{{Code: "garden.opened", Label: "x"}, k}), want)
	}
	require.NoError(t, desk.CheckEventKinds([]desk.EventKind{{Code: "garden.closed", Label: "A garden was closed.", Says: "{actor} closed {target}: {reason}, {open_days}"}}))
}
