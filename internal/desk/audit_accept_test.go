package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// verify is a check of the audit log, as the command line makes it.
func (o *office) verify() desk.Verdict {
	o.T.Helper()
	v, err := o.VerifyAudit(ctx, desk.CommandLine(), home, "")
	require.NoError(o.T, err)
	o.Clock.Add(time.Minute) // a check is costly, and bounded
	return v
}

// forge appends an entry past the office.
func (o *office) forge() {
	o.Write(store.AppendEvent{Event: store.Event{ID: "forged", Code: "signin.succeeded", At: o.Now(), MAC: []byte("guess")}})
}

func TestABrokenLogStaysBrokenUntilItIsAccepted(t *testing.T) {
	var w testoffice.Witness
	o := staffed(t, func(c *desk.Config) { c.Witness = &w })
	require.Zero(t, o.verify().Broken)
	o.forge()
	o.fill(1)
	require.Equal(t, []string{"audit_broken"}, codes(o.Health(ctx, false))[1:])
	require.Contains(t, o.Log.String(), "the audit log was changed outside the office")
	o.fill(3)
	for range 2 {
		require.NotZero(t, o.verify().Broken)
		o.Desk = o.Another() // a restart forgets nothing
	}
	o.Clock.Add(400 * 24 * time.Hour)
	require.ErrorContains(t, o.PurgeAt(ctx, o.Now()), "nothing is deleted")
	require.Zero(t, o.ends().PurgedSeq)

	require.ErrorIs(t, o.AcceptAudit(ctx, o.Boss, home, "looked into"), desk.ErrForbidden)
	require.NoError(t, o.AcceptAudit(ctx, desk.CommandLine(), home, "looked into"))
	accepted := o.Last()
	require.Equal(t, "audit.accepted", accepted.Code)
	require.Equal(t, "looked into", accepted.Reason)
	require.Equal(t, o.markAt(accepted.Seq), w.Marks()[len(w.Marks())-1], "the witness goes on from there")
	require.NotContains(t, codes(o.Health(ctx, false)), "audit_broken")
	o.fill(2)
	v := o.verify()
	require.Zero(t, v.Broken, v.Problem)
	require.Equal(t, []int64{accepted.Seq, accepted.Seq}, []int64{v.From, v.Accepted})

	// What was accepted goes once the entry that says so may.
	o.Clock.Add(364 * 24 * time.Hour)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	require.Zero(t, o.ends().PurgedSeq)
	o.Clock.Add(2 * 24 * time.Hour)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	require.GreaterOrEqual(t, o.ends().PurgedSeq, accepted.Seq)
	v = o.verify()
	require.Zero(t, v.Broken, v.Problem)
	require.Zero(t, v.Accepted)
}

func TestTheOfficeGoesOnWithANewSecretAfterALoss(t *testing.T) {
	o := staffed(t)
	o.rotate(1)
	o.fill(1)
	require.NotZero(t, o.verify().Broken)
	require.NoError(t, o.AcceptAudit(ctx, desk.CommandLine(), home, "the secret is lost"))
	require.Zero(t, o.verify().Broken)
}

func TestSecretsOfTheChainOnlyMoveForward(t *testing.T) {
	o := staffed(t)
	o.fill(2)
	o.rotate(1, 0)
	o.fill(1)
	// A replica that was not restarted yet follows, or says what it needs.
	o.rotate(0, 1)
	o.fill(1)
	require.Zero(t, o.verify().Broken)
	o.rotate(0)
	w := o.Audit(home, "mail.tested", desk.Success).Write()
	require.ErrorContains(t, o.Commit(ctx, w), "add it to OldSecrets")
	_, err := o.VerifyAudit(ctx, desk.CommandLine(), home, "")
	require.ErrorContains(t, err, "add it to OldSecrets")
	o.rotate(0, 1)
	require.Zero(t, o.verify().Broken)
}

// TestNobodyStopsTheOfficeWithASecretThatTheyMadeUp has someone who can write to the
// database pretend that the master secret was replaced, so that the office would wait
// for the new one.
func TestNobodyStopsTheOfficeWithASecretThatTheyMadeUp(t *testing.T) {
	o := staffed(t)
	o.appendBy(7, 0, 7)
	o.fill(1)
	require.NotZero(t, o.verify().Broken)
}

// sealBy is a seal of the ends by someone who has a master secret, as the office makes it.
func (o *office) sealBy(secret int, ends store.AuditEnds, keys ...int) []byte {
	id := func(n int) (*vault.Vault, string) {
		v, err := vault.New([][]byte{secretOf(n)})
		require.NoError(o.T, err)
		return v, v.KeyIDs()[0]
	}
	var list []map[string]any
	for _, n := range keys {
		_, key := id(n)
		list = append(list, map[string]any{"id": key, "since": o.Now()})
	}
	text, err := json.Marshal(map[string]any{"v": 1, "keys": list})
	require.NoError(o.T, err)
	v, _ := id(secret)
	mac := v.MAC(vault.AuditSeals, string(text), fmt.Sprint(ends.LastSeq), string(ends.LastMAC), fmt.Sprint(ends.PurgedSeq), string(ends.PurgedMAC))
	return append(mac, text...)
}

// appendBy appends an entry by someone who has a master secret and the database.
func (o *office) appendBy(secret int, keys ...int) {
	v, err := vault.New([][]byte{secretOf(secret)})
	require.NoError(o.T, err)
	o.Write(store.AppendEvent{Event: store.Event{ID: "forged", Code: "mail.tested", Outcome: desk.Success, At: o.Now()},
		MAC: func(before store.AuditEnds, e store.Event) (mac, seal []byte, err error) {
			e.MAC, e.Detail = nil, nil
			text, err := json.Marshal(e)
			require.NoError(o.T, err)
			mac = v.MAC(vault.AuditChain, string(before.LastMAC), string(text))
			before.LastSeq, before.LastMAC = e.Seq, mac
			return mac, o.sealBy(secret, before, keys...), nil
		}})
}

