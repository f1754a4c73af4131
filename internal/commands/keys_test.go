package commands_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// secrets are two master secrets.
var secrets = [][]byte{testoffice.Secret(), reversed(testoffice.Secret())}

func reversed(b []byte) []byte {
	r := make([]byte, len(b))
	for i := range b {
		r[len(b)-1-i] = b[i] ^ byte(i)
	}
	return r
}

// rigWith is an office with some of the secrets, the current one first.
func rigWith(t *testing.T, st store.Store, indices ...int) *rig {
	return newRigOver(t, st, func(c *backoffice.Config) {
		c.Secret = secrets[indices[0]]
		for _, i := range indices[1:] {
			c.OldSecrets = append(c.OldSecrets, secrets[i])
		}
	})
}

// enrol gives an operator an authenticator app, encrypted with one of the secrets.
func (r *rig) enrol(o store.Operator, id string, secret int) {
	v, err := vault.New([][]byte{secrets[secret]})
	require.NoError(r.T, err)
	sealed := v.Seal(vault.FactorSecrets, "factors/secret/"+o.ID+"/"+id, []byte("12345678901234567890"))
	r.Write(store.PutFactor{Factor: store.Factor{ID: id, OperatorID: o.ID, Kind: "totp", Secret: sealed, ConfirmedAt: r.Clock.Now(), CreatedAt: r.Clock.Now()}})
}

func TestKeysSayWhatToDoNext(t *testing.T) {
	st := memstore.New()
	r := rigWith(t, st, 0)
	ada := r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	ben := r.put("Ben", store.OperatorActive, backoffice.Moderator)
	r.enrol(ada, "a", 0)
	r.enrol(ben, "b", 0)
	lines := func(out string) []string { return strings.Split(strings.TrimSpace(out), "\n") }
	out := lines(r.ok("keys"))
	require.Regexp(t, `^SECRET +ID +AUTHENTICATOR APPS +EMAILS +SESSION VALUES +AUDIT LOG UNTIL ENTRY +IN USE SINCE$`, out[0])
	require.Regexp(t, `^Secret +[0-9a-f]{8} +2 +0 +0 +1 +2026-[-0-9: ]+$`, out[1])
	require.Equal(t, "Nothing depends on any secret but the current one.", out[3])
	require.NotContains(t, strings.Join(out, ""), "Ada")

	r = rigWith(t, st, 1, 0)
	r.enrol(r.put("Eve", store.OperatorActive, backoffice.Moderator), "e", 1)
	r.ok("unlock", "Ada")
	out = lines(r.ok("keys"))
	require.Regexp(t, `^Secret +[0-9a-f]{8} +1 +0 +0 +2 +2026-[-0-9: ]+$`, out[1])
	require.Regexp(t, `^OldSecrets\[0\] +[0-9a-f]{8} +2 +0 +0 +1 +2026-[-0-9: ]+$`, out[2])
	require.Regexp(t, `^OPERATOR +EMAIL +AUTHENTICATOR APP NEEDS$`, out[4])
	require.Regexp(t, `^Ada +ada@example\.org +OldSecrets\[0\]$`, out[5])
	require.Regexp(t, `^Ben +ben@example\.org +OldSecrets\[0\]$`, out[6])
	require.Equal(t, "OldSecrets[0] cannot be removed yet. Once every replica encrypts with Secret, run \"keys reseal\".", strings.Join(out[8:], " "))

	out = lines(r.ok("keys", "reseal"))
	require.Equal(t, "Encrypted with the current secret: 2 authenticator apps.", out[0])
	require.Equal(t, `Nothing is encrypted with OldSecrets[0]. Only "audit verify" needs it, up to entry 1: remove it once those entries are deleted, or now, and keep it in a safe.`, strings.Join(out[1:], " "))
	require.Equal(t, "keys.resealed", r.Last().Code)
	r.Write(store.PurgeEvents{Through: 1})
	require.Equal(t, "OldSecrets[0] is not needed. Remove it, unless it is about to become Secret.\n", r.ok("keys", "reseal"))

	r = rigWith(t, st, 1)
	require.Equal(t, "Nothing depends on any secret but the current one.\n", r.ok("keys", "reseal"))
	require.Equal(t, "Nothing depends on any secret but the current one.\n", r.ok("keys", "end", "-yes"))

	var records []map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.ok("keys", "-json")), &records))
	require.Len(t, records, 1)
	require.Equal(t, "Secret", records[0]["secret"])
	require.EqualValues(t, 3, records[0]["authenticators"])
	require.Equal(t, []any{}, records[0]["operators"])
}

