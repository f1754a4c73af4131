package desk_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestWithoutTheRuleNothingWaits(t *testing.T) {
	for _, act := range grave {
		o := newDuo(t)
		o.Rules(map[string]string{"two_factor.who": "recommended", "audit.keep": "730d"})
		if strings.Contains(act.effect, "rule") {
			continue
		}
		if err := act.do(ctx, o.Desk, o.Boss, o); strings.Contains(act.name, "invitation") || act.name == "a random address" {
			continue // these hand out what is theirs
		} else {
			require.NoError(t, err, act.name)
		}
		require.True(t, act.done(o), act.name)
	}
}

func TestEachPartOfTheRuleIsOfItsOwnActs(t *testing.T) {
	for _, act := range grave {
		for part := range allGrave {
			effect, is := strings.CutPrefix(part, "approval.")
			if !is || strings.Contains(act.effect, "rule") {
				continue
			}
			o := newDuo(t)
			o.Rules(map[string]string{"two_factor.who": "recommended", "audit.keep": "730d", part: "on"})
			err := act.do(ctx, o.Desk, o.Boss, o)
			if slices.Contains(strings.Fields(act.effect), effect) {
				require.ErrorIs(t, err, desk.ErrSecondPerson, "%s with %s", act.name, part)
			} else {
				require.NotErrorIs(t, err, desk.ErrSecondPerson, "%s with %s", act.name, part)
			}
		}
	}
}

func TestWhatTightensDoesNotWait(t *testing.T) {
	o := newDuo(t)
	require.NoError(t, save(ctx, o.Desk, o.Boss, "session.idle", "10m"))
	require.NoError(t, save(ctx, o.Desk, o.Boss, "office.contact", "Ada"))
	require.NoError(t, o.ChangeRoles(ctx, o.Boss, home, o.target.ID, desk.RolesForm{Version: o.target.Version, Primary: desk.RoleModerator}))
	require.NoError(t, o.ChangeRoles(ctx, o.Boss, home, o.cleo.ID, desk.RolesForm{Version: o.cleo.Version, Primary: desk.RoleModerator}))
	mod := o.Person("Mod", desk.RoleModerator)
	require.NoError(t, o.ResetTwoFactor(ctx, o.Boss, home, mod.ID, "lost"))
	require.Empty(t, o.Count("office_approval.asked"))
}

func TestTheCommandLineActsAloneAndJobsDoNot(t *testing.T) {
	for _, act := range grave {
		o := newDuo(t)
		job, err := desk.Job("nightly")
		require.NoError(t, err)
		before := o.Dump("counters")
		require.ErrorIs(t, act.do(ctx, o.Desk, job, o), desk.ErrSecondPerson, act.name)
		require.NotErrorIs(t, act.do(ctx, o.Desk, desk.CommandLine(), o), desk.ErrSecondPerson, act.name)
		if !strings.Contains(act.name, "several") {
			require.True(t, before != o.Dump("counters"), act.name)
		}
		alone := 0
		for _, e := range o.Events() {
			if e.ActorID == desk.ActorCommandLine && e.Detail[desk.DetailApprovedBy] == "no one" {
				alone++
			}
		}
		require.Equal(t, 1, alone, act.name)
	}
}

// A service that does not say how it is repeated is refused, whatever it is called.
func TestWhatHasAGraveEffectAndCannotWaitIsRefused(t *testing.T) {
	o := newDuo(t)
	up := o.Find(o.target.ID)
	up.Roles = []string{desk.RoleSuperAdministrator}
	s, err := o.Fresh(ctx)
	require.NoError(t, err)
	loose, moved := s.Stored, s.Stored
	loose.Values = map[string]string{}
	moved.Alias = "quiet-side-door"
	before := o.Dump("counters")
	for name, w := range map[string]store.Write{
		"a new super-administrator": store.PutOperator{Operator: up},
		"a role replaced by it":     store.DeleteRole{ID: o.role, Version: 1, To: desk.RoleSuperAdministrator},
		"factors removed":           store.RemoveFactors{OperatorID: o.target.ID, All: true},
		"parameters at defaults":    store.PutParameters{Parameters: loose},
		"another address":           store.PutParameters{Parameters: moved},
	} {
		require.ErrorIs(t, o.CommitAs(ctx, o.Boss, w), desk.ErrSecondPerson, name)
	}
	require.True(t, before == o.Dump("counters"))
}