func TestAReplacedSecretIsOfNoUse(t *testing.T) {
	for name, c := range map[string]struct {
		secret int
		keys   []int
		intact bool
	}{
		"the one in use, which proves the forger of this test": {1, []int{0, 1}, true},
		"the replaced one, with the order as it is":            {0, []int{0, 1}, false},
		"the replaced one, as if there were no other":          {0, []int{0}, false},
		"the replaced one, as if it came last":                 {0, []int{1, 0}, false},
	} {
		for _, remembers := range []bool{true, false} {
			o := staffed(t)
			o.fill(2)
			o.rotate(1, 0)
			o.fill(2)
			o.appendBy(c.secret, c.keys...)
			if !remembers {
				o.rotate(1, 0)
			}
			require.Equal(t, c.intact, o.verify().Broken == 0, name)
			o.fill(1)
			require.Equal(t, c.intact, o.verify().Broken == 0, "%s: later", name)
		}
	}
}

// TestALogThatTheNewSecretWasNeverUsedForIsNoticed gives a process a log that someone
// with the replaced secret made, as if the new one had never been used.
func TestALogThatTheNewSecretWasNeverUsedForIsNoticed(t *testing.T) {
	longer := staffed(t)
	longer.fill(20)
	o := staffed(t)
	o.rotate(1, 0)
	st := &swapped{Store: o.Under}
	d := o.Over(st)
	write := func() { require.NoError(t, d.Commit(ctx, d.Audit(home, "mail.tested", desk.Success).Write())) }
	write()
	st.Store = longer.Under
	write()
	require.True(t, d.AuditBroken())
	v, err := o.Over(longer.Under).VerifyAudit(ctx, desk.CommandLine(), home, "")
	require.NoError(t, err)
	require.NotZero(t, v.Broken, "also after a restart")
}

func TestNothingIsDeletedFromALogWhoseEndsWereChanged(t *testing.T) {
	o := staffed(t)
	o.fill(5)
	// An entry that follows ends without a seal, and everything after it, holds in itself.
	require.NoError(t, o.Under.Commit(ctx, store.AppendEvent{Event: store.Event{ID: "forged", Code: "mail.tested", At: o.Now()},
		MAC: func(before store.AuditEnds, e store.Event) (mac, seal []byte, err error) {
			return o.Audit(home, "mail.tested", desk.Success).Write().MAC(store.AuditEnds{LastSeq: before.LastSeq, LastMAC: before.LastMAC}, e)
		}}))
	o.Clock.Add(400 * day)
	require.NotZero(t, o.verify().Broken)
	require.ErrorContains(t, o.PurgeAt(ctx, o.Now()), "nothing is deleted")
	require.Zero(t, o.ends().PurgedSeq)
}

func TestToAcceptTheLogDoesNotShortenHowLongItIsKept(t *testing.T) {
	for name, breaks := range map[string]bool{"as it was saved": false, "as by default, if nobody knows": true} {
		o := staffed(t)
		o.fill(3)
		o.Rules(map[string]string{"two_factor.who": "recommended", "audit.keep": "90d"}) // past the office
		if breaks {
			o.forge()
			o.fill(1)
		}
		require.NoError(t, o.AcceptAudit(ctx, desk.CommandLine(), home, "looked into"))
		o.Clock.Add(100 * day)
		require.NoError(t, o.PurgeAt(ctx, o.Now()))
		require.Zero(t, o.ends().PurgedSeq, name)
	}
}

// TestAReplicaThatSawMoreFollowsWhenTheLogIsAccepted has an older copy restored under a
// running replica.
func TestAReplicaThatSawMoreFollowsWhenTheLogIsAccepted(t *testing.T) {
	o := staffed(t)
	older := staffed(t)
	st := &swapped{Store: o.Under}
	replica := o.Over(st)
	write := func() {
		require.NoError(t, replica.Commit(ctx, replica.Audit(home, "mail.tested", desk.Success).Write()))
	}
	for range 9 {
		write()
	}
	st.Store = older.Under
	require.NoError(t, older.AcceptAudit(ctx, desk.CommandLine(), home, "restored"))
	for range 3 {
		v, err := replica.VerifyAudit(ctx, desk.CommandLine(), home, "")
		require.NoError(t, err)
		require.Zero(t, v.Broken, v.Problem)
		write()
		require.False(t, replica.AuditBroken())
	}
}

func TestWhatATransactionFoundThatCameToNothingDoesNotCount(t *testing.T) {
	o := staffed(t)
	st := &stale{Store: o.Under}
	d := o.Over(st)
	st.fails = true
	require.ErrorIs(t, d.Commit(ctx, d.Audit(home, "mail.tested", desk.Success).Write()), store.ErrUnavailable)
	require.False(t, d.AuditBroken())
}

// stale computes an entry after ends that are not those of the log, as a store may do
// before it learns the newest ones, and then fails.
type stale struct {
	store.Store
	fails bool
}

func (s *stale) Commit(ctx context.Context, writes ...store.Write) error {
	if !s.fails {
		return s.Store.Commit(ctx, writes...)
	}
	w := writes[0].(store.AppendEvent)
	w.Event.Seq = 3
	_, _, err := w.MAC(store.AuditEnds{LastSeq: 2, LastMAC: []byte("other")}, w.Event)
	return errors.Join(err, store.ErrUnavailable)
}
