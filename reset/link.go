package reset

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

// redacted is all that a Link prints unless its methods are called by name.
const redacted = "[redacted]"

// Link is a new link, and the only place where its token is readable. Put it in
// the one email or page that must show it, and discard it. The zero Link has no
// token.
type Link struct {
	// token is a pointer, so that a Link in an unexported field of another struct,
	// where fmt cannot call its methods, prints as a memory address.
	token *string
}

// Token returns the secret part, for people to paste; empty for the zero Link.
func (l Link) Token() string {
	if l.token == nil {
		return ""
	}
	return *l.token
}

// URL returns the URL to put in the email: page#token. page is an absolute http or
// https URL without query, fragment or user, built from the configured origin and
// never from a request's Host header. Errors do not quote it, because an office's
// URL must not be logged.
func (l Link) URL(page string) (string, error) {
	if l.token == nil {
		return "", errors.New("reset: link URL: the link is empty")
	}
	if err := checkPage(page); err != nil {
		return "", fmt.Errorf("reset: link URL: %w", err)
	}
	if strings.ContainsAny(page, "?#") {
		return "", errors.New("reset: link URL: page has a query or a fragment")
	}
	return page + "#" + *l.token, nil
}

// checkPage accepts an absolute http or https URL.
func checkPage(page string) error {
	u, err := url.Parse(page)
	switch {
	case err != nil:
		return errors.New("not a valid URL") // url.Error would quote it
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return errors.New("not an absolute http or https URL")
	case u.User != nil:
		return errors.New("holds a user")
	case strings.ContainsAny(page, " \"<>\\"):
		return errors.New("holds a character that addresses do not have")
	}
	return nil
}

// String returns "[redacted]".
func (l Link) String() string { return redacted }

// GoString returns "[redacted]".
func (l Link) GoString() string { return redacted }

// Format writes "[redacted]" for every verb, so that %x and %d reveal no more
// than %s.
func (l Link) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns "[redacted]" for log/slog.
func (l Link) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]". There is no UnmarshalText: a link marshalled
// by mistake is lost, which is noticed, and not stored in the clear.
func (l Link) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "[redacted]" as a JSON string.
func (l Link) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
