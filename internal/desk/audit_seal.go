package desk

import (
	"cmp"
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// seal is what the office vouches for beside the entries of the audit log: everything
// that decides where the log ends, and what may be deleted. Each append and purge
// renews it, under a MAC that also covers both ends. See docs/decisions/017.
type seal struct {
	Version int `json:"v"`
	// Keys are the master secrets that the chain was made with, in the order of their
	// first use. The last one is in use; an earlier one is never used again.
	Keys []keyInUse `json:"keys"`
	// Keep is the parameter audit.keep as an operator last saved it in the office; zero
	// if none did.
	Keep time.Duration `json:"keep,omitempty"`
	// Witnessed is the newest mark that a witness was given.
	Witnessed mark `json:"witnessed,omitzero"`
	// From is the entry at which the server administrator accepted the log as it was:
	// what is older is not vouched for. Zero if they never did.
	From int64 `json:"from,omitempty"`
	// Broken is the first entry before which the ends had been changed by someone else.
	// Zero if that never happened, or was accepted.
	Broken int64 `json:"broken,omitempty"`
	// Others are fields of a newer version, which are sealed again as they are.
	Others map[string]json.RawMessage `json:"-"`
}

// keyInUse is a master secret, and since when it has been in use. By is a MAC, made
// with the secret before it, which proves that this one came next; empty for the first.
type keyInUse struct {
	ID    string    `json:"id"`
	Since time.Time `json:"since"`
	By    []byte    `json:"by,omitempty"`
}

// place returns the position of a secret in the order, or -1.
func (s seal) place(id string) int {
	return slices.IndexFunc(s.Keys, func(k keyInUse) bool { return k.ID == id })
}

// atLeast returns how long entries are kept: as long as the parameter says, but no shorter
// than it was last saved in the office, or than by default. Anyone who can write to the
// database can shorten the parameter.
func (s seal) atLeast(stored time.Duration) time.Duration {
	return max(stored, cmp.Or(s.Keep, settings.Defaults().AuditKeep))
}

// inUse returns the id of the secret in use. From the first entry on, there is one.
func (s seal) inUse() string { return s.Keys[len(s.Keys)-1].ID }

const (
	sealVersion = 1
	sealMAC     = 32 // bytes at its beginning
)

// errSeal means that the ends of the audit log are not those that the office sealed.
var errSeal = errors.New("the ends of the audit log were changed outside the office, or their master secret is missing")

// errLeftBehind means that other processes have replaced the master secret.
var errLeftBehind = errors.New("the office has moved on to a newer master secret, and this process does not have it: " +
	"set it as Secret, or add it to OldSecrets; if it is lost, set a new Secret that was never used")

// unseal returns what the ends are sealed with. Before the first entry, which Open writes
// together with the first parameters, that is nothing. It fails with errSeal, errLeftBehind or errSealedNewer.
func (d *Desk) unseal(ends store.AuditEnds) (s seal, err error) {
	if ends.LastSeq == 0 && ends.PurgedSeq == 0 && len(ends.LastMAC)+len(ends.PurgedMAC)+len(ends.Seal) == 0 && d.State() == nil {
		return seal{Version: sealVersion}, nil
	}
	if len(ends.Seal) < sealMAC {
		return seal{}, errSeal
	}
	mac, text := ends.Seal[:sealMAC], ends.Seal[sealMAC:]
	// Nothing in it can be trusted before its MAC is checked, not even the id of its key.
	if s, err = readSeal(text); err != nil || s.Version < sealVersion || len(s.Keys) == 0 {
		return seal{}, errSeal
	}
	ids := d.Vault.KeyIDs()
	key := slices.Index(ids, s.inUse())
	switch {
	case key < 0 && d.handedOver(s):
		return seal{}, errLeftBehind
	case key < 0 || !hmac.Equal(mac, d.sealMAC(key, text, ends)):
		return seal{}, errSeal
	case d.trail.wrote() && s.place(ids[0]) < 0:
		// Made with an older secret by someone who kept it, as if ours had never been used.
		return seal{}, errSeal
	case s.Version > sealVersion:
		return seal{}, errSealedNewer
	}
	return s, nil
}

// handedOver reports whether another secret came after the current one. No one without
// the current secret can forge that, so it is believed even if the secret of the seal
// is missing here.
func (d *Desk) handedOver(s seal) bool {
	current := d.Vault.KeyIDs()[0]
	next := s.place(current) + 1
	return next > 0 && next < len(s.Keys) && hmac.Equal(s.Keys[next].By, d.handOver(0, s.Keys[next].ID))
}

// handOver is keyInUse.By of a secret that comes after the one with this index.
func (d *Desk) handOver(key int, next string) []byte {
	return d.Vault.MACBy(key, vault.AuditSeals, "next secret", next)
}

// brokenIn returns where a seal that this process makes says that the log is
// broken.
func brokenIn(sealed []byte) int64 {
	var s seal
	_ = json.Unmarshal(sealed[min(sealMAC, len(sealed)):], &s)
	return s.Broken
}

// KnowsSecretInUse reports whether this process has the master secret with which the
// audit log is sealed, according to the seal. Only verification tells whether the seal is
// genuine.
func (d *Desk) KnowsSecretInUse(ctx context.Context) (bool, error) {
	ends, err := d.ends(ctx)
	if err != nil {
		return false, err
	}
	var s seal
	if len(ends.Seal) < sealMAC || json.Unmarshal(ends.Seal[sealMAC:], &s) != nil || len(s.Keys) == 0 {
		return true, nil // no seal names a secret, so another one would not help
	}
	return slices.Contains(d.Vault.KeyIDs(), s.inUse()), nil
}

// lacksKeyOf reports whether this process lacks a secret that the chain was made with.
func (d *Desk) lacksKeyOf(s seal) bool {
	ids := d.Vault.KeyIDs()
	return slices.ContainsFunc(s.Keys, func(k keyInUse) bool { return !slices.Contains(ids, k.ID) })
}

// sealed seals the ends with the last key of s, which the vault must have.
func (d *Desk) sealed(s seal, ends store.AuditEnds) []byte {
	s.Version = sealVersion
	text := s.encode()
	return append(d.sealMAC(d.keyIn(s), text, ends), text...)
}

func (d *Desk) sealMAC(key int, text []byte, ends store.AuditEnds) []byte {
	return d.Vault.MACBy(key, vault.AuditSeals, string(text), fmt.Sprint(ends.LastSeq), string(ends.LastMAC),
		fmt.Sprint(ends.PurgedSeq), string(ends.PurgedMAC))
}

// keyIn returns the index in the vault of the secret in use.
func (d *Desk) keyIn(s seal) int { return slices.Index(d.Vault.KeyIDs(), s.inUse()) }

// chain binds an event to the one before it, and seals the ends after it, so that
// changed and missing events are detected (ASVS 16.4.2). If the ends before it do not
// match their seal, it continues, because the office must not stop, but every seal from
// then on records this. If change is not nil, it is applied to the seal.
func (d *Desk) chain(before store.AuditEnds, e store.Event, change func(*seal)) (mac, sealed []byte, err error) {
	s, err := d.unseal(before)
	switch {
	case errors.Is(err, errLeftBehind), errors.Is(err, errSealedNewer):
		return nil, nil, err
	case err != nil:
		s = seal{Broken: e.Seq} // nothing else in it can be trusted
	}
	if current := d.Vault.KeyIDs()[0]; s.place(current) < 0 {
		next := keyInUse{ID: current, Since: store.Time(e.At)}
		if len(s.Keys) > 0 {
			next.By = d.handOver(d.keyIn(s), current)
		}
		s.Keys = append(s.Keys, next)
	}
	d.trail.accept(s.From)
	d.trail.addTo(&s, e.Seq)
	if change != nil {
		change(&s)
	}
	mac = d.Vault.MACBy(d.keyIn(s), vault.AuditChain, string(before.LastMAC), chained(e))
	after := before
	after.LastSeq, after.LastMAC = e.Seq, mac
	return mac, d.sealed(s, after), nil
}

// sealPurge is [store.PurgeEvents].Seal. It refuses to purge what is not sealed.
func (d *Desk) sealPurge(before, after store.AuditEnds) ([]byte, error) {
	s, err := d.unseal(before)
	if err != nil {
		return nil, err
	}
	return d.sealed(s, after), nil
}
