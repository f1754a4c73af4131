package backoffice_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// valuer has something of its own to log, stringer to print.
type valuer struct{ text string }

func (v valuer) LogValue() slog.Value { return slog.GroupValue(slog.Any("in", &url.URL{Path: v.text})) }

type stringer struct{ text string }

func (s stringer) String() string { return "<" + s.text + ">" }

type brittle struct{}

func (*brittle) Error() string                { panic("no error") }
func (*brittle) MarshalJSON() ([]byte, error) { panic("no JSON") }

func TestALogWithoutTheAlias(t *testing.T) {
	o := newOffice(t)
	o.Browser().Get("/login")
	former := o.Base
	_, err := o.RotateAlias(ctx)
	require.NoError(t, err)
	now := strings.TrimSuffix(strings.TrimPrefix(o.HomeURL(), o.Cfg.Origin), "/")
	require.NotEqual(t, former, now)
	var b bytes.Buffer
	options := &slog.HandlerOptions{AddSource: true}
	for _, at := range []string{former, now} {
		r := httptest.NewRequest(http.MethodPost, at+"/orders?next="+url.QueryEscape(at+"/x"), strings.NewReader("csrf=x"))
		r.SetPathValue("first", at[1:]) // as a router outside does
		r.Pattern = "/{first}/"
		r.Header.Set("Referer", "https://h"+at+"/account")
		r.Header.Set("Cookie", "theme=dark; "+cookiesOf(o)[0]+"=token-canary")
		r.Header.Set("X-Csrf-Token", strings.Repeat("A", 64))
		u, err := url.Parse("https://h" + at + "/a%2Fb?c=" + at + "#" + at)
		require.NoError(t, err)
		values := map[string]any{
			"string": at + "/account", "word": at[1:], "escaped": url.QueryEscape(at + "/a"), "twice": url.QueryEscape(url.QueryEscape(at)), "bytes": []byte(at),
			"error": errors.New("get " + at + ": no"), "wrapped": fmt.Errorf("x: %w", &url.Error{Op: "Get", URL: at, Err: io.EOF}), "joined": errors.Join(errors.New(at), io.EOF),
			"errors": []error{errors.New(at)}, "url": u, "url by value": *u, "no url": (*url.URL)(nil), "request": r, "no request": (*http.Request)(nil), "header": r.Header,
			"list": []string{"a", at}, "any list": []any{at, 1}, "map": map[string]string{at: at}, "struct": struct{ Path string }{at}, "pointer": &struct{ Path string }{at},
			"unexported": struct{ path string }{at}, "nested": map[string]any{"a": []any{map[string]any{"b": at}}}, "valuer": valuer{at}, "stringer": stringer{at},
			"group": slog.GroupValue(slog.String("a", at), slog.Group("b", "c", at)), "attrs": []slog.Attr{slog.String("a", at)}, "raw": json.RawMessage(`{"a":"` + at + `"}`),
			"func": func() {}, "channel": make(chan int), "nil": nil, "brittle": &brittle{}, "no brittle": (*brittle)(nil), "number": 1, "time": time.Now(), at: "key",
		}
		for _, to := range []slog.Handler{slog.NewJSONHandler(&b, options), slog.NewTextHandler(&b, options)} {
			logger := slog.New(o.RedactLog(to))
			for key, v := range values {
				b.Reset()
				logger.Info("asked for "+at+"/x", key, v)
				logger.With(key, v).WithGroup("g"+at).With("a", at).Error("x", "b", at)
				require.NotContains(t, b.String(), at[1:], "%s of %T", key, v)
				require.Contains(t, b.String(), "asked for /_office/x")
				require.NotContains(t, b.String(), "token-canary", key)
			}
			require.False(t, logger.Enabled(ctx, slog.LevelDebug))
		}
		b.Reset()
		log.New(o.RedactWriter(&b), "", 0).Printf("GET %s/account %d%%", at, 100)
		require.Equal(t, "GET /_office/account 100%\n", b.String())
		logged := o.RedactRequest(r)
		dump, err := httputil.DumpRequest(logged, true)
		require.NoError(t, err)
		require.NotContains(t, string(dump)+logged.URL.String()+logged.RequestURI+logged.PathValue("first"), at[1:])
		require.Equal(t, r.Pattern, logged.Pattern)
		for _, secret := range []string{"token-canary", "csrf", "AAAA"} {
			require.NotContains(t, string(dump), secret)
		}
		require.Contains(t, string(dump), "Referer: https://h/_office/account")
		require.Contains(t, string(dump), "Cookie: theme=dark")
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.Equal(t, "csrf=x", string(body), "The request is as it was.")
	}

	t.Run("a line without it is as it was, and costs nothing", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodGet, "/members?a=%20", nil)
		require.Same(t, r, o.RedactRequest(r))
		text := "GET /members/ada 200"
		require.Zero(t, testing.AllocsPerRun(100, func() { _ = o.Redact(text) }))
		to := &counting{}
		h := o.RedactLog(to)
		record := slog.NewRecord(time.Time{}, slog.LevelInfo, "asked", 0)
		record.AddAttrs(slog.String("path", "/members"), slog.Int("status", 200))
		require.Zero(t, testing.AllocsPerRun(100, func() { _ = h.Handle(ctx, record) }))
		require.Equal(t, record, to.last)
		line := []byte(text)
		w := o.RedactWriter(io.Discard)
		require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = w.Write(line) }))
	})
	t.Run("a writer says what it could not write", func(t *testing.T) {
		_, err := o.RedactWriter(failing{}).Write([]byte("x"))
		require.ErrorIs(t, err, io.ErrClosedPipe)
	})
}

