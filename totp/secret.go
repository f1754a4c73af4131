package totp

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

const (
	// MinSecretBytes is the shortest secret accepted, 128 bits (RFC 4226 section 4, R6).
	MinSecretBytes = 16

	// MaxSecretBytes is the longest secret accepted. HMAC gains nothing past its
	// block size, which is 128 bytes for SHA-512, and the QR code stays readable.
	MaxSecretBytes = 128

	// maxSecretText bounds the input of ParseSecret: the longest secret in base32
	// is 205 characters, which leaves room for any grouping.
	maxSecretText = 1024
)

// base32NoPadding is the form that apps and key URIs use.
var base32NoPadding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Secret is the key shared between the server and the authenticator app. Anyone
// who has it can generate every future code, so it redacts itself when printed,
// logged or marshalled; [Secret.Base32], [Secret.Grouped] and [Secret.Bytes] reveal it.
//
// A Secret is immutable and safe for concurrent use. The zero value holds no
// secret and verifies nothing. It cannot be compared with ==; see [Secret.Equal].
type Secret struct {
	_ [0]func() // no ==, which would compare pointers

	// key is a pointer because fmt cannot call methods on a Secret in an unexported
	// field of another struct, and then prints the pointer. It points to a string
	// because fmt follows a pointer to a slice, array, struct or map if the verb
	// does not suit it.
	key *string
}

// NewSecret returns a random secret. Its length is that of the hash output: 20
// bytes for SHA1, 32 for SHA256, 64 for SHA512 (RFC 6238 section 5.1). An unknown
// algorithm is an error.
func NewSecret(a Algorithm) (Secret, error) {
	if !a.known() {
		return Secret{}, fmt.Errorf("new totp secret: unknown algorithm %d", int(a))
	}
	key := make([]byte, algorithms[a].secretBytes)
	rand.Read(key)
	return SecretFromBytes(key)
}

// SecretFromBytes returns the secret that consists of key, which is copied. It is
// an error if key is shorter than [MinSecretBytes] or longer than [MaxSecretBytes].
func SecretFromBytes(key []byte) (Secret, error) {
	if len(key) < MinSecretBytes || len(key) > MaxSecretBytes {
		return Secret{}, fmt.Errorf("totp secret: has %d bytes, want %d to %d", len(key), MinSecretBytes, MaxSecretBytes)
	}
	held := string(key)
	return Secret{key: &held}, nil
}

// ParseSecret reads a secret in base32 as people type and apps export it: in any
// case, grouped by white space or hyphens, with or without padding. A character
// outside the base32 alphabet, a last character that no encoder writes, and a
// length outside [MinSecretBytes] to [MaxSecretBytes] are errors. Errors do not
// quote the text.
func ParseSecret(text string) (Secret, error) {
	if len(text) > maxSecretText {
		return Secret{}, errors.New("parse totp secret: text is too long")
	}
	canonical := strings.TrimRight(strings.Map(base32Rune, text), "=")
	key, err := base32NoPadding.DecodeString(canonical)
	// The decoder ignores impossible lengths and left-over bits. Both mean that
	// characters were lost or mistyped, and the app might read them differently.
	if err != nil || base32NoPadding.EncodeToString(key) != canonical {
		return Secret{}, errors.New("parse totp secret: not valid base32")
	}
	s, err := SecretFromBytes(key)
	if err != nil {
		return Secret{}, fmt.Errorf("parse %w", err)
	}
	return s, nil
}

// base32Rune drops separators and upper-cases only ASCII letters: Unicode case
// mapping would turn other letters such as "ſ" into members of the alphabet.
func base32Rune(r rune) rune {
	switch {
	case r == '-' || unicode.IsSpace(r):
		return -1
	case 'a' <= r && r <= 'z':
		return r - 'a' + 'A'
	}
	return r
}

// Base32 reveals the secret in base32, in upper case without padding: the form for
// key URIs and programs.
func (s Secret) Base32() string {
	return base32NoPadding.EncodeToString(s.Bytes())
}

// Grouped reveals the secret in base32 in groups of four separated by spaces: the
// form for people to type.
func (s Secret) Grouped() string {
	var b strings.Builder
	for i, c := range []byte(s.Base32()) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Bytes reveals a copy of the secret, for encrypting it at rest.
func (s Secret) Bytes() []byte {
	if s.key == nil {
		return nil
	}
	return []byte(*s.key)
}

// IsZero reports whether s holds no secret.
func (s Secret) IsZero() bool {
	return s.key == nil
}

// Equal reports in constant time whether both are the same secret.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare(s.Bytes(), other.Bytes()) == 1
}
