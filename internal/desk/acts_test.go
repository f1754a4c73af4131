package desk_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// world is an office in which every service has something to act on.
type world struct {
	*office
	target, invited, disabled store.Operator
	role, failed              string
	revision                  int64
}

func newWorld(t *testing.T, of act) *world { return newWorldWith(t, of, func(*desk.Config) {}) }

func newWorldWith(t *testing.T, of act, change func(*desk.Config)) *world {
	o := staffed(t, func(c *desk.Config) { c.Members = testoffice.NewDirectory("Mia") }, change)
	w := &world{office: o}
	o.Rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on"})
	w.target = o.Person("Target", desk.RoleModerator)
	w.target.LockedUntil = o.Now()
	w.disabled = o.Person("Disabled", desk.RoleModerator)
	w.disabled.State = store.OperatorDisabled
	w.disabled = o.Put(w.disabled)
	w.invited, _ = o.Must(o.Invite(ctx, desk.CommandLine(), home, desk.InviteForm{Email: "ivan@example.org", Roles: []string{desk.RoleModerator}}))
	w.role = o.CustomRole("Viewers", desk.PermissionOperatorsView)
	o.Sent.Refuse(&mail.DeliveryError{Permanent: true, Reply: "550 no"})
	require.NoError(t, o.TestMail(ctx, o.Boss, home))
	o.Delivered()
	o.Sent.Refuse(nil)
	list, err := o.Mails(ctx, o.Boss, store.MailQuery{State: store.MailFailed, Kind: "test-message"})
	require.NoError(t, err)
	w.failed = list.Rows[0].ID
	if of.prepare != nil {
		of.prepare(w)
	}
	w.revision = o.State().Stored.Revision
	return w
}

// act is one service that changes something. It returns what it hands out.
type act struct {
	name, permission string
	// unproved says that it asks for no proof.
	unproved bool
	prepare  func(w *world)
	do       func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error)
}

// manage is an act that takes the right to manage operators, and hands out
// nothing.
func manage(name string, do func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error) act {
	return silent(name, desk.PermissionOperatorsManage, do)
}

func silent(name, permission string, do func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error) act {
	return act{name: name, permission: permission, do: func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error) {
		return "", do(ctx, d, a, w)
	}}
}

func handing(name, permission string, do func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error)) act {
	return act{name: name, permission: permission, do: do}
}

