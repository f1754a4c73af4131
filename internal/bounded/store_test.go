package bounded_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

const timeout = 5 * time.Second

// scripted is a store some of whose calls do what a test says.
type scripted struct {
	store.Store
	do func(context.Context) error
}

func (s *scripted) ParametersRevision(ctx context.Context) (store.Reading, error) {
	return store.Reading{}, s.do(ctx)
}

func (s *scripted) Commit(ctx context.Context, _ ...store.Write) error { return s.do(ctx) }

// hang waits for the end of the call, as a driver does.
func hang(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func read(ctx context.Context, s *bounded.Store) error {
	_, err := s.ParametersRevision(ctx)
	return err
}

func TestEveryMethodIsPassedOnAndCountedUnderItsName(t *testing.T) {
	contract := reflect.TypeFor[store.Store]()
	var methods, counted, traced []string
	s := bounded.New(memstore.New(), timeout, func(ctx context.Context, operation string) (context.Context, func(error)) {
		traced = append(traced, operation)
		return ctx, nil
	})
	for i := range contract.NumMethod() {
		method := contract.Method(i)
		methods = append(methods, method.Name)
		args := []reflect.Value{reflect.ValueOf(t.Context())}
		for j := 1; j < method.Type.NumIn() && !(method.Type.IsVariadic() && j == method.Type.NumIn()-1); j++ {
			args = append(args, reflect.Zero(method.Type.In(j)))
		}
		reflect.ValueOf(s).MethodByName(method.Name).Call(args)
		require.Equal(t, "store."+method.Name, traced[i])
	}
	for _, o := range s.Operations() {
		counted = append(counted, o.Name)
		require.EqualValues(t, 1, o.Succeeded+o.Refused, o.Name)
	}
	slices.Sort(counted)
	require.Equal(t, methods, counted)
}

func TestACallThatAsksForNoTimerCostsOneAllocation(t *testing.T) {
	bare, s := memstore.New(), bounded.New(memstore.New(), timeout, nil)
	ctx := context.WithValue(t.Context(), bounded.Key{}, &bounded.Budget{})
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = bare.ParametersRevision(ctx) }))
	require.EqualValues(t, 1, testing.AllocsPerRun(100, func() { _, _ = s.ParametersRevision(ctx) }))
}

func TestEveryCallEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := bounded.New(&scripted{do: hang}, timeout, nil)
		leaving, leave := context.WithCancel(t.Context())
		defer leave()
		for _, tt := range []struct {
			name string
			ctx  context.Context
			want error
			in   time.Duration
		}{
			{"by itself", t.Context(), store.ErrUnavailable, timeout},
			{"also if its caller cannot leave", context.WithoutCancel(leaving), store.ErrUnavailable, timeout},
			{"at the deadline of its caller", nil, store.ErrUnavailable, time.Second},
			{"at a longer deadline for long work", bounded.Each(t.Context(), time.Minute), store.ErrUnavailable, time.Minute},
			{"when its caller leaves", leaving, context.Canceled, time.Second},
		} {
			if tt.want == context.Canceled {
				time.AfterFunc(tt.in, leave)
			}
			if tt.ctx == nil {
				hasty, cancel := context.WithTimeout(t.Context(), tt.in)
				defer cancel()
				tt.ctx = hasty
			}
			began := time.Now()
			err := read(tt.ctx, s)
			require.ErrorIs(t, err, tt.want, tt.name)
			require.Equal(t, tt.in, time.Since(began), tt.name)
			if tt.want == context.Canceled {
				require.NotErrorIs(t, err, store.ErrUnavailable)
			} else {
				require.ErrorIs(t, err, context.DeadlineExceeded, tt.name)
			}
		}
		operations := s.Operations()
		require.EqualValues(t, 4, operations[0].Unavailable)
		require.EqualValues(t, 1, operations[0].Cancelled)
		require.Equal(t, 2*timeout+time.Minute+2*time.Second, operations[0].Latency.Sum)
	})
}

func TestARequestHasTheTimeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &scripted{}
		s := bounded.New(st, timeout, nil)
		request, leave := context.WithCancel(context.WithValue(t.Context(), bounded.Key{}, &bounded.Budget{}))
		leave()
		request = context.WithoutCancel(request)
		took := func(d time.Duration) func(context.Context) error {
			return func(ctx context.Context) error {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(d):
					return nil
				}
			}
		}
		st.do = took(2 * time.Second)
		require.NoError(t, read(request, s))
		time.Sleep(time.Second) // hashing, say
		require.NoError(t, read(request, s))
		began := time.Now()
		require.ErrorIs(t, read(request, s), store.ErrUnavailable)
		require.Less(t, time.Since(began), 2*time.Second)
		began = time.Now()
		require.ErrorIs(t, read(request, s), store.ErrUnavailable)
		require.Zero(t, time.Since(began), "nothing is left")
		require.NoError(t, read(bounded.Each(request, 0), s), "an export has it for each page")
		require.NoError(t, read(t.Context(), s), "another request has its own")

		time.Sleep(time.Minute)
		st.do = took(4 * time.Second)
		require.NoError(t, read(request, s), "a stream that asks now and then goes on")
	})
}

func TestErrorsSayWhatACallerNeedsToKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &scripted{}
		s := bounded.New(st, timeout, nil)
		driver := errors.New("interrupted (9)")
		late := func(err error) func(context.Context) error {
			return func(ctx context.Context) error {
				time.Sleep(2 * timeout)
				require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
				return err
			}
		}
		st.do = late(driver)
		err := read(t.Context(), s)
		require.ErrorIs(t, err, store.ErrUnavailable)
		require.ErrorIs(t, err, driver)

		st.do = late(fmt.Errorf("put: %w", store.ErrConflict))
		err = read(t.Context(), s)
		require.ErrorIs(t, err, store.ErrConflict)
		require.NotErrorIs(t, err, store.ErrUnavailable, "an answer is an answer")

		st.do = late(nil)
		require.NoError(t, read(t.Context(), s), "what was done was done")

		leaving, leave := context.WithCancel(t.Context())
		st.do = func(context.Context) error { leave(); return driver }
		err = read(leaving, s)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, driver)

		st.do = func(context.Context) error { return driver }
		err = read(t.Context(), s)
		require.Equal(t, driver, err, "in time, it is a failure")
		o := s.Operations()[0]
		require.Equal(t, []uint64{1, 1, 1, 1, 1}, []uint64{o.Succeeded, o.Refused, o.Cancelled, o.Unavailable, o.Failed})
	})
}

func TestContextsMadeFromThatOfACallEndWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		var child context.Context
		s := bounded.New(&scripted{do: func(ctx context.Context) error {
			var cancel context.CancelFunc
			child, cancel = context.WithCancel(ctx)
			t.Cleanup(cancel)
			at, ok := ctx.Deadline()
			require.True(t, ok)
			require.Equal(t, timeout, time.Until(at))
			require.Equal(t, "value", ctx.Value(key{}))
			require.NoError(t, ctx.Err())
			return nil
		}}, timeout, nil)
		require.NoError(t, read(context.WithValue(t.Context(), key{}, "value"), s))
		require.ErrorIs(t, child.Err(), context.Canceled, "nothing is left behind")
	})
}

func TestATracerSeesEveryCall(t *testing.T) {
	type key struct{}
	failure := errors.New("down")
	var ended []error
	s := bounded.New(&scripted{do: func(ctx context.Context) error {
		require.Equal(t, "store.ParametersRevision", ctx.Value(key{}))
		return failure
	}}, timeout, func(ctx context.Context, operation string) (context.Context, func(error)) {
		return context.WithValue(ctx, key{}, operation), func(err error) { ended = append(ended, err) }
	})
	require.ErrorIs(t, read(t.Context(), s), failure)
	require.Equal(t, []error{failure}, ended)
}

func TestARefusedWriteIsRememberedUntilOneIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refuse := func(context.Context) error { return fmt.Errorf("put: %w", store.ErrReadOnly) }
		take := func(context.Context) error { return nil }
		st := &scripted{do: refuse}
		s := bounded.New(st, timeout, nil)
		require.False(t, s.ReadOnly())
		require.ErrorIs(t, s.Commit(t.Context()), store.ErrReadOnly)
		require.True(t, s.ReadOnly())
		st.do = take
		require.NoError(t, read(t.Context(), s))
		require.True(t, s.ReadOnly(), "it may be read")
		require.NoError(t, s.Commit(t.Context()))
		require.False(t, s.ReadOnly())
		st.do = refuse
		require.ErrorIs(t, s.Commit(t.Context()), store.ErrReadOnly)
		time.Sleep(time.Minute)
		require.False(t, s.ReadOnly(), "nobody has tried again")
	})
}