// counting is a handler that does nothing.
type counting struct{ last slog.Record }

func (*counting) Enabled(context.Context, slog.Level) bool        { return true }
func (c *counting) Handle(_ context.Context, r slog.Record) error { c.last = r; return nil }
func (c *counting) WithAttrs([]slog.Attr) slog.Handler            { return c }
func (c *counting) WithGroup(string) slog.Handler                 { return c }

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestNoLogHasTheAlias takes the whole tour, with the telemetry of a host around the gate
// and that of the office inside.
func TestNoLogHasTheAlias(t *testing.T) {
	var outside, spans bytes.Buffer
	for _, where := range []func(*backoffice.Config){func(*backoffice.Config) {}, below} {
		outside.Reset()
		spans.Reset()
		o := newOffice(t, where, func(c *backoffice.Config) {
			c.Trace = func(ctx context.Context, operation string) (context.Context, func(error)) {
				fmt.Fprintln(&spans, operation)
				return ctx, func(err error) { fmt.Fprintln(&spans, err) }
			}
		})
		logger := slog.New(o.RedactLog(slog.NewTextHandler(&outside, nil)))
		lines := log.New(o.RedactWriter(&outside), "", 0)
		gated := o.Server.Config.Handler
		o.Server.Config.ErrorLog = slog.NewLogLogger(logger.Handler(), slog.LevelError)
		o.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			gated.ServeHTTP(w, r)
			logger.Info("asked", "path", r.URL.Path, "url", r.URL, "referer", r.Referer(), "request", r, "location", w.Header().Get("Location"), "header", w.Header())
			lines.Printf("%s %s %v", r.Method, r.RequestURI, w.Header())
			dump, err := httputil.DumpRequest(o.RedactRequest(r), true)
			require.NoError(t, err)
			outside.Write(dump)
		})
		o.Tour()
		stats, err := json.Marshal(o.Stats())
		require.NoError(t, err)
		alias := o.Base[strings.LastIndexByte(o.Base, '/')+1:]
		for _, secret := range []string{alias, "winterotterferry"} { // The tour moves there.
			for what, text := range map[string]string{"our log": o.Log.String(), "a host's log": outside.String(), "a trace": spans.String(), "the numbers": string(stats)} {
				require.NotEmpty(t, text, what)
				at := strings.Index(text, secret)
				require.Negative(t, at, "%s: %s", what, text[max(0, at-100):min(len(text), max(at, 0)+100)])
			}
		}
		require.Contains(t, outside.String(), "/_office/operators")
	}
}