// acts are all services that change something.
var acts = []act{
	handing("invite", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
		op, link, err := d.Invite(ctx, a, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleModerator}})
		return op.ID + link, err
	}),
	handing("send an invitation again", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error) {
		return d.ResendInvitation(ctx, a, home, w.invited.ID)
	}),
	manage("cancel an invitation", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.CancelInvitation(ctx, a, home, w.invited.ID)
	}),
	handing("grant", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
		op, err := d.Grant(ctx, a, home, "m-mia", []string{desk.RoleModerator})
		return op.ID, err
	}),
	manage("change roles", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.ChangeRoles(ctx, a, home, w.target.ID, desk.RolesForm{Version: w.target.Version, Roles: []string{desk.RoleModerator}})
	}),
	manage("rename", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.RenameOperator(ctx, a, home, w.target.ID, w.target.Version, "Other name")
	}),
	manage("give another e-mail", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.ChangeEmail(ctx, a, home, w.target.ID, w.target.Version, "other@example.org")
	}),
	manage("disable", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Disable(ctx, a, home, w.target.ID, "left")
	}),
	manage("enable", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Enable(ctx, a, home, w.disabled.ID)
	}),
	manage("delete", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Delete(ctx, a, home, w.target.ID, "left")
	}),
	manage("end sessions", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.EndSessions(ctx, a, home, w.target.ID, "all")
	}),
	{name: "unlink a company account", permission: desk.PermissionOperatorsManage,
		prepare: func(w *world) {
			w.Change(w.target.ID, func(op *store.Operator) { op.Subject, op.SubjectName = "subject", "target@company.example" })
			w.target = w.Find(w.target.ID)
		},
		do: func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error) {
			return "", d.UnlinkOperator(ctx, a, home, w.target.ID)
		}},
	manage("unlock", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Unlock(ctx, a, home, w.target.ID)
	}),
	manage("send a reset mail", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.SendReset(ctx, a, home, w.target.ID)
	}),
	handing("make a password link", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error) {
		link, _, err := d.PasswordLink(ctx, a, home, w.target.ID)
		return link, err
	}),
	handing("give a temporary password", desk.PermissionOperatorsManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) (string, error) {
		plain, _, err := d.TemporaryPassword(ctx, a, home, w.target.ID)
		return plain, err
	}),
	manage("require a new password", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.RequireNewPassword(ctx, a, home, w.target.ID, "seen on a note")
	}),
	silent("reset two-factor", desk.PermissionTwoFactorReset, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.ResetTwoFactor(ctx, a, home, w.target.ID, "phone lost")
	}),
	handing("create a role", desk.PermissionRolesManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
		return d.CreateRole(ctx, a, home, desk.RoleForm{Name: "Readers", Permissions: []string{desk.PermissionOperatorsView}})
	}),
	silent("change a role", desk.PermissionRolesManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.UpdateRole(ctx, a, home, w.role, desk.RoleForm{Version: 1, Name: "Helpers", Permissions: []string{desk.PermissionOperatorsView}})
	}),
	silent("delete a role", desk.PermissionRolesManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.DeleteRole(ctx, a, home, w.role, 1, desk.RoleModerator)
	}),
	silent("save parameters", desk.PermissionParametersManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		_, err := d.SaveParameters(ctx, a, home, desk.ParametersForm{Revision: w.revision, Values: map[string]string{"session.idle": "50m"}})
		return err
	}),
	silent("sign everyone out", desk.PermissionParametersManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) error {
		return d.EndAllSessions(ctx, a, home, "cookies were stolen")
	}),
	silent("change the address", desk.PermissionParametersManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) error {
		return d.ChangeAlias(ctx, a, home, "quiet-side-door")
	}),
	handing("give a random address", desk.PermissionParametersManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
		return d.RotateAlias(ctx, a, home)
	}),
	{name: "confirm the address", permission: desk.PermissionParametersManage, unproved: true,
		prepare: func(w *world) { require.NoError(w.T, w.ChangeAlias(ctx, w.Boss, home, "quiet-side-door")) },
		do: func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
			return "", d.ConfirmAlias(ctx, a, home)
		}},
	{name: "take the new address back", permission: desk.PermissionParametersManage,
		prepare: func(w *world) { require.NoError(w.T, w.ChangeAlias(ctx, w.Boss, home, "quiet-side-door")) },
		do: func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) (string, error) {
			return "", d.RevertAlias(ctx, a, home)
		}},
	silent("send a test mail", desk.PermissionParametersManage, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) error {
		return d.TestMail(ctx, a, home)
	}),
	manage("write to an operator", func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.Send(ctx, a, home, w.target.ID, desk.Message{Subject: "12 posts wait", Paragraphs: []string{"Since yesterday."}})
	}),
	silent("send a failed mail again", desk.PermissionMailView, func(ctx context.Context, d *desk.Desk, a desk.Actor, w *world) error {
		return d.ResendMail(ctx, a, home, w.failed)
	}),
	silent("export the audit", desk.PermissionAuditView, func(ctx context.Context, d *desk.Desk, a desk.Actor, _ *world) error {
		return d.ExportAudit(ctx, a, home, store.EventQuery{}, "", func(store.Event) error { return nil })
	}),
}

// noActs are services that somebody acts by and that are tested elsewhere.
var noActs = map[string]string{
	"Bulk": "it does acts, one after another; see several_test.go", "InviteSeveral": "it does acts, one after another; see several_test.go",
	"GrantAs":       "Grant is the same with a derived name",
	"VerifyAudit":   "it reads, and writes down that it did: see reads and TestACheckOfTheAuditIsAuditedWithWhatItFound",
	"TestMailTo":    "nobody but the command line may",
	"Reseal":        "nobody but the command line may: see keys_test.go",
	"AcceptAudit":   "nobody but the command line may: see audit_accept_test.go",
	"RecordAct":     "the host's own: see host_acts_test.go",
	"AuditAct":      "the host's own: see host_acts_test.go",
	"EndUnreadable": "nobody but the command line may: see keys_test.go",
}

func TestEveryServiceThatSomebodyActsByIsAnAct(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "acts_test.go", nil, 0)
	require.NoError(t, err)
	done := map[string]bool{}
	ast.Inspect(file.Scope.Lookup("acts").Decl.(ast.Node), func(n ast.Node) bool {
		if call, ok := n.(*ast.SelectorExpr); ok {
			if on, ok := call.X.(*ast.Ident); ok && on.Name == "d" {
				done[call.Sel.Name] = true
			}
		}
		return true
	})
	takes := []reflect.Type{reflect.TypeFor[context.Context](), reflect.TypeFor[desk.Actor](), reflect.TypeFor[desk.Visit]()}
	services := reflect.TypeFor[*desk.Desk]()
	for m := range services.Methods() {
		if in := m.Type; in.NumIn() < 4 || in.In(1) != takes[0] || in.In(2) != takes[1] || in.In(3) != takes[2] {
			continue
		}
		if noActs[m.Name] == "" {
			assert.True(t, done[m.Name], "%s is not in acts: add it to acts_test.go, and what it leaves to acts_trail_test.go", m.Name)
		} else {
			assert.False(t, done[m.Name], "%s is in acts and in noActs", m.Name)
		}
	}
	for name := range noActs {
		_, ok := services.MethodByName(name)
		assert.True(t, ok, "%s is in noActs, and no service", name)
	}
}
