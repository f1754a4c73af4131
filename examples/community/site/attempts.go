package site

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

const (
	// attemptWindow is how long attempts count.
	attemptWindow = 15 * time.Minute
	// perIP attempts pass from one IP address, and perAccount for one
	// account, wherever they come from.
	perIP, perAccount = 30, 10
)

// attempt counts a try before it is evaluated, so that many at once cannot slip
// through. The account is what was typed, whether or not anybody has it.
func (s *Site) attempt(r *http.Request, kind, account string) (keys []string, err error) {
	account = strings.ToLower(strings.Join(strings.Fields(account), " "))
	var hits []store.Hit
	for _, c := range []struct {
		key string
		max int
	}{{s.counter(kind, "address", client(r)), perIP}, {s.counter(kind, "account", account), perAccount}} {
		hits = append(hits, store.Hit{Key: c.key, Limit: store.Limit{Max: c.max, Window: attemptWindow}})
		keys = append(keys, c.key)
	}
	results, counted, err := s.Counters.Hit(r.Context(), s.Now(), hits...)
	if err != nil {
		return nil, fmt.Errorf("count attempt: %w", err)
	}
	if counted {
		return keys, nil
	}
	limited := &limitedError{}
	for _, r := range results {
		if r.RetryAt.After(limited.retryAt) {
			limited.retryAt = r.RetryAt
		}
	}
	return nil, limited
}

// takeBack gives a try back that came out well.
func (s *Site) takeBack(r *http.Request, keys []string) error {
	if err := s.Counters.Commit(r.Context(), store.Unhit{Keys: keys}); err != nil {
		return fmt.Errorf("take attempt back: %w", err)
	}
	return nil
}

// counter makes a key that holds nothing readable.
func (s *Site) counter(parts ...string) string {
	mac := hmac.New(sha256.New, s.Key)
	for _, p := range parts {
		fmt.Fprintf(mac, "%d:%s", len(p), p)
	}
	return "garden:" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}
