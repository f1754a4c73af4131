package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// KeyUse is what depends on one master secret.
type KeyUse struct {
	// Secret is its name in the host's Config, "Secret" or "OldSecrets[0]"; empty if
	// it is not there, so that nothing opens what it encrypted.
	Secret string
	// Key identifies the secret and says nothing about it. Values that were damaged
	// have none.
	Key string
	// Sealed counts what was encrypted with it.
	Sealed SealedCount
	// Holders are the operators of the authenticator apps, by name. They are not
	// looked up for the current secret.
	Holders []store.Operator
	// Audit is the last entry of the audit log whose hash needs it, or zero.
	Audit int64
	// Since is when it was first used for the audit log. It is zero if it never was, or
	// if the log does not show it.
	Since time.Time
}

// Current reports whether it is the secret that encrypts.
func (u KeyUse) Current() bool { return u.Secret == secretName(0) }

// SealedCount counts encrypted values. Apps counts passkeys, too.
type SealedCount struct{ Apps, Mails, Values int }

// Total is how many they are.
func (c SealedCount) Total() int { return c.Apps + c.Mails + c.Values }

// Plus is the sum of both.
func (c SealedCount) Plus(d SealedCount) SealedCount {
	return SealedCount{c.Apps + d.Apps, c.Mails + d.Mails, c.Values + d.Values}
}

func (c *SealedCount) add(kind store.SealedKind) {
	switch kind {
	case store.SealedFactor:
		c.Apps++
	case store.SealedMail:
		c.Mails++
	case store.SealedValues:
		c.Values++
	}
}

func secretName(index int) string {
	switch index {
	case vault.Unknown:
		return ""
	case 0:
		return "Secret"
	}
	return fmt.Sprintf("OldSecrets[%d]", index-1)
}

// KeyReport is what depends on which master secret.
type KeyReport struct {
	// Uses begins with the secrets of the host's Config, in their order, and
	// continues with those that are used but not there.
	Uses []KeyUse
	// Stranger reports that the newest entry of the audit log was made with none of
	// the secrets: the running office may have others than this process.
	Stranger bool
}

// Unreadable are the secrets that are missing, with what nothing opens any more.
func (r KeyReport) Unreadable() []KeyUse {
	return slices.DeleteFunc(slices.Clone(r.Uses), func(u KeyUse) bool { return u.Secret != "" || u.Sealed.Total() == 0 })
}

