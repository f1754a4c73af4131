package totp

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxIssuerBytes bounds [Key].Issuer. The key URI contains the issuer twice.
	MaxIssuerBytes = 100

	// MaxAccountBytes bounds [Key].Account and is enough for any email address.
	// Within these bounds, every key fits a QR code.
	MaxAccountBytes = 254
)

// Key is what an authenticator app stores: a secret, the names it is listed
// under, and how its codes are generated. Create it with [NewKey].
// The zero value is not valid: its URI is empty and it has no QR code.
type Key struct {
	// Issuer is the name of the site, such as "ACME Co".
	Issuer string

	// Account is the name of the person at the site, usually an email address.
	Account string

	// Secret redacts itself, so a Key can be printed and logged.
	Secret Secret

	// Options sets how codes are generated. StrictWindow concerns only the server
	// and is not part of the URI.
	Options
}

// NewKey returns the key that an app lists as account at issuer. White space
// around both names is trimmed, and o.Digits is filled in. A name that is empty,
// too long, not UTF-8, or holds a colon (the separator of the label), a control
// character or a character that reorders text is an error, as are an empty secret
// and options that [Options.Validate] refuses. All mistakes are reported at once.
func NewKey(issuer, account string, s Secret, o Options) (Key, error) {
	k := Key{Issuer: strings.TrimSpace(issuer), Account: strings.TrimSpace(account), Secret: s, Options: o}
	if err := k.Validate(); err != nil {
		return Key{}, err
	}
	k.Digits = o.digits().Length()
	return k, nil
}

// Validate reports everything that makes k invalid, like [NewKey].
func (k Key) Validate() error {
	var errs []error
	if err := checkName(k.Issuer, MaxIssuerBytes); err != nil {
		errs = append(errs, fmt.Errorf("totp key: issuer %w", err))
	}
	if err := checkName(k.Account, MaxAccountBytes); err != nil {
		errs = append(errs, fmt.Errorf("totp key: account %w", err))
	}
	if k.Secret.IsZero() {
		errs = append(errs, errors.New("totp key: secret is empty"))
	}
	return errors.Join(append(errs, k.Options.Validate())...)
}

// checkName refuses names that apps would show wrongly or cut in the wrong place.
func checkName(name string, maxBytes int) error {
	switch {
	case name == "":
		return errors.New("is empty")
	case len(name) > maxBytes:
		return fmt.Errorf("is longer than %d bytes", maxBytes)
	case !utf8.ValidString(name):
		return errors.New("is not valid UTF-8")
	case strings.TrimSpace(name) != name:
		return errors.New("begins or ends with white space")
	case strings.Contains(name, ":"):
		return errors.New("holds a colon, which separates issuer and account")
	case strings.ContainsFunc(name, misleads):
		return errors.New("holds a control character")
	}
	return nil
}

// misleads reports characters that break a line or reorder text, with which a
// name could be made to look like another one in the list of an app.
func misleads(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}