// Whoever acts commits through the two functions that apply the rule.
func TestEveryServiceCommitsUnderTheRule(t *testing.T) {
	may := map[string]string{
		"commitAs": "applies the rule", "putParametersAs": "applies the rule", "storeRequest": "stores what waits, and nothing else", "ApproveRequest": "adds itself to the act of who asked",
		"RecordAct": "the host has acted already", "endAct": "the host has acted already",
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || may[f.Name.Name] != "" || !slices.ContainsFunc(f.Type.Params.List, func(p *ast.Field) bool { return isActor(p.Type) }) {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.SelectorExpr); ok {
					require.NotContains(t, []string{"Commit", "putParameters", "commitParameters", "still"}, call.Sel.Name,
						"%s: %s acts for somebody: it must commit with commitAs or putParametersAs", name, f.Name.Name)
				}
				return true
			})
		}
	}
}

func isActor(e ast.Expr) bool {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "Actor"
}

func TestARequestIsRefusedWithdrawnOrExpires(t *testing.T) {
	notNow, bad := (*desk.NotNowError)(nil), (*desk.InvalidError)(nil)
	for name, c := range map[string]struct {
		end  func(o *duo, id string)
		code string
		mail string
	}{
		"refused": {func(o *duo, id string) {
			require.ErrorAs(o.T, o.RefuseRequest(ctx, o.second, home, id, " "), &bad)
			require.ErrorIs(o.T, o.RefuseRequest(ctx, o.Boss, home, id, "x"), desk.ErrForbidden)
			require.NoError(o.T, o.RefuseRequest(ctx, o.second, home, id, "not now"))
			require.Equal(o.T, "not now", o.Last().Reason)
		}, "office_approval.refused", "not now"},
		"refused by an account that they control": {func(o *duo, id string) {
			require.NoError(o.T, o.RefuseRequest(ctx, o.puppet, home, id, "not now"), "that is the safe direction")
		}, "office_approval.refused", "not now"},
		"withdrawn": {func(o *duo, id string) {
			require.ErrorIs(o.T, o.WithdrawRequest(ctx, o.second, home, id), desk.ErrForbidden)
			require.NoError(o.T, o.WithdrawRequest(ctx, o.Boss, home, id))
		}, "office_approval.withdrawn", ""},
		"expired": {func(o *duo, _ string) {
			o.Clock.Add(desk.ApprovalLife)
			replica := o.Another()
			require.NoError(o.T, o.ExpireRequests(ctx))
			require.NoError(o.T, replica.ExpireRequests(ctx))
		}, "office_approval.expired", "No one decided"},
		"expired, before anyone looked": {func(o *duo, id string) {
			o.Clock.Add(desk.ApprovalLife)
			o.second = o.Actor(o.bea)
			require.ErrorAs(o.T, o.approve(o.second, id), &notNow)
			require.NoError(o.T, o.ExpireRequests(ctx))
		}, "office_approval.expired", "No one decided"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newDuo(t)
			require.ErrorIs(t, o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door"), desk.ErrSecondPerson)
			id := o.asked(o.Boss).ID
			require.NoError(t, o.ExpireRequests(ctx))
			o.Delivered().Clear()
			c.end(o, id)
			require.Equal(t, 1, o.Count(c.code))
			o.second = o.Actor(o.bea)
			require.ErrorAs(t, o.approve(o.second, id), &notNow)
			require.NotEqual(t, "quiet-side-door", o.Alias())
			sent := o.Delivered().To("boss@example.org")
			require.Equal(t, c.mail != "", len(sent) == 1)
			if c.mail != "" {
				letterSays(t, sent[0], c.mail, "Move the office to a new address")
				require.NotContains(t, sent[0].Text, "quiet-side-door", "the new address stays secret")
			}
		})
	}
}

func TestRequestsAreFew(t *testing.T) {
	o := newDuo(t)
	ask := func(n int) error { return o.ChangeAlias(ctx, o.Boss, home, fmt.Sprintf("quiet-side-door-%02d", n)) }
	for n := range desk.ApprovalsOpen {
		require.ErrorIs(t, ask(n), desk.ErrSecondPerson)
	}
	notNow, limited := (*desk.NotNowError)(nil), (*desk.LimitedError)(nil)
	require.ErrorAs(t, ask(99), &notNow)
	for n := 10; n < 20; n++ {
		open, err := o.Approvals(ctx, o.Boss)
		require.NoError(t, err)
		require.NoError(t, o.WithdrawRequest(ctx, o.Boss, home, open[0].ID))
		require.ErrorIs(t, ask(n), desk.ErrSecondPerson)
	}
	open, err := o.Approvals(ctx, o.Boss)
	require.NoError(t, err)
	require.NoError(t, o.WithdrawRequest(ctx, o.Boss, home, open[0].ID))
	require.ErrorAs(t, ask(20), &limited, "twenty an hour, because each sends emails")
}

