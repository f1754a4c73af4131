package desk_test

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// secretOf is one of many master secrets; 0 is that of every office of the tests.
func secretOf(n int) []byte {
	secret := testoffice.Secret()
	for i := range secret {
		secret[i] += byte(n * (i + 1))
	}
	return secret
}

// rotate restarts the office with other master secrets, the current one first.
func (o *office) rotate(secrets ...int) {
	o.T.Helper()
	all := make([][]byte, len(secrets))
	for i, n := range secrets {
		all[i] = secretOf(n)
	}
	var err error
	o.Cfg.Vault, err = vault.New(all)
	require.NoError(o.T, err)
	o.Desk = o.Another()
}

// keep keeps a value of the host beside the session of an operator.
func (o *office) keep(operatorID, name string) {
	o.T.Helper()
	id := o.SessionsOf(operatorID)[0].ID
	data := o.Cfg.Vault.Seal(vault.HostValues, desk.ValuesPlace(id, name), []byte(name))
	o.Write(store.PutSessionValues{SessionID: id, Name: name, Data: data})
}

// unpack are the sealed values that the current secrets open, as plain text.
func (o *office) unpack() (plain []string) {
	o.T.Helper()
	for _, kind := range store.SealedKinds {
		page, err := o.Under.ListSealed(ctx, store.SealedQuery{Kind: kind})
		require.NoError(o.T, err)
		for _, s := range page.Rows {
			purpose, place := vault.FactorSecrets, "factors/secret/"+s.OperatorID+"/"+s.ID
			switch kind {
			case store.SealedMail:
				purpose, place = vault.MailBodies, "mails/body/"+s.ID
			case store.SealedValues:
				purpose, place = vault.HostValues, desk.ValuesPlace(s.ID, s.Name)
			}
			text, err := o.Cfg.Vault.Open(purpose, place, s.Data)
			require.NoError(o.T, err)
			plain = append(plain, string(text))
		}
	}
	return plain
}

func (o *office) keys() desk.KeyReport {
	o.T.Helper()
	r, err := o.Keys(ctx, desk.CommandLine())
	require.NoError(o.T, err)
	return r
}

// names are those of the operators who need a secret.
func names(u desk.KeyUse) (all []string) {
	for _, o := range u.Holders {
		all = append(all, o.Name)
	}
	return all
}

func TestTheMasterSecretIsReplaced(t *testing.T) {
	o := newOffice(t)
	began := o.Now()
	ada, her := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	ben, his := o.Enrolled("Ben", desk.RoleModerator)
	o.keep(ada.ID, "draft")
	first := o.keys()
	require.Equal(t, []desk.KeyUse{{
		Secret: "Secret", Key: o.Cfg.Vault.KeyIDs()[0], Audit: o.Last().Seq, Since: began,
		Sealed: desk.SealedCount{Apps: 2, Mails: len(o.unpack()) - 3, Values: 1},
	}}, first.Uses)
	require.False(t, first.Stranger)
	through := o.Last().Seq

	o.rotate(1, 0)
	_, hers := o.Enrolled("Eve", desk.RoleModerator)
	o.keep(ada.ID, "another")
	r := o.keys()
	require.Len(t, r.Uses, 2)
	require.Equal(t, 1, r.Uses[0].Sealed.Apps)
	require.Equal(t, 1, r.Uses[0].Sealed.Values)
	require.Empty(t, r.Uses[0].Holders)
	require.Equal(t, o.Last().Seq, r.Uses[0].Audit)
	require.Equal(t, "OldSecrets[0]", r.Uses[1].Secret)
	require.Equal(t, first.Uses[0].Sealed, r.Uses[1].Sealed)
	require.Equal(t, []string{"Ada", "Ben"}, names(r.Uses[1]))
	require.Equal(t, through, r.Uses[1].Audit)

	before, versions := o.unpack(), []int64{o.Find(ada.ID).Version, o.Find(ben.ID).Version}
	done, err := o.Reseal(ctx, desk.CommandLine(), desk.Visit{})
	require.NoError(t, err)
	require.Equal(t, first.Uses[0].Sealed, done)
	require.Equal(t, before, o.unpack())
	require.Equal(t, versions, []int64{o.Find(ada.ID).Version, o.Find(ben.ID).Version})
	last := o.Last()
	require.Equal(t, "keys.resealed", last.Code)
	require.Equal(t, desk.ActorCommandLine, last.ActorID)
	require.Equal(t, "2", last.Detail["authenticators"])
	require.Equal(t, "1", last.Detail["session_values"])

	done, err = o.Reseal(ctx, desk.CommandLine(), desk.Visit{})
	require.NoError(t, err)
	require.Zero(t, done.Total())
	require.Equal(t, last.Seq, o.Last().Seq, "nothing to do is nothing to write down")
	require.Zero(t, o.keys().Uses[1].Sealed)

	o.rotate(1)
	o.Clock.Add(time.Hour)
	for name, secret := range map[string]totp.Secret{"Ada": her.Secret, "Ben": his.Secret, "Eve": hers.Secret} {
		o.Again(name, secret)
	}
	r = o.keys()
	require.Empty(t, r.Unreadable())
	require.Equal(t, through, r.Uses[1].Audit, "the chain alone still needs it")
	require.Empty(t, r.Uses[1].Secret)
	require.False(t, r.Stranger)
	o.Delivered()
	require.Zero(t, o.Count("mail.failed"))
}

