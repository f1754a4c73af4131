package reset

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/store"
)

// limitWindow is the hour of "per hour".
const limitWindow = time.Hour

// The kinds of keys: an existing account and one that was only typed never share
// a counter.
const (
	kindIP      = "address"
	kindAccount = "account"
	kindSubject = "subject"
	kindGap     = "gap."
)

// Allow counts one request for a link and reports whether an email may be sent.
//
// account is the text typed, in the caller's folded form (for example a lower-case
// email address), whether or not it exists, so that known and unknown accounts are
// counted alike; an empty one is also counted. ip is the client's IP address,
// with or without port; IPv6 addresses are counted per /64, and a text that is not
// an IP address as it is, so that clients without one share a limit.
//
// Over the limit per IP address, the error is a *[LimitedError]. Over the limit per
// account, or inside the gap, sendMail is false without an error: answer as if an
// email had been sent. Any other error means "not now".
func (l *Links) Allow(ctx context.Context, account, ip string) (sendMail bool, err error) {
	if err := l.off(); err != nil {
		return false, err
	}
	return l.allow(ctx, kindAccount, account, ip)
}

func (l *Links) allow(ctx context.Context, kind, account, ip string) (bool, error) {
	p := l.policy()
	if err := p.checkLimits(); err != nil {
		return false, err
	}
	hits := []store.Hit{
		l.under(kindIP, netgroup.Smallest(ip), p.PerIP, limitWindow),
		l.under(kind, account, p.PerAccount, limitWindow),
	}
	if p.Gap > 0 {
		hits = append(hits, l.under(kindGap+kind, account, 1, p.Gap))
	}
	// Together, so that impatience within the gap does not use up the hour.
	results, counted, err := l.store.Hit(ctx, l.time(), hits...)
	if err == nil && !counted && results[0].Passed {
		results, _, err = l.store.Hit(ctx, l.time(), hits[0])
	}
	switch {
	case err != nil:
		return false, fmt.Errorf("reset: count request: %w", err)
	case !results[0].Passed:
		return false, &LimitedError{RetryAt: results[0].RetryAt}
	}
	return counted, nil
}

// under returns an attempt under a key that does not reveal the value. A kind has 2^24
// keys, so that made-up values cannot fill the table; a few share a counter by chance.
func (l *Links) under(kind, value string, most int, window time.Duration) store.Hit {
	key := l.purpose + "/" + kind + "/" + l.keyed(kind, value)[:4]
	return store.Hit{Key: key, Limit: store.Limit{Max: most, Window: window}}
}
