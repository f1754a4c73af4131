package password

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
)

const (
	pepperKeyLen = 32
	maxPeppers   = 8 // layers one hash may carry after rewrapping
)

var pepperID = regexp.MustCompile(`^[A-Za-z0-9-]{1,32}$`)

// Pepper holds keys kept outside the store, so that guesses cannot be tested with a copy of the store alone
// (SP 800-63B-4 section 3.1.1.2). The output of argon2id goes through HMAC-SHA-256 with the current key, and the
// encoded hash records the key's id. Losing a key locks out everyone whose hash names it.
type Pepper struct {
	Current PepperKey   // used for new hashes
	Older   []PepperKey // still accepted; their hashes are reported as Outdated
}

// PepperKey is a pepper with its id. It prints and logs only its id.
type PepperKey struct {
	ID  string // 1 to 32 letters, digits, hyphens; stored with each hash and never used for another key
	Key []byte // exactly 32 random bytes
}

// Format writes the id but never the key, for every verb.
func (k PepperKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "pepper "+k.ID) }

// Format writes the ids but never a key. Without it, fmt would follow the pointer in Config for some verbs.
func (p Pepper) Format(f fmt.State, verb rune) {
	p.Current.Format(f, verb)
	for _, k := range p.Older {
		_, _ = io.WriteString(f, ", ")
		k.Format(f, verb)
	}
}

// LogValue returns only the id.
func (k PepperKey) LogValue() slog.Value { return slog.StringValue("pepper " + k.ID) }

// MarshalText returns only the id, so that no encoder writes the key by accident.
func (k PepperKey) MarshalText() ([]byte, error) { return []byte("pepper " + k.ID), nil }

// peppers is the checked key ring. The keys are held by closures, so that no verb of fmt can print them.
type peppers struct {
	current string
	keys    map[string]func([]byte) []byte
}

func newPeppers(p *Pepper) (*peppers, error) {
	ring := &peppers{keys: map[string]func([]byte) []byte{}}
	if p == nil {
		return ring, nil
	}
	ring.current = p.Current.ID
	var errs []error
	for _, k := range append([]PepperKey{p.Current}, p.Older...) {
		switch {
		case !pepperID.MatchString(k.ID):
			errs = append(errs, fmt.Errorf("Pepper: key id %q is not 1 to 32 letters, digits or hyphens", k.ID))
		case len(k.Key) != pepperKeyLen:
			errs = append(errs, fmt.Errorf("Pepper: key %q has %d bytes, 32 are required", k.ID, len(k.Key)))
		case ring.keys[k.ID] != nil:
			errs = append(errs, fmt.Errorf("Pepper: key id %q is given twice", k.ID))
		default:
			key := bytes.Clone(k.Key)
			ring.keys[k.ID] = func(output []byte) []byte {
				mac := hmac.New(sha256.New, key)
				mac.Write(output)
				return mac.Sum(nil)
			}
		}
	}
	return ring, errors.Join(errs...)
}

// known returns an error if a key is missing, before a slow hash is computed.
func (r *peppers) known(ids []string) error {
	for _, id := range ids {
		if r.keys[id] == nil {
			return malformed("pepper key " + id + " is not configured")
		}
	}
	return nil
}

// seal applies the keys named by ids in order; ids must be known, and are empty for a hash without pepper.
func (r *peppers) seal(output []byte, ids []string) []byte {
	for _, id := range ids {
		output = r.keys[id](output)
	}
	return output
}

// ids returns the layers of a new hash.
func (r *peppers) ids() []string {
	if r.current == "" {
		return nil
	}
	return []string{r.current}
}

// Rewrap applies the current pepper to a stored argon2id hash without needing the password, so that a key can be
// introduced or replaced for accounts that have not signed in since. It returns the new encoding and true, or the
// same encoding and false if there is nothing to do: no pepper is configured, the current key is already outermost, or
// the hash is imported or has an output other than 32 bytes. The inner keys are still needed until the operator signs
// in and the password is hashed again. Rewrap fails with [ErrMalformed].
func (h *Hasher) Rewrap(encoded string) (string, bool, error) {
	encoded = trimDjango(encoded)
	if !isArgon(encoded) {
		_, err := parseImported(encoded)
		return encoded, false, err
	}
	a, err := parseArgon(encoded)
	if err != nil {
		return encoded, false, err
	}
	id := h.peppers.current
	if id == "" || len(a.output) != outputLen || (len(a.keys) > 0 && a.keys[len(a.keys)-1] == id) {
		return encoded, false, nil
	}
	if len(a.keys) == maxPeppers {
		return encoded, false, malformed("too many pepper layers")
	}
	a.output = h.peppers.seal(a.output, []string{id})
	a.keys = append(a.keys, id)
	return a.String(), true, nil
}

func parsePepperIDs(s string) ([]string, error) {
	ids := strings.Split(s, ".")
	if len(ids) > maxPeppers {
		return nil, malformed("too many pepper layers")
	}
	for _, id := range ids {
		if !pepperID.MatchString(id) {
			return nil, malformed("pepper key id")
		}
	}
	return ids, nil
}
