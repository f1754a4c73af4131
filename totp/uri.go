package totp

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// URI reveals the key as the URI that authenticator apps read from a QR code:
//
//	otpauth://totp/ACME%20Co:ada%40example.org?secret=…&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30
//
// It contains the secret: show it only during enrolment, and never log it. The URI
// of an invalid key is empty; one from [NewKey] is always valid.
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
		"&period=" + strconv.Itoa(int(Period/time.Second))
}

// escape percent-encodes all but the unreserved characters of RFC 3986, in path
// and query alike. Apps disagree on "+", which some read as a space, and on which
// other reserved characters may stay unencoded.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