func TestTheRuleIsNotSwitchedOnWhereNobodyCouldApprove(t *testing.T) {
	bad := (*desk.InvalidError)(nil)
	o := staffed(t)
	turnOn := func(a desk.Actor) error { return save(ctx, o.Desk, a, "approval.address", "on") }
	require.ErrorAs(t, turnOn(o.Boss), &bad, "alone")
	require.ErrorAs(t, turnOn(desk.CommandLine()), &bad)
	require.Equal(t, "approval.address", bad.Problems[0].Field)
	o.Add(store.Operator{CreatedBy: o.Boss.ID}, "Cleo", desk.RoleSuperAdministrator)
	require.ErrorAs(t, turnOn(o.Boss), &bad, "with one whom they created")
	bea := o.Person("Bea", desk.RoleSuperAdministrator)
	require.NoError(t, turnOn(o.Boss))
	attention, err := o.Attention(ctx, o.Boss)
	require.NoError(t, err)
	require.False(t, attention.NoApprover)

	o.Change(bea.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
	attention, err = o.Attention(ctx, o.Boss)
	require.NoError(t, err)
	require.True(t, attention.NoApprover)
	notNow := (*desk.NotNowError)(nil)
	require.ErrorAs(t, o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door"), &notNow)
	require.Contains(t, notNow.Text.String(), "command line")
	require.NoError(t, o.ChangeAlias(ctx, desk.CommandLine(), home, "quiet-side-door"))
}

func TestTheHomePageCountsWhatWaits(t *testing.T) {
	o := newDuo(t)
	require.ErrorIs(t, o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door"), desk.ErrSecondPerson)
	for _, c := range []struct {
		who       desk.Actor
		they, own int
	}{{o.Boss, 0, 1}, {o.second, 1, 0}, {o.puppet, 0, 0}} {
		attention, err := o.Attention(ctx, c.who)
		require.NoError(t, err)
		require.Equal(t, []int{c.they, c.own}, []int{attention.Approvals, attention.OwnApprovals}, c.who.Name)
	}
}

func TestAnApprovalIsWholeOrNothing(t *testing.T) {
	for _, act := range grave {
		o := newDuo(t)
		require.ErrorIs(t, act.do(ctx, o.Desk, o.Boss, o), desk.ErrSecondPerson)
		r, err := o.Approval(ctx, o.second, o.asked(o.second).ID)
		require.NoError(t, err)
		for n := 1; ; n++ {
			before := o.Dump("counters")
			d, st := o.Faulty()
			st.FailAt(n, errDown)
			_, err := d.ApproveRequest(ctx, o.second, home, r.ID, r.Seen)
			if err == nil {
				break
			}
			require.ErrorIs(t, err, testoffice.ErrDown, act.name)
			require.True(t, before == o.Dump("counters"), "%s, call %d", act.name, n)
		}
	}
}

func TestARequestOfALostMasterSecretIsVoid(t *testing.T) {
	o := newDuo(t)
	require.ErrorIs(t, o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door"), desk.ErrSecondPerson)
	id := o.asked(o.Boss).ID
	token, err := o.Mem.FindToken(ctx, store.DigestOf("approval "+id), store.PurposeApproval)
	require.NoError(t, err)
	require.NotContains(t, string(token.Sealed), "quiet-side-door")
	token.Sealed = []byte("something else")
	require.NoError(t, o.Mem.Commit(ctx, store.ConsumeToken{Digest: token.Digest, Purpose: token.Purpose, Now: o.Now()}))
	token.Digest, token.Subject = store.DigestOf("approval other"), "other"
	o.Write(store.PutToken{Token: token})
	require.Empty(t, must(o.Approvals(ctx, o.second)), "only who asked sees it")
	r, err := o.Approval(ctx, o.Boss, "other")
	require.NoError(t, err)
	require.False(t, r.Void.IsZero())
	require.NoError(t, o.WithdrawRequest(ctx, o.Boss, home, "other"))
	o.Clock.Add(time.Hour)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
