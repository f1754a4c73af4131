package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// What follows is written by replicas of a newer version, next to which this one runs: what it
// does not know it keeps, or leaves alone.

func TestParametersOfANewerVersionAreKept(t *testing.T) {
	o := staffed(t)
	p, err := o.Under.LoadParameters(ctx)
	require.NoError(t, err)
	p.Values["tomorrow.limit"], p.Setup = "7", map[string]string{"tomorrow": "2026-03-02T12:00:00Z"}
	require.NoError(t, o.Under.Commit(ctx, store.PutParameters{Parameters: p}))
	_, err = o.Reload(ctx)
	require.NoError(t, err)
	o.Boss = o.Actor(o.Find(o.Boss.ID))

	_, err = o.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: o.State().Stored.Revision, Values: map[string]string{"session.idle": "20m"}})
	require.NoError(t, err)
	require.NoError(t, o.ChangeAlias(ctx, o.Actor(o.Find(o.Boss.ID)), home, "quiet-side-door"))
	now, err := o.Under.LoadParameters(ctx)
	require.NoError(t, err)
	require.Equal(t, "7", now.Values["tomorrow.limit"])
	require.Equal(t, "20m", now.Values["session.idle"])
	require.Contains(t, now.Setup, "tomorrow")
}

func TestPermissionsOfANewerVersionStayInARole(t *testing.T) {
	o := staffed(t)
	id := o.CustomRole("Readers", "analytics.view")
	role, err := o.Under.FindRole(ctx, id)
	require.NoError(t, err)
	role.Permissions = append(role.Permissions, "tomorrow.view")
	require.NoError(t, o.Under.Commit(ctx, store.PutRole{Role: role}))
	f := desk.RoleForm{Version: 2, Name: "Readers", Permissions: []string{"posts.delete"}}

	diff, err := o.PreviewRole(ctx, o.Boss, id, f)
	require.NoError(t, err)
	require.Len(t, diff.Removed, 1, "it is not said to be removed")
	require.NoError(t, o.UpdateRole(ctx, o.Boss, home, id, f))
	role, err = o.Under.FindRole(ctx, id)
	require.NoError(t, err)
	require.Equal(t, []string{"posts.delete", "tomorrow.view"}, role.Permissions)
	require.False(t, o.Entered(o.Person("Grace", id)).Can("tomorrow.view"), "it opens nothing here")

	f.Version, f.Permissions = 3, []string{"tomorrow.view"}
	require.Error(t, o.UpdateRole(ctx, o.Boss, home, id, f), "nor can anyone give it here")
}

func TestARoleOfANewerVersionAllowsNothingAndIsOutOfReach(t *testing.T) {
	o := staffed(t)
	auditor := o.Add(store.Operator{PrimaryRole: "tomorrows-auditor"}, "Audrey")
	auditor.PrimaryRole = "tomorrows-auditor"
	auditor = o.Put(auditor)
	both := o.Person("Bo", desk.RoleModerator, "tomorrows-auditor")
	require.False(t, o.Entered(both).Can(desk.PermissionAuditView))
	admin := o.Actor(o.Person("Adam", desk.RoleAdministrator))
	for _, target := range []store.Operator{auditor, both} {
		require.ErrorIs(t, o.Disable(ctx, admin, home, target.ID, "left"), desk.ErrForbidden, "the role may allow more than administrators may")
		shown, err := o.Operator(ctx, admin, target.ID)
		require.NoError(t, err)
		require.False(t, shown.Within)
	}
	require.NoError(t, o.RenameOperator(ctx, o.Boss, home, both.ID, both.Version, "Bodil"))
	require.Equal(t, []string{"tomorrows-auditor"}, o.Find(both.ID).Roles, "kept by changes of other things")
	require.NoError(t, o.Disable(ctx, o.Boss, home, both.ID, "left"), "super-administrators hold everything")
}

func TestAStateOfANewerVersionLetsNobodyIn(t *testing.T) {
	o := staffed(t)
	ada := o.Person("Ada", desk.RoleModerator)
	token := o.Enter("Ada")
	ada.State = "suspended"
	ada = o.Put(ada)
	require.False(t, o.Alive(token))
	_, err := o.Login("Ada", good)
	require.ErrorIs(t, err, desk.ErrCredentials)
	require.NoError(t, o.RequestReset(ctx, home, ada.Email))
	require.NotContains(t, fmt.Sprint(o.Delivered().To(ada.Email)), "reset#")
}

