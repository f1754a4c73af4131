package reset

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

// redacted is all that a Link says of itself unless asked by name.
const redacted = "[redacted]"

// Link is a fresh link: the only place where its token is readable. Put it in
// the one mail or page that must show it, and forget it. The zero Link holds
// none.
type Link struct {
	// token is a pointer, so that a Link in an unexported field of somebody's
	// struct, whose methods fmt cannot call, prints as an address.
	token *string
}

// Token returns the secret part, for people to paste; empty for the zero Link.
func (l Link) Token() string {
	if l.token == nil {
		return ""
	}
	return *l.token
}

// URL returns the address to put in the mail: page#token. The page is an
// absolute http or https address without query, fragment or user, made from the
// configured origin and never from a request's Host header. Errors do not quote
// it, because an office's address is not for logs.
func (l Link) URL(page string) (string, error) {
	if l.token == nil {
		return "", errors.New("reset: link address: the link is empty")
	}
	if _, err := parsePage(page); err != nil {
		return "", fmt.Errorf("reset: link address: %w", err)
	}
	if strings.ContainsAny(page, "?#") {
		return "", errors.New("reset: link address: page has a query or a fragment")
	}
	return page + "#" + *l.token, nil
}

// parsePage parses an absolute http or https address.
func parsePage(page string) (*url.URL, error) {
	u, err := url.Parse(page)
	switch {
	case err != nil:
		return nil, errors.New("not a valid address") // url.Error would quote it
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, errors.New("not an absolute http or https address")
	case u.User != nil:
		return nil, errors.New("holds a user")
	case strings.ContainsAny(page, " \"<>\\"):
		return nil, errors.New("holds a character that addresses do not have")
	}
	return u, nil
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

// MarshalText returns "[redacted]". There is no UnmarshalText: a link that was
// marshalled by mistake is lost and found out, not stored in the clear.
func (l Link) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "[redacted]" as a JSON string.
func (l Link) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
