package backoffice_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// probe asks a health handler, as an orchestrator does.
func probe(t *testing.T, o *backoffice.Office, path string) (status int, body string, h backoffice.Health) {
	t.Helper()
	w := httptest.NewRecorder()
	o.HealthHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	body = w.Body.String()
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &h))
	return w.Code, body, h
}

func TestAnOrchestratorLearnsHowTheOfficeIs(t *testing.T) {
	o := newOffice(t)
	run(t, o.Office)
	require.Eventually(t, func() bool { return o.Stats().Run.Running }, 20*time.Second, time.Millisecond)
	status, body, _ := probe(t, o.Office, "/ready")
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"ready": true, "alive": true, "reasons": []}`, body)

	replica := o.Another() // that asks for itself
	o.Store.FailMethod("Pulse", errors.New("dial tcp db.internal.example: refused"))
	status, body, h := probe(t, replica, "/ready")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.False(t, h.Ready)
	require.True(t, h.Alive)
	require.Equal(t, []string{"store_down", "run_missing"}, []string{h.Reasons[0].Code, h.Reasons[1].Code})
	require.NotContains(t, body, "db.internal.example")
	require.NotContains(t, body, o.Base[1:])

	before := len(o.Store.Calls())
	status, body, _ = probe(t, replica, "/office/live")
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"alive": true, "reasons": []}`, body)
	require.Len(t, slices.DeleteFunc(o.Store.Calls()[before:], func(call string) bool { return call == "Pulse" }), 0)
}

func TestADatabaseThatRefusesWritesIsTold(t *testing.T) {
	o := newOffice(t)
	require.NotContains(t, reasons(o), "store_read_only")
	o.Store.FailMethod("Commit", store.ErrReadOnly)
	_, err := o.CommandLine().Invite(ctx, "new@example.org", "", backoffice.Moderator)
	require.ErrorIs(t, err, store.ErrReadOnly)
	require.Contains(t, reasons(o), "store_read_only")
	require.True(t, o.Health(ctx).Ready, "pages can be read")
	o.Store.FailMethod("Commit", nil)
	_, err = o.CommandLine().Invite(ctx, "new@example.org", "", backoffice.Moderator)
	require.NoError(t, err)
	require.NotContains(t, reasons(o), "store_read_only")
}

func reasons(o *office) (codes []string) {
	for _, r := range o.Health(ctx).Reasons {
		codes = append(codes, r.Code)
	}
	return codes
}

func TestStatsCountWhatTheOfficeDoes(t *testing.T) {
	o := newOffice(t)
	_ = o.Enrolled("Ada", backoffice.Moderator)
	b := o.Browser()
	b.Login("Ada", wrong)
	s := o.Stats()
	calls := map[string]backoffice.StoreStats{}
	for _, c := range s.Store {
		calls[c.Method] = c
		sum := uint64(0)
		for _, n := range c.Latency.Counts {
			sum += n
		}
		require.Equal(t, c.Succeeded+c.Refused+c.Cancelled+c.Unavailable+c.Failed, sum, c.Method)
		require.Len(t, c.Latency.Counts, len(c.Latency.Bounds)+1)
		require.True(t, slices.IsSorted(c.Latency.Bounds))
		require.Positive(t, c.Latency.Sum)
	}
	require.Positive(t, calls["Commit"].Succeeded)
	require.Positive(t, calls["FindSession"].Succeeded)

	events := map[string]uint64{}
	for _, e := range s.Events {
		events[e.Event] += e.Count
	}
	require.EqualValues(t, 1, events["signin.succeeded"])
	require.EqualValues(t, 1, events["signin.refused"])

	require.Equal(t, o.Cfg.PasswordHashing.Concurrency, s.Hashing.Slots)
	require.Zero(t, s.Hashing.Running)
	require.Zero(t, s.Hashing.Busy)
	require.Positive(t, s.Hashing.Hashes.Sum)
	require.Nil(t, s.Pool, "a memory has none")
	require.False(t, s.ClockKnown)
}

func TestATracerHearsOfTheStoreAndOfHashing(t *testing.T) {
	var mu sync.Mutex
	begun, ended := map[string]int{}, map[string]int{}
	o := newOffice(t, func(c *backoffice.Config) {
		c.Trace = func(ctx context.Context, operation string) (context.Context, func(error)) {
			mu.Lock()
			defer mu.Unlock()
			begun[operation]++
			return ctx, func(error) {
				mu.Lock()
				defer mu.Unlock()
				ended[operation]++
			}
		}
	})
	o.Person("Ada", backoffice.Moderator)
	o.Browser().Login("Ada", wrong)
	require.Equal(t, begun, ended)
	require.Positive(t, begun["store.ParametersRevision"])
	require.Positive(t, begun["password.hash"])
	require.Equal(t, begun["password.wait"], begun["password.hash"])
	for operation := range begun {
		require.True(t, strings.HasPrefix(operation, "store.") || strings.HasPrefix(operation, "password."), operation)
	}
}

func TestStoreTimeoutIsChecked(t *testing.T) {
	for _, wrong := range []time.Duration{-1, time.Minute + 1} {
		o := newOffice(t)
		o.Cfg.StoreTimeout = wrong
		_, err := backoffice.New(ctx, o.Cfg)
		require.ErrorContains(t, err, "Config.StoreTimeout")
	}
}

// frozen is a store whose database stops answering when a test tells it to.
type frozen struct {
	store.Store
	ice *atomic.Bool
}

func (f frozen) ParametersRevision(ctx context.Context) (store.Reading, error) {
	if f.ice.Load() {
		<-ctx.Done()
		return store.Reading{}, ctx.Err()
	}
	return f.Store.ParametersRevision(ctx)
}

func TestADatabaseThatDoesNotAnswerEndsInThe503Page(t *testing.T) {
	var ice atomic.Bool
	o := newOffice(t, func(c *backoffice.Config) {
		c.Store, c.StoreTimeout = frozen{c.Store, &ice}, 10*time.Millisecond
	})
	b := o.Browser()
	require.Equal(t, http.StatusOK, b.Get("/login").Status)
	ice.Store(true)
	p := b.Get("/login")
	require.Equal(t, http.StatusServiceUnavailable, p.Status)
	require.NotEmpty(t, p.Header.Get("Retry-After"))
	require.Equal(t, "meadow", b.Moved("").Get("/nothing").Header.Get("X-Community"), "the community waits for nothing")
	ice.Store(false)
	require.Equal(t, http.StatusOK, b.Get("/login").Status)
}
