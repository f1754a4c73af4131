package totp

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxURI bounds the input of ParseURI; the longest URI of a valid key is shorter.
const maxURI = 4096

// URI reveals the key as the URI that authenticator apps read from a QR code:
//
//	otpauth://totp/ACME%20Co:ada%40example.org?secret=…&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30
//
// It contains the secret: show it only during enrolment, and never log it. The URI
// of an invalid key is empty; one from [NewKey] or [ParseURI] is always valid.
//
// Source: the "Key Uri Format" page of the Google Authenticator wiki.
func (k Key) URI() string {
	if k.Validate() != nil {
		return ""
	}
	issuer := escape(k.Issuer)
	return "otpauth://totp/" + issuer + ":" + escape(k.Account) +
		"?secret=" + k.Secret.Base32() +
		"&issuer=" + issuer +
		"&algorithm=" + k.Algorithm.String() +
		"&digits=" + k.digits().String() +
		"&period=" + periodSeconds()
}

// periodSeconds returns the period as key URIs write it.
func periodSeconds() string {
	return strconv.Itoa(int(Period / time.Second))
}

// escape percent-encodes all but the unreserved characters of RFC 3986, in path
// and query alike. Apps disagree on "+", which some read as a space, and on which
// other reserved characters may stay unencoded.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// ParseURI reads a key URI, ours or another's. A missing algorithm, digits or
// period means SHA1, 6 and 30. The issuer may be in the label, in the issuer
// parameter or in both, which must then agree. Unknown parameters are
// ignored. Anything that this package could not verify codes for is an error:
// counter-based keys, other periods, lengths and algorithms, a repeated parameter,
// a name or secret that [NewKey] or [ParseSecret] refuses. No error quotes the URI.
func ParseURI(uri string) (Key, error) {
	k, err := parseURI(uri)
	if err != nil {
		return Key{}, fmt.Errorf("parse totp key uri: %w", err)
	}
	return k, nil
}

func parseURI(uri string) (Key, error) {
	if len(uri) > maxURI {
		return Key{}, errors.New("too long")
	}
	// The errors of net/url quote their input, and with it the secret: they are
	// replaced, not wrapped.
	u, err := url.Parse(uri)
	if err != nil {
		return Key{}, errors.New("not a URI")
	}
	if u.Scheme != "otpauth" || !strings.EqualFold(u.Host, "totp") || u.User != nil || u.Fragment != "" {
		return Key{}, errors.New("does not begin with otpauth://totp/ or has parts that no key has")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Key{}, errors.New("malformed query")
	}
	for _, name := range [...]string{"secret", "issuer", "algorithm", "digits", "period"} {
		if len(query[name]) > 1 {
			return Key{}, fmt.Errorf("parameter %s is given more than once", name)
		}
	}
	issuer, account, err := parseLabel(u.Path, query)
	if err != nil {
		return Key{}, err
	}
	o, err := parseOptions(query)
	if err != nil {
		return Key{}, err
	}
	s, err := ParseSecret(query.Get("secret"))
	if err != nil {
		return Key{}, err
	}
	return NewKey(issuer, account, s, o)
}

// parseLabel splits "/issuer:account". The path is already decoded, because a
// colon encoded as %3A also separates. NewKey refuses a second colon.
func parseLabel(path string, query url.Values) (issuer, account string, err error) {
	label := strings.TrimPrefix(path, "/")
	issuer, account, found := strings.Cut(label, ":")
	if !found {
		return query.Get("issuer"), label, nil
	}
	if query.Has("issuer") && strings.TrimSpace(query.Get("issuer")) != strings.TrimSpace(issuer) {
		return "", "", errors.New("issuer differs between label and parameter")
	}
	return issuer, account, nil
}

func parseOptions(query url.Values) (Options, error) {
	var o Options
	var err error
	if query.Has("algorithm") {
		if o.Algorithm, err = ParseAlgorithm(query.Get("algorithm")); err != nil {
			return Options{}, err
		}
	}
	if query.Has("digits") {
		// Compared as text: no program writes "06" or "+6".
		switch query.Get("digits") {
		case "6":
			o.Digits = DefaultDigits
		case "8":
			o.Digits = longDigits
		default:
			return Options{}, errors.New("digits is not 6 or 8")
		}
	}
	if query.Has("period") && query.Get("period") != periodSeconds() {
		return Options{}, errors.New("period is not 30")
	}
	return o, nil
}