func TestAFactorOfANewerVersionIsAskedForAndCannotBeSkipped(t *testing.T) {
	o := staffed(t)
	ada := o.Person("Ada", desk.RoleModerator)
	require.NoError(t, o.Under.Commit(ctx, store.PutFactor{Factor: store.Factor{ID: "voice", OperatorID: ada.ID, Kind: "voice", Secret: []byte("ciphertext"), CreatedAt: o.Now(), ConfirmedAt: o.Now()}}))
	passed, err := o.Login("Ada", good)
	require.NoError(t, err)
	require.False(t, passed.SignedIn, "the password alone is not enough")
	for _, code := range []string{"000000", "AAAA-AAAA-AAAA-AAAA"} {
		_, err = o.SubmitCode(ctx, home, passed.Token, code)
		require.Error(t, err)
	}
	_, err = o.BeginSignInEnrolment(ctx, passed.Token)
	require.Error(t, err, "nor can another be added first")

	o.Rules(map[string]string{"two_factor.who": "everyone"})
	ben, in := o.Enrolled("Ben", desk.RoleModerator)
	factors, err := o.Under.ListFactors(ctx, ben.ID)
	require.NoError(t, err)
	require.NoError(t, o.Under.Commit(ctx, store.PutFactor{Factor: store.Factor{ID: "voices", OperatorID: ben.ID, Kind: "voice", Secret: []byte("ciphertext"), CreatedAt: o.Now(), ConfirmedAt: o.Now()}},
		store.RemoveFactors{OperatorID: ben.ID, ID: factors[0].ID}))
	_, err = o.SubmitCode(ctx, home, o.Begun("Ben"), in.Codes[0])
	require.NoError(t, err, "recovery codes still work")
}

func TestASessionProvedInANewerWayIsNoPasskey(t *testing.T) {
	o := staffed(t)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	ada := o.Person("Ada", desk.RoleModerator)
	o.Enter("Ada")
	all, err := o.Under.ListSessions(ctx, ada.ID)
	require.NoError(t, err)
	require.Len(t, all, 1)
	for _, method := range []desk.Method{"retina", ""} {
		s := all[0]
		s.Digest, s.ID, s.Method = store.DigestOf("new"+string(method)), "new"+string(method), string(method)
		require.NoError(t, o.Under.Commit(ctx, store.PutSession{Session: s}))
	}
	shown, err := o.Sessions(ctx, o.Identity("new"))
	require.NoError(t, err, "the lists show it")
	require.Len(t, shown, 3)
}

func TestEmailsOfANewerVersionAreSentAndThoseItSealsOtherwiseAreLeftToIt(t *testing.T) {
	o := staffed(t)
	put := func(id string, sealed []byte) {
		t.Helper()
		require.NoError(t, o.Under.Commit(ctx, store.EnqueueMail{Mail: store.Mail{
			ID: id, Kind: "tomorrows-news", To: "ada@example.org", Subject: "News", Body: sealed, State: store.MailQueued, NextAttemptAt: o.Now(), CreatedAt: o.Now(),
		}}))
	}
	sealed := o.Vault.Seal(vault.MailBodies, "mails/body/known", []byte(`{"Text": "News", "tomorrow": {"a": [1]}}`))
	put("known", sealed)
	_, err := o.Deliver(ctx)
	require.NoError(t, err)
	known, err := o.Under.FindMail(ctx, "known")
	require.NoError(t, err)
	require.Equal(t, store.MailSent, known.State, known.Reply)

	put("newer", append([]byte{2}, sealed[1:]...))
	for range 20 { // more often than an email is tried
		_, err = o.Deliver(ctx)
		require.NoError(t, err)
		o.Clock.Add(time.Minute)
	}
	newer, err := o.Under.FindMail(ctx, "newer")
	require.NoError(t, err)
	require.Equal(t, store.MailQueued, newer.State, newer.Reply)
	require.Zero(t, newer.Attempts)
}

func TestARequestForAnActOfANewerVersionWaitsForIt(t *testing.T) {
	o := newDuo(t)
	const id = "tomorrow"
	sealed := o.Vault.Seal(vault.Approvals, "tokens/approval/"+id, []byte(`{"Act": "launch", "ID": "rocket", "Name": "Rocket"}`))
	require.NoError(t, o.Under.Commit(ctx, store.PutToken{Token: store.Token{
		Digest: store.DigestOf("approval " + id), Purpose: store.PurposeApproval, Subject: id, CreatedBy: o.Boss.ID, Home: "approval", Sealed: sealed, CreatedAt: o.Now(), ExpiresAt: o.Now().Add(time.Hour),
	}}))
	_, err := o.Approval(ctx, o.second, id)
	require.ErrorIs(t, err, store.ErrIncompatible)
	require.ErrorContains(t, err, "decide there")
	all, err := o.Approvals(ctx, o.second)
	require.NoError(t, err, "the list shows it")
	require.Len(t, all, 1)
	require.NoError(t, o.ExpireRequests(ctx))
	waits, err := o.Under.FindToken(ctx, store.DigestOf("approval "+id), store.PurposeApproval)
	require.NoError(t, err)
	require.True(t, waits.UsedAt.IsZero(), "it waits for the newer version")
}

