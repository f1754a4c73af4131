package breached_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password/breached"
)

var ctx = context.Background()

// serve runs a service that answers with the handler.
func serve(t testing.TB, handler http.HandlerFunc, change ...func(*breached.Config)) *breached.Service {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	cfg := breached.Config{URL: server.URL}
	for _, c := range change {
		c(&cfg)
	}
	s, err := breached.New(cfg)
	require.NoError(t, err)
	return s
}

func TestAServiceLearnsFiveDigitsOnly(t *testing.T) {
	var request http.Request
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		request = *r
		fmt.Fprint(w, rangeOf(lines(0), "5BAA6"))
	})
	found, err := s.Breached(ctx, known)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "/range/5BAA6", request.URL.String())
	require.Equal(t, http.MethodGet, request.Method)
	require.Equal(t, "true", request.Header.Get("Add-Padding"))
	require.Equal(t, breached.DefaultUserAgent, request.UserAgent())
	require.Empty(t, request.Header.Get("Cookie"))
}

func TestAnswersOfAService(t *testing.T) {
	tail := sum(known)[5:]
	other := strings.Repeat("0", 35)
	for name, c := range map[string]struct {
		answer string
		found  bool
		err    string
	}{
		"the password":                  {answer: tail + ":3", found: true},
		"others":                        {answer: other + ":3\r\n" + strings.Repeat("F", 35) + ":1\r\n"},
		"in lower case, with LF":        {answer: strings.ToLower(tail) + ":3\n", found: true},
		"unsorted":                      {answer: strings.Repeat("F", 35) + ":1\r\n" + tail + ":3\r\n" + other + ":3\r\n", found: true},
		"padding":                       {answer: other + ":3\r\n" + tail + ":0\r\n"},
		"a hash that is too short":      {answer: tail[1:] + ":3", err: "is not a SHA-1 hash, a colon and a count"},
		"a hash that is too long":       {answer: "0" + tail + ":3", err: "is not a SHA-1 hash"},
		"a whole hash":                  {answer: sum(known) + ":3", err: "is not a SHA-1 hash"},
		"NTLM hashes":                   {answer: tail[8:] + ":3", err: "NTLM"},
		"no count":                      {answer: tail + "\r\n", err: "is not a SHA-1 hash"},
		"an empty count":                {answer: tail + ":\r\n", err: "is not a SHA-1 hash"},
		"a negative count":              {answer: tail + ":-1\r\n", err: "is not a SHA-1 hash"},
		"an endless count":              {answer: tail + ":" + strings.Repeat("9", 13), err: "is not a SHA-1 hash"},
		"cut off after some lines":      {answer: other + ":3\r\n" + tail[:20], err: "is not a SHA-1 hash"},
		"a page of another kind":        {answer: "<!DOCTYPE html>\n<p>Sign in to the guest network", err: "is not a SHA-1 hash"},
		"nothing":                       {answer: "", err: "is empty"},
		"an empty line":                 {answer: other + ":3\r\n\r\n" + tail + ":3", err: "is not a SHA-1 hash"},
		"more than a range can be":      {answer: strings.Repeat(other+":3\r\n", 30_000), err: "is longer than 1048576 bytes"},
		"the password, then a bad line": {answer: tail + ":3\r\n?", err: "is not a SHA-1 hash"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, c.answer) })
			found, err := s.Breached(ctx, known)
			require.Equal(t, c.found, found)
			if c.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.err)
			requireSilent(t, err, known)
		})
	}
}

func TestAServiceThatDoesNotAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		err    string
	}{
		"it is busy":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, "it answered 429 Too Many Requests"},
		"it is down":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, "it answered 503"},
		"it has none": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "it answered 204"},
		"it is slow":  {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "took too long"},
		"a slow body": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "00")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "took too long"},
		"it is cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, sum(known)[5:]+":3\r\n")
		}, "unexpected EOF"},
		"it redirects": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, "redirects are not followed"},
		"it redirects 2": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusPermanentRedirect)
		}, "redirects are not followed"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					t.Error("a redirect was followed")
				}
				c.answer(w, r)
			}, func(c *breached.Config) { c.Timeout = 100 * time.Millisecond })
			found, err := s.Breached(ctx, known)
			require.False(t, found)
			require.ErrorContains(t, err, c.err)
			requireSilent(t, err, known)
		})
	}

	s, err := breached.New(breached.Config{URL: "http://127.0.0.1:1"})
	require.NoError(t, err)
	_, err = s.Breached(ctx, known)
	require.ErrorContains(t, err, "ask 127.0.0.1:1")
	requireSilent(t, err, known)
}