func TestWhatNothingOpensEnds(t *testing.T) {
	o := newOffice(t)
	ada, her := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	ben, _ := o.Enrolled("Ben", desk.RoleModerator)
	o.rotate(1, 0)
	eve, hers := o.Enrolled("Eve", desk.RoleModerator)
	// Ada has another app, under the new secret.
	o.Clock.Add(time.Hour)
	token, _ := o.Prove(o.Again("Ada", her.Secret), good, her.Secret)
	e, err := o.BeginEnrolment(o.Identity(token))
	require.NoError(t, err)
	_, _, err = o.ConfirmEnrolment(ctx, home, o.Identity(token), e.Sealed, o.Code(e.Key.Secret), "Tablet")
	require.NoError(t, err)
	o.keep(ada.ID, "new draft")
	o.rotate(0, 1) // a replica that has yet to be restarted
	o.keep(ada.ID, "draft")

	o.rotate(1)
	r := o.keys()
	require.Len(t, r.Unreadable(), 1)
	lost := r.Unreadable()[0]
	require.Equal(t, hex.EncodeToString(o.factors(ada.ID)[0].Secret[1:5]), lost.Key)
	require.Equal(t, []string{"Ada", "Ben"}, names(lost))
	require.Positive(t, lost.Sealed.Mails)
	require.Equal(t, 1, lost.Sealed.Values)
	readable := r.Uses[0].Sealed

	done, err := o.EndUnreadable(ctx, desk.CommandLine(), desk.Visit{})
	require.NoError(t, err)
	require.Equal(t, "Ben", done.Reset[0].Name)
	require.Equal(t, "Ada", done.Reduced[0].Name)
	require.Equal(t, desk.SealedCount{Mails: lost.Sealed.Mails, Values: 1}, done.Sealed)
	require.Len(t, o.factors(ada.ID), 1)
	require.Len(t, o.factors(eve.ID), 1)
	require.Empty(t, o.factors(ben.ID))
	require.Empty(t, o.SessionsOf(ben.ID))
	require.NotEmpty(t, o.SessionsOf(ada.ID))
	_, err = o.Under.FindRecoverySet(ctx, ben.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = o.Under.FindRecoverySet(ctx, ada.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"keys.ended", "two_factor.reset", "two_factor.removed"}, o.Codes()[:3])
	sealed := readable.Plus(desk.SealedCount{Mails: 2}) // to Ada and Ben
	require.Equal(t, sealed, o.keys().Uses[0].Sealed)
	require.Empty(t, o.keys().Unreadable())

	failed, err := o.Mails(ctx, desk.CommandLine(), store.MailQuery{State: store.MailFailed})
	require.NoError(t, err)
	require.Len(t, failed.Rows, lost.Sealed.Mails)
	require.Equal(t, "Its text could not be decrypted with any of the master secrets, and was deleted.", failed.Rows[0].Reply)
	require.Equal(t, desk.ResendNot, o.Resendable(failed.Rows[0]))
	for to, subject := range map[string]string{ben.Email: "Two-factor authentication for your Meadow back office account was reset", ada.Email: "Two-factor authentication was removed from your Meadow back office account"} {
		_, told := o.Delivered().Newest(to, subject)
		require.True(t, told, to)
	}

	events := len(o.Events())
	done, err = o.EndUnreadable(ctx, desk.CommandLine(), desk.Visit{})
	require.NoError(t, err)
	require.Zero(t, done)
	require.Len(t, o.Events(), events)
	o.Clock.Add(time.Hour)
	o.Again("Ada", e.Key.Secret)
	o.Again("Eve", hers.Secret)
	o.Enrol("Ben")
}

