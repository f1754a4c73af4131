package breached

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

const (
	// DefaultURL is the public service of Have I Been Pwned. It is free and needs no key.
	DefaultURL = "https://api.pwnedpasswords.com"
	// DefaultUserAgent is what the service is told about who asks.
	DefaultUserAgent = "postern-breached"
	// DefaultTimeout is how long an answer may take. It is less than the 3 seconds that an office gives.
	DefaultTimeout = 2 * time.Second
	// DefaultCacheFor is how long an answer is used again. The public list changes a few times a year.
	DefaultCacheFor = time.Hour
	// DefaultCacheRanges is how many answers are kept: about 10 MB of the public list.
	DefaultCacheRanges = 256
)

// Config says which service is asked, and how. The zero value is the public one.
type Config struct {
	// URL is the address of the service without "/range/". It must be https; http is allowed to this machine only.
	// Default: DefaultURL.
	URL string
	// UserAgent is sent with each request. Default: DefaultUserAgent.
	UserAgent string
	// Timeout is how long an answer may take, body included. Default: DefaultTimeout.
	Timeout time.Duration
	// MinCount is how often a password must have been seen to count as breached. Default: 1.
	MinCount int
	// CacheFor is how long an answer is used again, and CacheRanges how many are kept. An answer is a range of the
	// public list: the cache does not know which of its passwords was asked about. Negative values keep none.
	// Defaults: DefaultCacheFor and DefaultCacheRanges.
	CacheFor    time.Duration
	CacheRanges int
	// Transport makes the connections, for a proxy or a certificate authority of yours. If nil, one of its own is
	// used, with TLS 1.2 or later and the proxy of the environment.
	Transport http.RoundTripper
}

// Service asks a service about the range that a password's hash is in.
type Service struct {
	ranges, host, userAgent string
	timeout                 time.Duration
	min                     uint64
	client                  *http.Client
	cache                   *cache
	flights                 flights
}

// New checks the configuration, and reports all its mistakes. It asks nothing yet.
func New(cfg Config) (*Service, error) {
	var wrong []error
	base, err := endpoint(cfg.URL)
	if err != nil {
		wrong = append(wrong, err)
	}
	min, err := threshold(cfg.MinCount)
	if err != nil {
		wrong = append(wrong, err)
	}
	if cfg.Timeout < 0 {
		wrong = append(wrong, fmt.Errorf("Timeout %v: want 0, which is %v, or more", cfg.Timeout, DefaultTimeout))
	}
	if strings.ContainsFunc(cfg.UserAgent, func(r rune) bool { return r < ' ' || r > '~' }) {
		wrong = append(wrong, fmt.Errorf("UserAgent %q: want printable ASCII", cfg.UserAgent))
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("breached: %w", errors.Join(wrong...))
	}
	s := &Service{ranges: base.JoinPath("range").String() + "/", host: base.Host, userAgent: cfg.UserAgent, timeout: cfg.Timeout, min: min}
	if s.userAgent == "" {
		s.userAgent = DefaultUserAgent
	}
	if s.timeout == 0 {
		s.timeout = DefaultTimeout
	}
	transport := cfg.Transport
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxConnsPerHost, own.MaxResponseHeaderBytes = 8, 64<<10
		transport = own
	}
	// A redirect could lead to a host that nobody chose, or away from TLS.
	s.client = &http.Client{Transport: transport, Timeout: s.timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	s.cache = newCache(cfg.CacheFor, cfg.CacheRanges)
	return s, nil
}

// endpoint parses the URL of a service.
func endpoint(text string) (*url.URL, error) {
	if text == "" {
		text = DefaultURL
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, errors.New("URL: want one such as " + DefaultURL)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("URL of %s: want no user, query or fragment", u.Host)
	case u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()):
		return u, nil
	}
	return nil, fmt.Errorf("URL of %s: want https; http is allowed to this machine only", u.Host)
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// Breached reports whether the list has the password. The service learns five digits of its SHA-1, which about a
// thousand others on the list have in common, and the answer is padded so that its length tells nothing.
func (s *Service) Breached(ctx context.Context, password string) (bool, error) {
	h, prefix := digest(password)
	found, ok := s.cache.get(prefix)
	if !ok {
		var err error
		if found, err = s.flights.do(ctx, prefix, s.ask); err != nil {
			return false, fmt.Errorf("breached: %w", err)
		}
	}
	return contains(found, h), nil
}

// ask gets a range from the service, and keeps it. It ends by its own timeout, not with whoever asked first: others may
// wait for the same range.
func (s *Service) ask(prefix string) ([]hash, error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.ranges+prefix, nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: the URL is wrong", s.host)
	}
	r.Header.Set("User-Agent", s.userAgent)
	r.Header.Set("Accept", "text/plain")
	r.Header.Set("Add-Padding", "true")
	answer, err := s.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", s.host, reason(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		return nil, fmt.Errorf("ask %s: it answered %d; redirects are not followed, so set URL to where they lead", s.host, answer.StatusCode)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask %s: it answered %d %s", s.host, answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxRange+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", s.host, reason(err))
	}
	if len(text) > maxRange {
		return nil, fmt.Errorf("the answer of %s is longer than %d bytes", s.host, maxRange)
	}
	found, err := parseRange(prefix, text, s.min)
	if err != nil {
		return nil, fmt.Errorf("the answer of %s %w", s.host, err)
	}
	s.cache.put(prefix, found)
	return found, nil
}

// reason returns what is wrong without the URL, which ends with the prefix.
func reason(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return fmt.Errorf("it took too long: %w", context.DeadlineExceeded)
	}
	return err
}
