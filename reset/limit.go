package reset

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/store"
)

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
// with or without port; IPv6 addresses are counted per /64, and per /56 and /48 with 4
// and 16 times the limit. A text that is not an IP address counts as it is, so that clients
// without one share a limit.
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
	var hits []store.Hit
	for i, network := range netgroup.Of(ip) {
		hits = append(hits, l.under(kindIP, network, store.Refilling(netgroup.Share(i)*p.PerIP, time.Hour)))
	}
	// Apart, so that the account's limits can be seen neither in the network's nor in
	// how much work the store has.
	results, _, err := l.store.Hit(ctx, l.time(), hits...)
	if err != nil {
		return false, fmt.Errorf("reset: count request: %w", err)
	}
	if i := slices.IndexFunc(results, func(r store.HitResult) bool { return !r.Passed }); i >= 0 {
		return false, &LimitedError{RetryAt: results[i].RetryAt}
	}
	hits = []store.Hit{l.under(kind, account, p.account())}
	if gap := p.gap(); gap > 0 {
		// Together, so that impatience within the gap does not use up the hour.
		hits = append(hits, l.under(kindGap+kind, account, store.Limit{Max: 1, Window: gap}))
	}
	_, send, err := l.store.Hit(ctx, l.time(), hits...)
	if err != nil {
		return false, fmt.Errorf("reset: count request: %w", err)
	}
	return send, nil
}

// account limits requests for one account. However many requests strangers make, the next
// link is sent before the last one expires.
func (p Policy) account() store.Limit {
	limit := store.Refilling(p.PerAccount, time.Hour)
	if p.Life > 0 {
		limit.Every = min(limit.Every, p.Life)
	}
	return limit
}

func (p Policy) gap() time.Duration {
	if p.Life > 0 {
		return min(p.Gap, p.Life)
	}
	return p.Gap
}

// under returns an attempt under a key that does not reveal the value. A kind has 2^24
// keys, so that made-up values cannot fill the table; a few share a counter by chance.
func (l *Links) under(kind, value string, limit store.Limit) store.Hit {
	return store.Hit{Key: l.purpose + "/" + kind + "/" + l.keyed(kind, value)[:4], Limit: limit}
}
