package officetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Operator is someone with access to the office. Every field may be left out.
type Operator struct {
	// Name tells the operators of a test apart: a second [Office.SignIn] with the same name
	// is the same person in another browser. Default: the name of the member, or
	// "Operator 1" and so on.
	Name string
	// Email is their email address. Default: that of the member, or one made from Name at
	// example.org.
	Email string
	// MemberID is the member of the community who they are. If Config.Members is set, it
	// must have that member.
	MemberID string
	// Roles are ids of roles, such as backoffice.Moderator, the primary one first.
	Roles []string
	// Permissions are permissions that they have in addition, through a role of their own.
	Permissions []string
	// ID is set by SignIn.
	ID string
}

// people are the operators of a test.
type people struct {
	mu sync.Mutex
	// made are those that the test made, by ID, as it described them.
	made  map[string]Operator
	count int
}

// SignIn returns the browser of an operator who has just signed in with two factors: they need
// no step-up until the clock moves. It creates the operator, with [Password] and an authenticator
// app, unless there is one of that name. None of this is audited or emailed, no page is opened,
// and neither Config.Decide nor limits on sign-ins apply. The session is as real as any: a
// changed role, or a disabled operator, shows in the next request.
//
// The zero Operator may open pages that need a session but no permission.
func (o *Office) SignIn(t testing.TB, who Operator) *Browser {
	t.Helper()
	b := o.Browser(t)
	b.Operator = o.operator(t, who)
	b.enter()
	return b
}

// operator finds or makes an operator.
func (o *Office) operator(t testing.TB, who Operator) Operator {
	t.Helper()
	o.people.mu.Lock()
	defer o.people.mu.Unlock()
	o.checkRights(t, who)
	member := o.member(t, who.MemberID)
	switch found, err := o.find(who); {
	case err == nil:
		return o.same(t, who, found)
	case !errors.Is(err, store.ErrNotFound) && !errors.Is(err, desk.ErrNotFound):
		t.Fatalf("officetest: find operator: %v", err)
	}
	made := who
	if made.Name == "" {
		made.Name = member.Name
	}
	for made.Name == "" {
		o.people.count++
		name := fmt.Sprintf("Operator %d", o.people.count)
		if _, err := o.reach.Desk.FindOperator(t.Context(), desk.CommandLine(), name); err != nil {
			made.Name = name
		}
	}
	if strings.Contains(made.Name, "@") || desk.NameKey(made.Name) == "" {
		t.Fatalf("officetest: %q cannot be an operator's name: it needs a letter or digit, and no \"@\"", made.Name)
	}
	if made.Email == "" {
		made.Email = member.Email
	}
	if made.Email == "" {
		made.Email = mailbox(made.Name) + "@example.org"
	}
	made.ID = o.make(t, made, member)
	if o.people.made == nil {
		o.people.made = map[string]Operator{}
	}
	o.people.made[made.ID] = who
	return made
}

// checkRights ends the test if a role or permission does not exist, and says which do.
func (o *Office) checkRights(t testing.TB, who Operator) {
	t.Helper()
	if len(who.Roles) > 0 {
		all, err := o.reach.Desk.AllRoles(t.Context())
		if err != nil {
			t.Fatalf("officetest: %v", err)
		}
		var ids []string
		for _, r := range all {
			ids = append(ids, r.ID)
		}
		for _, id := range who.Roles {
			if !slices.Contains(ids, id) {
				t.Fatalf("officetest: there is no role with the id %q; there are %s", id, list(ids))
			}
		}
	}
	for _, key := range who.Permissions {
		if !o.reach.Desk.HasPermission(key) {
			var keys []string
			for _, p := range o.reach.Desk.Permissions() {
				keys = append(keys, p.Key)
			}
			t.Fatalf("officetest: the permission %q is not declared in Config.Permissions, so nobody can have it; there are %s", key, list(keys))
		}
	}
}

func (o *Office) member(t testing.TB, id string) desk.Member {
	t.Helper()
	if id == "" || o.reach.Desk.Members == nil {
		return desk.Member{}
	}
	m, err := o.reach.Desk.Members.FindMember(t.Context(), id)
	if err != nil {
		t.Fatalf("officetest: Config.Members has no member %q who may sign in: %v", id, err)
	}
	return m
}

func (o *Office) find(who Operator) (store.Operator, error) {
	switch {
	case who.Name != "":
		return o.reach.Desk.FindOperator(context.WithoutCancel(o.t.Context()), desk.CommandLine(), who.Name)
	case who.MemberID != "":
		return o.reach.Desk.Store.FindOperatorByMember(context.WithoutCancel(o.t.Context()), who.MemberID)
	}
	return store.Operator{}, store.ErrNotFound
}

