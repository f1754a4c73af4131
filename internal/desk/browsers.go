package desk

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

const (
	// BrowserLife is how long a browser stays known after its last sign-in.
	BrowserLife = 180 * 24 * time.Hour
	// BrowserTokens is how many tokens a browser keeps at most, one for each account
	// that has signed in there.
	BrowserTokens = 4
	// browsersEach is how many known browsers an operator has at most. One more replaces
	// the one that signed in longest ago.
	browsersEach = 10
)

// A browser that has signed in to an account is known to it from then on. Its attempts
// are counted apart from those of strangers, who could otherwise keep the operator out.
// Being known has no other effect. See docs/decisions/018.

// browserTokens returns the tokens of a visit that are considered.
func browserTokens(v Visit) []string { return v.Browsers[:min(len(v.Browsers), BrowserTokens)] }

// browserDigests are the digests by which the store finds the tokens of a visit.
func browserDigests(v Visit) []store.Digest {
	var all []store.Digest
	for _, token := range browserTokens(v) {
		all = append(all, store.DigestOf(token))
	}
	return all
}

// known returns a browser if it is still known, and the zero one if it signed in too
// long ago, or so far in the future that the clock was wrong then.
func (d *Desk) known(b store.Browser) store.Browser {
	if now := d.Now(); now.Sub(b.SeenAt) >= BrowserLife || ahead(b.SeenAt, now) {
		return store.Browser{}
	}
	return b
}

// finds reports whether a token finds a browser.
func finds(token string, b store.Browser) bool {
	digest := store.DigestOf(token)
	return digest == b.Digest || digest == b.Previous
}

// remember returns the write that makes the browser of a visit known to an operator, and
// the tokens that it then keeps. The token of a known browser is replaced. Until the
// browser uses the new one, the old one still works and leads to the same new one, so
// that neither a lost answer nor two sign-ins at once make the browser a stranger's.
func (d *Desk) remember(v Visit, operatorID string, known store.Browser) (store.PutBrowser, []string) {
	b, token := known, vault.Token()
	rest := slices.Clone(browserTokens(v))
	if b.ID == "" {
		b.ID, b.OperatorID, b.CreatedAt = vault.ID(), operatorID, d.Now()
	} else if i := slices.IndexFunc(rest, func(token string) bool { return finds(token, known) }); i >= 0 {
		token = base64.RawURLEncoding.EncodeToString(d.Vault.MAC(vault.KnownBrowsers, known.ID, rest[i]))
		b.Previous = store.DigestOf(rest[i])
		rest = slices.DeleteFunc(rest, func(token string) bool { return finds(token, known) })
	}
	b.Digest, b.SeenAt = store.DigestOf(token), d.Now()
	b.IP, b.UserAgent = OneLine(v.IP, 64), OneLine(v.UserAgent, 512)
	all := append([]string{token}, rest...)
	return store.PutBrowser{Browser: b, Keep: browsersEach}, all[:min(len(all), BrowserTokens)]
}

// endBrowser returns the writes that make a known browser a stranger's, because too
// many wrong passwords came from it.
func (d *Desk) endBrowser(v Visit, o store.Operator, b store.Browser) []store.Write {
	return []store.Write{
		store.DeleteBrowsers{OperatorID: o.ID, ID: b.ID},
		d.Audit(v, "browser.ended", Success).System().Target(o).With("browser", b.ID).Write(),
	}
}

// Browser is a known browser, as lists show it.
type Browser struct {
	ID, IP          string
	Device          messages.Text
	Since, SignedIn time.Time
	// This reports that it is the browser of the visit.
	This bool
}

// Browsers returns the operator's own known browsers, the last to sign in first.
func (d *Desk) Browsers(ctx context.Context, v Visit, id *Identity) ([]Browser, error) {
	found, err := d.knownBrowsers(ctx, id.Operator.ID)
	if err != nil {
		return nil, err
	}
	var all []Browser
	for _, b := range found {
		all = append(all, Browser{
			ID: b.ID, Device: letters.DeviceText(b.UserAgent), IP: b.IP, Since: b.CreatedAt, SignedIn: b.SeenAt,
			This: slices.ContainsFunc(browserTokens(v), func(token string) bool { return finds(token, b) }),
		})
	}
	return all, nil
}

func (d *Desk) knownBrowsers(ctx context.Context, operatorID string) ([]store.Browser, error) {
	all, err := d.Store.ListBrowsers(ctx, operatorID)
	if err != nil {
		return nil, fmt.Errorf("list browsers: %w", err)
	}
	return slices.DeleteFunc(all, func(b store.Browser) bool { return d.known(b).ID == "" }), nil
}

// RemoveBrowser makes one of the operator's known browsers a stranger's, after a
// step-up. If it is the one of the visit, RemoveBrowser returns the tokens that it
// keeps, otherwise nil. It returns ErrNotFound if the browser is no longer known, or is
// another operator's.
func (d *Desk) RemoveBrowser(ctx context.Context, v Visit, id *Identity, browserID string) ([]string, error) {
	if !id.Proved() {
		return nil, ErrStepUp
	}
	found, err := d.knownBrowsers(ctx, id.Operator.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(found, func(b store.Browser) bool { return b.ID == browserID })
	if i < 0 {
		return nil, ErrNotFound
	}
	event := d.Audit(v, "browser.removed", Success).In(id).Thing("browser", browserID, letters.Device(messages.English(), found[i].UserAgent)).Write()
	err = d.Commit(ctx, store.DeleteBrowsers{OperatorID: id.Operator.ID, ID: browserID, MustExist: true}, event)
	if isNotFound(err) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("remove browser: %w", err)
	}
	tokens := browserTokens(v)
	keep := slices.DeleteFunc(slices.Clone(tokens), func(token string) bool { return finds(token, found[i]) })
	if len(keep) == len(tokens) {
		return nil, nil
	}
	return keep, nil
}

// RemoveOtherBrowsers is RemoveBrowser for all of the operator's known browsers but the
// one of the visit.
func (d *Desk) RemoveOtherBrowsers(ctx context.Context, v Visit, id *Identity) error {
	if !id.Proved() {
		return ErrStepUp
	}
	all, err := d.Browsers(ctx, v, id)
	if err != nil {
		return err
	}
	w := store.DeleteBrowsers{OperatorID: id.Operator.ID, All: true}
	if i := slices.IndexFunc(all, func(b Browser) bool { return b.This }); i >= 0 {
		w.Except = all[i].ID
	}
	event := d.Audit(v, "browser.removed", Success).In(id).With("which", "others").Write()
	if err := d.Commit(ctx, w, event); err != nil {
		return fmt.Errorf("remove browsers: %w", err)
	}
	return nil
}