func TestWhatALostSecretEncryptedIsEndedOnceConfirmed(t *testing.T) {
	st := memstore.New()
	r := rigWith(t, st, 0)
	ada := r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	r.enrol(ada, "a", 0)
	require.Contains(t, r.refused("mail", "test", "not an address"), "Enter an email address")

	r = rigWith(t, st, 1)
	before := r.Dump()
	out := strings.ReplaceAll(r.ok("keys"), "\n", " ")
	require.Regexp(t, `\(missing\) +[0-9a-f]{8} +1 +0 +0 +-`, out)
	require.Contains(t, out, "The newest entry of the audit log was made with none of these secrets.")
	require.Contains(t, out, `None of these secrets decrypts 1 authenticator app. If the missing one still exists, add it to OldSecrets and run "keys reseal"; otherwise run "keys end".`)
	require.Contains(t, r.refused("keys", "end"), "there is no terminal to ask on: add -yes to confirm")
	null, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer null.Close()
	r.input = null
	asked := r.refused("keys", "end")
	require.Contains(t, asked, "Delete for good what none of the secrets decrypts: 1 authenticator app? Authenticator apps of: Ada. [y/N]")
	require.Contains(t, asked, "made with none of these secrets")
	require.Equal(t, before, r.Dump())

	out = r.ok("keys", "end", "-yes")
	require.Equal(t, "Reset two-factor authentication of Ada (ada@example.org). The next sign-in shows a new QR code.\nNothing depends on any secret but the current one.\n", out)
	require.Len(t, r.mailed("ada@example.org"), 1)
	e := r.Last()
	require.Equal(t, []string{"two_factor.reset", desk.ActorCommandLine, ada.ID}, []string{e.Code, e.ActorID, e.TargetID})
}

func TestNoOutputOfKeysHoldsASecret(t *testing.T) {
	st := memstore.New()
	r := rigWith(t, st, 0)
	r.enrol(r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator), "a", 0)
	said := r.ok("keys") + r.ok("keys", "-json")
	r = rigWith(t, st, 1, 0)
	said += r.ok("keys") + r.ok("keys", "-json") + r.ok("keys", "reseal") + r.Log.String() + r.Dump()
	for _, secret := range append(secrets, []byte("12345678901234567890")) {
		for i := range len(secret) - 4 {
			require.NotContains(t, said, string(secret[i:i+5]))
		}
	}
}

func TestNoCommandWritesWithAnotherSecretThanTheOffice(t *testing.T) {
	reads := strings.Fields("alias alias_show operators operators_show roles roles_show parameters parameters_show mail mail_show audit audit_events keys messages templates_export approvals")
	other := func(c *backoffice.Config) { c.Secret = secrets[1] }
	for _, name := range names(t) {
		if name == "keys end" || name == "audit accept" {
			continue // these are for when the secret is lost
		}
		w := newTown(t)
		w.rig = newRigOver(t, w.Under, func(c *backoffice.Config) { c.Members = directory{} }, other)
		before := w.Dump()
		if slices.Contains(reads, strings.ReplaceAll(name, " ", "_")) {
			w.ok(w.args(name)...)
		} else {
			says := w.refused(w.args(name)...)
			require.Contains(t, says, "sealed with none of the master secrets", name)
			require.Contains(t, says, "add -anyway")
		}
		require.True(t, before == w.Dump(), name)
		require.Empty(t, w.Sent.All())
	}
	w := newTown(t)
	w.rig = newRigOver(t, w.Under, other)
	w.Clock.Add(time.Hour)
	require.Contains(t, w.ok("disable", "Ben", "-anyway"), "Disabled Ben", "someone who writes to the database cannot take the command line away")
	require.Contains(t, w.ok("unlock", "Ada"), "Cleared", "now the newest entry is ours")
	w.rig = newRigOver(t, w.Under, func(c *backoffice.Config) { c.Secret, c.OldSecrets = testoffice.Secret(), [][]byte{secrets[1]} })
	require.Contains(t, w.ok("unlock", "Ada"), "Cleared", "while a secret is replaced, either is there")
}
