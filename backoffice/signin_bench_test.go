package backoffice_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// BenchmarkSignInsAtOnce keeps signing 200 operators in, with hashes of the
// default cost, and meanwhile opens a page in a session. It reports sign-ins in a
// second against raw argon2id in as many goroutines as there are slots ("of-raw"; at
// least 0.9 is promised), the 99th percentile of the page against an idle office
// ("page-p99"; at most 10), and memory beyond 64 MiB a slot ("MiB-over"; at most
// 100). Run it with -benchtime=1x.
func BenchmarkSignInsAtOnce(b *testing.B) {
	slots := []int{0}
	if more := os.Getenv("SLOTS"); more != "" {
		n, err := strconv.Atoi(more)
		require.NoError(b, err)
		slots = []int{n}
	}
	for _, n := range slots {
		b.Run(fmt.Sprintf("slots=%d", n), func(b *testing.B) {
			for b.Loop() {
				benchmarkSignIns(b, n)
			}
		})
	}
}

const benchmarked = 5 * time.Second

func benchmarkSignIns(b *testing.B, slots int) {
	o := newOffice(b, func(c *backoffice.Config) {
		c.PasswordHashing = password.Config{Concurrency: slots}
		c.Now = nil
		c.Log = slog.New(slog.DiscardHandler)
	})
	o.Seen = nil
	o.Set(map[string]string{"signin.per_address": "10000", "signin.names_per_address": "10000", "two_factor.who": "recommended"})
	hasher, err := password.NewHasher(password.Config{})
	require.NoError(b, err)
	encoded, err := hasher.Hash(b.Context(), good)
	require.NoError(b, err)
	const people = 200
	browsers := make([]*browser, people)
	for i := range browsers {
		op := o.Person(fmt.Sprint("Person", i), backoffice.Moderator)
		o.Change(op.ID, func(op *store.Operator) { op.Password = encoded })
		browsers[i] = o.Browser()
		browsers[i].Get("/login")
	}
	inside := o.Browser()
	require.Equal(b, http.StatusSeeOther, inside.Login("Person0", good).Status)

	pages := func(ctx context.Context) time.Duration {
		var took []time.Duration
		for ctx.Err() == nil {
			start := time.Now()
			require.Equal(b, http.StatusOK, inside.Get("/account").Status)
			took = append(took, time.Since(start))
			time.Sleep(5 * time.Millisecond)
		}
		slices.Sort(took)
		return took[len(took)*99/100]
	}
	during := func(f func(context.Context)) {
		ctx, cancel := context.WithTimeout(b.Context(), benchmarked)
		defer cancel()
		f(ctx)
	}
	var idle, busy time.Duration
	during(func(ctx context.Context) { idle = pages(ctx) })

	n := max(2, runtime.GOMAXPROCS(0))
	if slots > 0 {
		n = slots
	}
	var raw, signedIn, turnedAway atomic.Int64
	during(func(ctx context.Context) {
		var all sync.WaitGroup
		for range n {
			all.Go(func() {
				for ctx.Err() == nil {
					p := password.DefaultParams()
					argon2.IDKey([]byte(good), make([]byte, 16), p.Time, p.MemoryKiB, p.Threads, 32)
					raw.Add(1)
				}
			})
		}
		all.Wait()
	})
	debug.FreeOSMemory()
	before := memory()
	peak := before
	during(func(ctx context.Context) {
		var all sync.WaitGroup
		for i, br := range browsers {
			all.Go(func() {
				for ctx.Err() == nil {
					switch answer := br.Login(fmt.Sprint("Person", i), good); answer.Status {
					case http.StatusSeeOther:
						signedIn.Add(1)
						br.SetCookie(sessionCookie, "")
					case http.StatusServiceUnavailable:
						turnedAway.Add(1)
						time.Sleep(time.Second)
					}
				}
			})
		}
		all.Go(func() {
			for ctx.Err() == nil {
				peak = max(peak, memory())
				time.Sleep(time.Millisecond)
			}
		})
		busy = pages(ctx)
		all.Wait()
	})
	b.ReportMetric(float64(signedIn.Load())/benchmarked.Seconds(), "sign-ins/s")
	b.ReportMetric(float64(turnedAway.Load())/benchmarked.Seconds(), "busy/s")
	b.ReportMetric(float64(signedIn.Load())/float64(raw.Load()), "of-raw")
	b.ReportMetric(float64(idle.Microseconds())/1000, "idle-ms")
	b.ReportMetric(float64(busy)/float64(idle), "page-p99")
	b.ReportMetric((float64(peak)-float64(before))/(1<<20)-float64(64*n), "MiB-over")
}

// memory is what the process holds of the system's.
func memory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}