// Keys reports which values were encrypted with which master secret. It opens each of
// them, and keeps nothing of it. Only the command line may.
func (d *Desk) Keys(ctx context.Context, a Actor) (KeyReport, error) {
	if a.ID != ActorCommandLine {
		return KeyReport{}, ErrForbidden
	}
	type use struct {
		KeyUse
		holders map[string]bool
	}
	var r KeyReport
	uses, order := map[string]*use{}, []string{}
	of := func(index int, id string) *use {
		key := secretName(index) + " " + id
		if uses[key] == nil {
			uses[key] = &use{KeyUse{Secret: secretName(index), Key: id}, map[string]bool{}}
			order = append(order, key)
		}
		return uses[key]
	}
	for i, id := range d.Vault.KeyIDs() {
		of(i, id)
	}
	known := len(order)
	err := d.eachSealed(ctx, func(s store.Sealed) error {
		index, id := d.keyOf(s)
		u := of(index, id)
		u.Sealed.add(s.Kind)
		if s.Kind == store.SealedFactor && !u.Current() {
			u.holders[s.OperatorID] = true
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	last, stranger, err := d.auditKeys(ctx)
	if err != nil {
		return r, err
	}
	r.Stranger = stranger
	for index, seq := range last {
		id := ""
		if index != vault.Unknown {
			id = d.Vault.KeyIDs()[index]
		}
		of(index, id).Audit = seq
	}
	ends, err := d.ends(ctx)
	if err != nil {
		return r, err
	}
	if s, err := d.unseal(ends); err == nil {
		for _, u := range uses {
			if at := s.place(u.Key); at >= 0 {
				u.Since = s.Keys[at].Since
			}
		}
	}
	slices.Sort(order[known:])
	for _, key := range order {
		u := uses[key]
		for _, id := range slices.Sorted(maps.Keys(u.holders)) {
			o, err := d.Store.FindOperator(ctx, id)
			if err != nil && !isNotFound(err) {
				return r, fmt.Errorf("find operator: %w", err)
			}
			if err == nil {
				u.Holders = append(u.Holders, o)
			}
		}
		slices.SortFunc(u.Holders, func(a, b store.Operator) int { return cmp.Compare(a.NameKey, b.NameKey) })
		r.Uses = append(r.Uses, u.KeyUse)
	}
	return r, nil
}

// sealedBatch is how many encrypted values are read, or changed by one commit.
const sealedBatch = 200

// eachSealed calls f with every encrypted value.
func (d *Desk) eachSealed(ctx context.Context, f func(store.Sealed) error) error {
	for _, kind := range store.SealedKinds {
		for q := (store.SealedQuery{Kind: kind, Limit: sealedBatch}); ; {
			page, err := d.Store.ListSealed(ctx, q)
			if err != nil {
				return fmt.Errorf("list encrypted values: %w", err)
			}
			for _, s := range page.Rows {
				if err := f(s); err != nil {
					return err
				}
			}
			if q.After = page.Next; q.After == nil {
				break
			}
		}
	}
	return nil
}

// sealedIn returns what a value was sealed for, and where.
func sealedIn(s store.Sealed) (vault.Purpose, string) {
	switch s.Kind {
	case store.SealedFactor:
		return vault.FactorSecrets, FactorPlace(s.OperatorID, s.ID)
	case store.SealedMail:
		return vault.MailBodies, mailPlace(s.ID)
	}
	return vault.HostValues, ValuesPlace(s.ID, s.Name)
}

// ValuesPlace is where the host's values of a session are sealed.
func ValuesPlace(sessionID, name string) string { return "session-values/" + sessionID + "/" + name }

// keyOf returns which secret opens a value, as [vault.Vault.KeyOf] does: Unknown if
// none does. The id is then that of the missing secret, or empty if the secret is
// there and the value is damaged.
func (d *Desk) keyOf(s store.Sealed) (index int, id string) {
	index, id = d.Vault.KeyOf(s.Data)
	if index == vault.Unknown {
		return index, id
	}
	purpose, place := sealedIn(s)
	plain, err := d.Vault.Open(purpose, place, s.Data)
	if err != nil {
		return vault.Unknown, ""
	}
	clear(plain)
	return index, id
}

// Reseal encrypts with the current secret what an older one encrypted, and returns how
// much that was. It can be repeated, and the office can run at the same time. Only the
// command line may call it.
func (d *Desk) Reseal(ctx context.Context, a Actor, v Visit) (SealedCount, error) {
	return d.rewriteSealed(ctx, a, v, "keys.resealed", func(s store.Sealed) (store.Reseal, bool) {
		if index, _ := d.keyOf(s); index <= 0 { // the current one, or none
			return store.Reseal{}, false
		}
		purpose, place := sealedIn(s)
		fresh, err := d.Vault.Reseal(purpose, place, s.Data)
		return store.Reseal{Value: s, New: fresh}, err == nil
	})
}

// rewriteSealed commits the write that rewrite returns for a value, if any, in batches.
// Each has an audit entry that says how many values it changed. If another process
// changes one of them at the same moment, it looks at all of them again.
func (d *Desk) rewriteSealed(ctx context.Context, a Actor, v Visit, code string, rewrite func(store.Sealed) (store.Reseal, bool)) (total SealedCount, err error) {
	if a.ID != ActorCommandLine {
		return total, ErrForbidden
	}
	for tries := 0; ; tries++ {
		var writes []store.Write
		var batch SealedCount
		flush := func() error {
			if len(writes) == 0 {
				return nil
			}
			event := d.Audit(v, code, Success).Actor(a).With("authenticators", strconv.Itoa(batch.Apps)).
				With("emails", strconv.Itoa(batch.Mails)).With("session_values", strconv.Itoa(batch.Values)).Write()
			if err := d.commitAs(ctx, a, "rewrite encrypted values", append(writes, event)...); err != nil {
				return err
			}
			total, writes, batch = total.Plus(batch), nil, SealedCount{}
			return nil
		}
		err = d.eachSealed(ctx, func(s store.Sealed) error {
			w, ok := rewrite(s)
			if !ok {
				return nil
			}
			writes = append(writes, w)
			if batch.add(s.Kind); len(writes) < sealedBatch {
				return nil
			}
			return flush()
		})
		if err == nil {
			err = flush()
		}
		if !errors.Is(err, ErrChanged) || tries == 3 {
			return total, err
		}
	}
}

const (
	// resetUnreadable is the reason of a reset in the audit log, endedUnreadable the
	// last answer of an email whose text is gone.
	resetUnreadable = "The authenticator secret cannot be decrypted with any of the master secrets."
	endedUnreadable = "Its text could not be decrypted with any of the master secrets, and was deleted."
)

// Ended is what EndUnreadable ended.
type Ended struct {
	// Reset are the operators whose two-factor authentication was reset, Reduced
	// those who still have another authenticator app.
	Reset, Reduced []store.Operator
	// Sealed counts the emails and values of sessions.
	Sealed SealedCount
}

// EndUnreadable ends what no known secret opens. Operators lose the authenticator apps
// concerned; if they have no other, their two-factor authentication is reset as by
// ResetTwoFactor. Emails fail, and session values are deleted. It can be repeated; what
// was done before an error stays done. Only the command line may.
func (d *Desk) EndUnreadable(ctx context.Context, a Actor, v Visit) (Ended, error) {
	var done Ended
	if a.ID != ActorCommandLine {
		return done, ErrForbidden
	}
	concerned := map[string]bool{}
	err := d.eachSealed(ctx, func(s store.Sealed) error {
		if index, _ := d.keyOf(s); index == vault.Unknown && s.Kind == store.SealedFactor {
			concerned[s.OperatorID] = true
		}
		return nil
	})
	for _, id := range slices.Sorted(maps.Keys(concerned)) {
		if err == nil {
			err = d.endFactors(ctx, a, v, id, &done)
		}
	}
	if err != nil {
		return done, err
	}
	done.Sealed, err = d.rewriteSealed(ctx, a, v, "keys.ended", func(s store.Sealed) (store.Reseal, bool) {
		index, _ := d.keyOf(s)
		return store.Reseal{Value: s, Reply: endedUnreadable}, index == vault.Unknown && s.Kind != store.SealedFactor
	})
	return done, err
}

// endFactors ends the authenticator apps of an operator that no known secret opens.
func (d *Desk) endFactors(ctx context.Context, a Actor, v Visit, id string, done *Ended) error {
	o, err := d.target(ctx, &a, PermissionTwoFactorReset, id)
	if errors.Is(err, ErrNotFound) {
		return nil // deleted in the meantime, with their apps
	}
	if err != nil {
		return err
	}
	factors, err := d.Store.ListFactors(ctx, o.ID)
	if err != nil {
		return fmt.Errorf("list factors: %w", err)
	}
	var writes, removed []store.Write
	for _, f := range factors {
		s := store.Sealed{Kind: store.SealedFactor, ID: f.ID, OperatorID: o.ID, Data: f.Secret}
		if index, _ := d.keyOf(s); index == vault.Unknown {
			writes = append(writes, store.Reseal{Value: s})
			code := "two_factor.removed"
			if f.Kind == store.FactorPasskey {
				code = "passkey.removed"
			}
			removed = append(removed, d.Audit(v, code, Success).Actor(a).Target(o).Because(resetUnreadable).With("factor", f.ID).With("label", f.Label).Write())
		}
	}
	switch len(writes) {
	case 0:
		return nil
	case len(factors):
		if err := d.resetTwoFactor(ctx, a, v, o, resetUnreadable, writes...); err != nil {
			return err
		}
		done.Reset = append(done.Reset, o)
		return nil
	}
	told, err := d.tellOwner(v, o, letters.TwoFactorRemoved, "")
	if err != nil {
		return err
	}
	if err := d.commitAs(ctx, a, "remove authenticator apps", slices.Concat(writes, removed, []store.Write{told})...); err != nil {
		return err
	}
	done.Reduced = append(done.Reduced, o)
	return nil
}