func TestAThresholdLetsRareOnesPass(t *testing.T) {
	for count, found := range map[string]bool{"9": false, "10": true, "11": true} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, sum(known)[5:]+":"+count) },
			func(c *breached.Config) { c.MinCount = 10 })
		got, err := s.Breached(ctx, known)
		require.NoError(t, err)
		require.Equal(t, found, got, count)
	}
}

func TestARangeIsAskedForOnce(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprint(w, rangeOf(lines(0), "5BAA6"))
	})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			found, err := s.Breached(ctx, known)
			if err != nil || !found {
				t.Error(found, err)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, asked.Load())
}

// canned answers in place of a network.
type canned struct {
	asked int
	delay time.Duration
}

func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	c.asked++
	select {
	case <-time.After(c.delay):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	w := httptest.NewRecorder()
	fmt.Fprint(w, strings.Repeat("0", 35)+":1")
	return w.Result(), nil
}

func TestAnswersAreKeptForAWhile(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  breached.Config
		wait time.Duration
		want int
	}{
		"until they expire":      {wait: breached.DefaultCacheFor - time.Second, want: 2},
		"not longer":             {wait: breached.DefaultCacheFor, want: 4},
		"as long as is set":      {cfg: breached.Config{CacheFor: time.Minute}, wait: time.Minute, want: 4},
		"as many as are set":     {cfg: breached.Config{CacheRanges: 1}, want: 4},
		"none for a negative":    {cfg: breached.Config{CacheFor: -1}, want: 4},
		"none for a negative, 2": {cfg: breached.Config{CacheRanges: -1}, want: 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := &canned{}
				c.cfg.Transport = network
				s, err := breached.New(c.cfg)
				require.NoError(t, err)
				for range 2 {
					for _, password := range []string{known, unknown} {
						_, err := s.Breached(ctx, password)
						require.NoError(t, err)
					}
					time.Sleep(c.wait)
				}
				require.Equal(t, c.want, network.asked)
			})
		})
	}
}

func TestWhoAsksCanLeaveAndOthersStillGetTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &canned{delay: time.Second}
		s, err := breached.New(breached.Config{Transport: network})
		require.NoError(t, err)
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		_, err = s.Breached(short, known)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = s.Breached(ctx, known)
		require.NoError(t, err)
		require.Equal(t, 1, network.asked)

		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err = s.Breached(ended, unknown)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 1, network.asked)
	})
}

func TestErrorsAreNotKept(t *testing.T) {
	status := http.StatusServiceUnavailable
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, rangeOf(lines(0), "5BAA6"))
	})
	_, err := s.Breached(ctx, known)
	require.Error(t, err)
	status = http.StatusOK
	found, err := s.Breached(ctx, known)
	require.NoError(t, err)
	require.True(t, found)
}

func TestMistakesOfAConfiguration(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  breached.Config
		want string
	}{
		"without TLS":           {breached.Config{URL: "http://mirror.example"}, "URL of mirror.example: want https"},
		"almost this machine":   {breached.Config{URL: "http://127.0.0.1.example"}, "want https"},
		"not a URL":             {breached.Config{URL: "mirror.example"}, "URL: want one such as https://"},
		"another scheme":        {breached.Config{URL: "file:///etc/passwd"}, "URL: want one"},
		"with a password in it": {breached.Config{URL: "https://user:hunter2@mirror.example"}, "URL of mirror.example: want no user"},
		"with a query":          {breached.Config{URL: "https://mirror.example/?key=hunter2"}, "want no user, query or fragment"},
		"a negative count":      {breached.Config{MinCount: -1}, "MinCount -1: want 0"},
		"a negative timeout":    {breached.Config{Timeout: -1}, "Timeout -1ns: want 0"},
		"two headers in one":    {breached.Config{UserAgent: "a\r\nX: b"}, "UserAgent"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := breached.New(c.cfg)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
	_, err := breached.New(breached.Config{MinCount: -1, Timeout: -1})
	require.ErrorContains(t, err, "MinCount")
	require.ErrorContains(t, err, "Timeout")
	for _, url := range []string{"", "https://mirror.example/hashes/", "http://localhost:8080", "http://[::1]:8080", "http://127.8.0.1"} {
		_, err := breached.New(breached.Config{URL: url})
		require.NoError(t, err, url)
	}
}