func TestADamagedValueIsNobodysSecret(t *testing.T) {
	o := newOffice(t)
	ada, _ := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	f := o.factors(ada.ID)[0]
	bent := bytes.Clone(f.Secret)
	bent[len(bent)-1] ^= 1
	o.Write(store.Reseal{Value: store.Sealed{Kind: store.SealedFactor, ID: f.ID, OperatorID: ada.ID, Data: f.Secret}, New: bent})
	r := o.keys()
	require.Len(t, r.Unreadable(), 1)
	require.Empty(t, r.Unreadable()[0].Key)
	require.Equal(t, []string{"Ada"}, names(r.Unreadable()[0]))
	done, err := o.Reseal(ctx, desk.CommandLine(), desk.Visit{})
	require.NoError(t, err)
	require.Zero(t, done.Total())
	ended, err := o.EndUnreadable(ctx, desk.CommandLine(), desk.Visit{})
	require.NoError(t, err)
	require.Len(t, ended.Reset, 1)
	require.Empty(t, o.keys().Unreadable())
}

func TestOnlyTheCommandLineTouchesKeys(t *testing.T) {
	o := staffed(t)
	_, err := o.Keys(ctx, o.Boss)
	require.ErrorIs(t, err, desk.ErrForbidden)
	_, err = o.Reseal(ctx, o.Boss, home)
	require.ErrorIs(t, err, desk.ErrForbidden)
	_, err = o.EndUnreadable(ctx, o.Boss, home)
	require.ErrorIs(t, err, desk.ErrForbidden)
}

func TestResealingGoesOnFromWhatChangesMeanwhile(t *testing.T) {
	o := newOffice(t)
	ada, her := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	ben, _ := o.Enrolled("Ben", desk.RoleModerator)
	o.keep(ada.ID, "draft")
	o.rotate(1, 0)
	for name, happen := range map[string]func(){
		"an app is removed":       func() { o.Write(store.RemoveFactors{OperatorID: ben.ID, All: true}) },
		"an email is sent":        func() { o.Delivered() },
		"session values are kept": func() { o.keep(ada.ID, "draft") },
		"somebody else reseals": func() {
			_, err := o.Reseal(ctx, desk.CommandLine(), desk.Visit{})
			require.NoError(t, err)
		},
	} {
		_, err := o.While("Reseal", happen).Reseal(ctx, desk.CommandLine(), desk.Visit{})
		require.NoError(t, err, name)
		require.Zero(t, o.keys().Uses[1].Sealed, name)
		require.NotEmpty(t, o.unpack())
		// Back to the start.
		o.rotate(0, 1)
		_, err = o.Reseal(ctx, desk.CommandLine(), desk.Visit{})
		require.NoError(t, err)
		o.rotate(1, 0)
	}
	o.Clock.Add(time.Hour)
	o.Again("Ada", her.Secret)
}