// same is an operator who exists already, and must be as described.
func (o *Office) same(t testing.TB, who Operator, found store.Operator) Operator {
	t.Helper()
	is := Operator{ID: found.ID, Name: found.Name, Email: found.Email, MemberID: found.MemberID, Roles: found.AllRoles()}
	if made, ours := o.people.made[found.ID]; ours {
		is.Permissions = made.Permissions
		if slices.Equal(who.Roles, made.Roles) {
			who.Roles = nil // they may have been changed since
		}
	}
	differ := func(what string, has, want any) {
		t.Helper()
		t.Fatalf("officetest: there is an operator %q already, whose %s is %v and not %v: give the second operator another Name, or sign in the first by Name alone", is.Name, what, has, want)
	}
	switch {
	case who.Email != "" && !strings.EqualFold(who.Email, is.Email):
		differ("email address", is.Email, who.Email)
	case who.MemberID != "" && who.MemberID != is.MemberID:
		differ("MemberID", is.MemberID, who.MemberID)
	case len(who.Roles) > 0 && !slices.Equal(who.Roles, is.Roles):
		differ("list of roles", list(is.Roles), list(who.Roles))
	case len(who.Permissions) > 0 && !slices.Equal(who.Permissions, is.Permissions):
		differ("list of permissions", list(is.Permissions), list(who.Permissions))
	case found.State != store.OperatorActive:
		t.Fatalf("officetest: %q cannot sign in: the operator is %s", is.Name, found.State)
	case len(is.Roles) == 0:
		t.Fatalf("officetest: %q cannot sign in: the operator has no role any more", is.Name)
	}
	if factors, err := o.reach.Desk.Store.ListFactors(t.Context(), is.ID); err != nil || len(factors) == 0 {
		o.commit(t, o.app(is.ID))
	}
	return is
}

// passwordHash is the one of Password, so that making an operator costs no hash.
const passwordHash = "$argon2id$v=19$m=8,t=1,p=1$Z7aMQ1cHIY24/cJXnxm8OA$NwC7UfbdCyE9SiDfFtSIAlDu5aXG6+Of6nfOabN31sA"

// make stores an operator with their rights and their authenticator app.
func (o *Office) make(t testing.TB, who Operator, member desk.Member) string {
	t.Helper()
	var writes []store.Write
	roles := slices.Clone(who.Roles)
	if len(who.Permissions) > 0 || len(roles) == 0 {
		permissions := slices.Compact(slices.Sorted(slices.Values(who.Permissions)))
		role := store.Role{ID: vault.ID(), Name: "Role of " + who.Name, Permissions: permissions, CreatedAt: o.Now(), UpdatedAt: o.Now()}
		role.NameKey = desk.NameKey(role.Name)
		writes, roles = append(writes, store.PutRole{Role: role}), append(roles, role.ID)
	}
	op := store.Operator{
		ID: vault.ID(), Name: who.Name, Email: who.Email, MemberID: who.MemberID, State: store.OperatorActive,
		PrimaryRole: roles[0], Roles: slices.Compact(slices.Sorted(slices.Values(roles[1:]))), CreatedAt: o.Now(), UpdatedAt: o.Now(),
	}
	if !o.reach.Desk.PasswordElsewhere(op) {
		op.Password, op.PasswordSetAt = passwordHash, o.Now()
	}
	if who.MemberID != "" {
		op.MemberName, op.MemberEmail, op.RefreshedAt = member.Name, member.Email, o.Now()
	}
	desk.Keyed(&op)
	err := o.reach.Desk.Store.Commit(context.WithoutCancel(t.Context()), append(writes, store.PutOperator{Operator: op}, o.app(op.ID))...)
	switch {
	case errors.Is(err, store.ErrEmailTaken):
		t.Fatalf("officetest: another operator has the email address %s of %q", who.Email, who.Name)
	case errors.Is(err, store.ErrMemberTaken):
		t.Fatalf("officetest: another operator is the member %q that %q is to be", who.MemberID, who.Name)
	case err != nil:
		t.Fatalf("officetest: store the operator %q: %v", who.Name, err)
	}
	return op.ID
}

// app is a new authenticator app of an operator.
func (o *Office) app(operatorID string) store.Write {
	f := store.Factor{ID: vault.ID(), OperatorID: operatorID, Kind: store.FactorTOTP, Label: "Authenticator app", CreatedAt: o.Now(), ConfirmedAt: o.Now()}
	f.Secret = o.reach.Desk.Vault.Seal(vault.FactorSecrets, desk.FactorPlace(operatorID, f.ID), vault.Random(20))
	return store.PutFactor{Factor: f}
}

func (o *Office) commit(t testing.TB, writes ...store.Write) {
	t.Helper()
	if err := o.reach.Desk.Store.Commit(context.WithoutCancel(t.Context()), writes...); err != nil {
		t.Fatalf("officetest: store: %v", err)
	}
}

// mailbox makes the first part of an email address of a name.
func mailbox(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ' && b.Len() > 0:
			b.WriteByte('-')
		}
	}
	if text := strings.Trim(b.String(), "-"); text != "" {
		return text
	}
	return strings.ToLower(vault.ID())
}

// list is a list for people.
func list(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
