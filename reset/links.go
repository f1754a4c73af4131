package reset

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// KeyBytes is the length of [Config].Key.
const KeyBytes = 32

// Store is the part of a store.Store that links need.
type Store interface {
	store.Tokens
	store.Counters
	// Commit works as in store.Store.
	Commit(ctx context.Context, writes ...store.Write) error
}

// Config configures [New].
type Config struct {
	// Store keeps tokens and counters. Required.
	Store Store
	// Purpose names what the links are for: a link works for one purpose only,
	// and limits are counted per purpose. Up to 64 lower-case letters, digits,
	// dots and hyphens. Required. A community chooses its own, for example
	// "member-reset": store.PurposeSetup, store.PurposeInvite, store.PurposeReset and
	// store.PurposeAct belong to the office.
	Purpose string
	// Key keys the hashes in counter keys: 32 random bytes, the same on every
	// replica. Required. A new key restarts counting; it does not affect links.
	Key []byte
	// Policy is called each time, so that a changed parameter takes effect
	// immediately. It must return quickly and be safe for concurrent use.
	// Default: [DefaultPolicy].
	Policy func() Policy
	// SSO is the absolute http or https URL of the company sign-in. If set, people
	// have no password here, and the links are off.
	SSO string
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Links creates, finds and spends the single-use links of one purpose. Create it
// with [New]; a nil Links and the zero Links are off ([ErrOff]). All methods may
// be called concurrently.
type Links struct {
	store   Store
	purpose string
	// keyed hides a value behind a keyed hash. It is a closure so that the key
	// is in no field that could be printed.
	keyed  func(kind, value string) string
	policy func() Policy
	sso    string
	now    func() time.Time
}

var purposePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)

// New returns links for a configuration, or reports all its mistakes at once. It
// checks the other fields even if SSO is set.
func New(cfg Config) (*Links, error) {
	var errs []error
	if cfg.Store == nil {
		errs = append(errs, errors.New("reset: Config.Store is required"))
	}
	if !purposePattern.MatchString(cfg.Purpose) {
		errs = append(errs, fmt.Errorf(
			"reset: Config.Purpose must be up to 64 lower-case letters, digits, dots and hyphens, not %q", cfg.Purpose))
	}
	if len(cfg.Key) != KeyBytes {
		errs = append(errs, fmt.Errorf("reset: Config.Key must be %d bytes, not %d", KeyBytes, len(cfg.Key)))
	}
	if cfg.SSO != "" {
		if err := checkPage(cfg.SSO); err != nil {
			errs = append(errs, fmt.Errorf("reset: Config.SSO: %w", err))
		}
	}
	if cfg.Policy == nil {
		cfg.Policy = DefaultPolicy
		if err := DefaultPolicy().checkLife(cfg.Purpose); err != nil {
			errs = append(errs, fmt.Errorf("reset: Config.Policy is required for %q: the default does not fit: %w", cfg.Purpose, err))
		}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Links{
		store:   cfg.Store,
		purpose: cfg.Purpose,
		keyed:   keyedHash(cfg.Purpose, slices.Clone(cfg.Key)),
		policy:  cfg.Policy,
		sso:     cfg.SSO,
		now:     cfg.Now,
	}, nil
}

// Enabled reports whether links are on. If not, show none and let their routes
// answer "not found".
func (l *Links) Enabled() bool { return l.off() == nil }

// SignInURL returns the URL of the company sign-in; empty if links are on.
func (l *Links) SignInURL() string {
	if l == nil {
		return ""
	}
	return l.sso
}

// off returns the error of every call while links are off.
func (l *Links) off() error {
	switch {
	case l == nil || l.store == nil:
		return ErrOff
	case l.sso != "":
		return &SSOError{URL: l.sso}
	}
	return nil
}

// time returns the current time as stores keep it.
func (l *Links) time() time.Time { return store.Time(l.now()) }

// keyedHash returns HMAC-SHA-256 over purpose, kind and value. Neither of the
// first two can hold a zero byte, so no two triples look alike.
func keyedHash(purpose string, key []byte) func(kind, value string) string {
	return func(kind, value string) string {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(purpose + "\x00" + kind + "\x00" + value))
		return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
}