func TestAFailureWhileResealingOrEndingLeavesNothingHalfDone(t *testing.T) {
	for name, secrets := range map[string][]int{"reseal": {1, 0}, "end": {1}} {
		for n := 1; ; n++ {
			o := newOffice(t)
			o.Enrolled("Ada", desk.RoleSuperAdministrator)
			ben, _ := o.Enrolled("Ben", desk.RoleModerator)
			o.keep(ben.ID, "draft")
			o.rotate(secrets...)
			d, st := o.Faulty()
			st.FailAt(n, errDown)
			var err error
			if name == "end" {
				_, err = d.EndUnreadable(ctx, desk.CommandLine(), desk.Visit{})
			} else {
				_, err = d.Reseal(ctx, desk.CommandLine(), desk.Visit{})
			}
			if err == nil {
				require.Greater(t, n, 3, name)
				break
			}
			require.ErrorIs(t, err, errDown)
			// It is done again, and what was done before was audited.
			if name == "end" {
				_, err = o.EndUnreadable(ctx, desk.CommandLine(), desk.Visit{})
				require.Equal(t, 2, o.Count("two_factor.reset"))
				require.Equal(t, 1, o.Count("keys.ended"))
			} else {
				_, err = o.Reseal(ctx, desk.CommandLine(), desk.Visit{})
				require.Equal(t, 1, o.Count("keys.resealed"))
			}
			require.NoError(t, err)
			require.Empty(t, o.keys().Unreadable())
			for _, u := range o.keys().Uses[1:] {
				require.Zero(t, u.Sealed, name)
			}
		}
	}
}

func TestACodeThatCannotBeCheckedIsNoGuessButOneCheckedWithAnotherAppIs(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	link := o.ResetLink(op.Email)
	o.Unreadable(op.ID)
	pre, id := o.Begun("Ada"), o.Identity(ada.Token)
	for range 12 { // each limit is less
		_, err := o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
		require.ErrorIs(t, err, desk.ErrUnreadable)
		require.NotErrorIs(t, err, desk.ErrCode)
		_, err = o.StepUp(ctx, home, id, good, o.Code(ada.Secret))
		require.ErrorIs(t, err, desk.ErrUnreadable)
		require.ErrorIs(t, o.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better, Code: o.Code(ada.Secret)}), desk.ErrUnreadable)
	}
	require.Equal(t, 36, o.Count("two_factor.unreadable"))
	require.Zero(t, o.Count("code.refused"))
	_, err := o.StepUp(ctx, home, id, nonsense, o.Code(ada.Secret))
	require.ErrorIs(t, err, desk.ErrCredentials, "the password first")
	require.NoError(t, o.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better, Code: ada.Codes[0]}))

	// Another app, which can be read: whoever guesses its code is counted.
	tablet := o.add(op.ID)
	passed, err := o.Login("Ada", better)
	require.NoError(t, err)
	for range 4 {
		_, err := o.SubmitCode(ctx, home, passed.Token, o.WrongCode(tablet))
		require.ErrorIs(t, err, desk.ErrUnreadable)
		require.ErrorIs(t, err, desk.ErrCode)
	}
	require.Equal(t, 4, o.Count("code.refused"))
	_, err = o.SubmitCode(ctx, home, passed.Token, o.WrongCode(tablet))
	require.ErrorIs(t, err, desk.ErrTooManyCodes)
	o.Clock.Add(time.Hour)
	passed, err = o.Login("Ada", better)
	require.NoError(t, err)
	unreadable := o.Count("two_factor.unreadable")
	_, err = o.SubmitCode(ctx, home, passed.Token, o.Code(tablet))
	require.NoError(t, err, "its codes sign in")
	require.Equal(t, unreadable, o.Count("two_factor.unreadable"))
}

// add gives an operator a further authenticator app, past the office.
func (o *office) add(operatorID string) totp.Secret {
	o.T.Helper()
	secret, err := totp.SecretFromBytes(bytes.Repeat([]byte{7}, 20))
	require.NoError(o.T, err)
	sealed := o.Cfg.Vault.Seal(vault.FactorSecrets, "factors/secret/"+operatorID+"/tablet", bytes.Repeat([]byte{7}, 20))
	o.Write(store.PutFactor{Factor: store.Factor{ID: "tablet", OperatorID: operatorID, Kind: "totp", Secret: sealed, CreatedAt: o.Now(), ConfirmedAt: o.Now()}})
	return secret
}
