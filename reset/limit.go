package reset

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// limitWindow is the hour of "per hour".
const limitWindow = time.Hour

// The kinds of keys: an account that exists and one that was merely typed are
// never the same counter.
const (
	kindAddress = "address"
	kindAccount = "account"
	kindSubject = "subject"
	kindGap     = "gap."
)

// Allow counts one request for a link and says whether a mail may go out.
//
// The account is what was typed, in the caller's folded form (lower-case
// e-mail, say), whether or not anybody has it, so that known and unknown
// accounts are counted alike; the empty one counts too. The address is the
// client's IP address, with or without port; IPv6 counts per /64, and anything
// that is no IP address as it stands, so that clients without an address share
// one limit.
//
// Over the limit of the address the error is a *[LimitedError]. Over the limit of
// the account, or inside the gap, sendMail is false without an error: answer as
// if a mail had gone out. Any other error means "not now".
func (l *Links) Allow(ctx context.Context, account, address string) (sendMail bool, err error) {
	if err := l.off(); err != nil {
		return false, err
	}
	return l.allow(ctx, kindAccount, account, address)
}

func (l *Links) allow(ctx context.Context, kind, account, address string) (bool, error) {
	p := l.policy()
	if err := p.checkLimits(); err != nil {
		return false, err
	}
	now := l.time()

	retryAt, ok, err := l.hit(ctx, kindAddress, clientNet(address), p.PerAddress, limitWindow, now)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, &LimitedError{RetryAt: retryAt}
	}
	// The gap comes first, so that impatience does not use up the hour.
	if p.Gap > 0 {
		if _, ok, err = l.hit(ctx, kindGap+kind, account, 1, p.Gap, now); err != nil || !ok {
			return false, err
		}
	}
	_, ok, err = l.hit(ctx, kind, account, p.PerAccount, limitWindow, now)
	return ok && err == nil, err
}

// hit counts under a key that does not show the value.
func (l *Links) hit(ctx context.Context, kind, value string, most int, window time.Duration, now time.Time) (time.Time, bool, error) {
	key := l.purpose + "/" + kind + "/" + l.keyed(kind, value)
	_, retryAt, ok, err := l.store.Hit(ctx, key, store.Limit{Max: most, Window: window}, now)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("reset: count request: %w", err)
	}
	return retryAt, ok, nil
}

// clientNet is the unit that one client is taken to hold: an IPv4 address, or
// an IPv6 /64, because whoever has one address of it has them all. A port is
// dropped, because it changes with every connection.
func clientNet(address string) string {
	address = strings.TrimSpace(address)
	ip, err := netip.ParseAddr(strings.Trim(address, "[]"))
	if err != nil {
		withPort, err := netip.ParseAddrPort(address)
		if err != nil {
			return address
		}
		ip = withPort.Addr()
	}
	ip = ip.Unmap()
	if ip.Is4() {
		return ip.String()
	}
	// A prefix has no zone.
	return netip.PrefixFrom(ip, 64).Masked().String()
}