func TestEventsOfANewerVersionAreShownAndVerified(t *testing.T) {
	o := staffed(t)
	o.sealAs(t, store.Event{ID: "new", At: o.Now(), Code: "tomorrow.happened", Outcome: "deferred", TargetKind: "planet", TargetID: "mars", Detail: map[string]string{"colour": "red"}}, nil)
	o.fill(3)
	found, err := o.VerifyAudit(ctx, o.Boss, home, "")
	require.NoError(t, err)
	require.Zero(t, found.Broken, found.Problem)
	page, err := o.Under.ListEvents(ctx, store.EventQuery{Code: "tomorrow.happened"})
	require.NoError(t, err)
	require.Len(t, page.Rows, 1)
}

func TestASealOfANewerVersionIsKeptOrLeftAlone(t *testing.T) {
	o := staffed(t)
	o.sealAs(t, store.Event{ID: "new", At: o.Now(), Code: "tomorrow.happened", Outcome: "success"}, func(text map[string]any) { text["tomorrow"] = []int{1, 2} })
	o.fill(2)
	require.Contains(t, string(o.ends().Seal), `"tomorrow":[1,2]`, "entries of this version keep what they do not know")
	found, err := o.VerifyAudit(ctx, o.Boss, home, "")
	require.NoError(t, err)
	require.Zero(t, found.Broken, found.Problem)

	o.sealAs(t, store.Event{ID: "newer", At: o.Now(), Code: "tomorrow.happened", Outcome: "success"}, func(text map[string]any) { text["v"] = 2 })
	sealed := o.ends()
	require.ErrorIs(t, o.Disable(ctx, o.Boss, home, o.Person("Ada", desk.RoleModerator).ID, "left"), store.ErrIncompatible)
	_, err = o.VerifyAudit(ctx, o.Boss, home, "")
	require.ErrorIs(t, err, store.ErrIncompatible)
	require.ErrorIs(t, o.PurgeAt(ctx, o.Now().Add(3*365*24*time.Hour)), store.ErrIncompatible)
	require.Equal(t, sealed, o.ends(), "it is not said to be broken")

	tampered := sealed
	tampered.Seal = []byte(strings.Replace(string(sealed.Seal), `"v":2`, `"v":3`, 1))
	require.NotEqual(t, sealed.Seal, tampered.Seal)
	d := o.Over(endsAt{o.Under, tampered})
	found, err = d.VerifyAudit(ctx, o.Boss, home, "")
	require.NoError(t, err)
	require.NotZero(t, found.Broken, "only those who have the master secret can say that it is newer")
}

// endsAt is a store in which someone changed the ends of the audit log, and that keeps nothing.
type endsAt struct {
	store.Store
	ends store.AuditEnds
}

func (s endsAt) AuditEnds(context.Context) (store.AuditEnds, error) { return s.ends, nil }
func (s endsAt) Commit(context.Context, ...store.Write) error       { return nil }

// sealAs appends an event as a newer version does, which changes the text of the seal.
func (o *office) sealAs(t *testing.T, e store.Event, change func(map[string]any)) {
	t.Helper()
	require.NoError(t, o.Under.Commit(ctx, store.AppendEvent{Event: e, MAC: func(before store.AuditEnds, e store.Event) (mac, seal []byte, err error) {
		plain := e
		plain.MAC, plain.At = nil, store.Time(e.At)
		text, err := json.Marshal(plain)
		require.NoError(t, err)
		mac = o.Vault.MACBy(0, vault.AuditChain, string(before.LastMAC), string(text))
		var fields map[string]any
		require.NoError(t, json.Unmarshal(before.Seal[32:], &fields))
		if change != nil {
			change(fields)
		}
		sealed, err := json.Marshal(fields)
		require.NoError(t, err)
		by := o.Vault.MACBy(0, vault.AuditSeals, string(sealed), fmt.Sprint(e.Seq), string(mac), fmt.Sprint(before.PurgedSeq), string(before.PurgedMAC))
		return mac, append(by, sealed...), nil
	}}))
}
