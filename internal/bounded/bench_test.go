package bounded_test

import (
	"context"
	"testing"
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/store/memstore"
)

// BenchmarkCall is what the bounds cost a call that asks for no timer, and one that
// does.
func BenchmarkCall(b *testing.B) {
	mem := memstore.New()
	timed := &scripted{Store: mem, do: func(ctx context.Context) error { _ = ctx.Done(); return nil }}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.Run("memory/bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = mem.ParametersRevision(ctx)
		}
	})
	b.Run("memory/bounded", func(b *testing.B) {
		b.ReportAllocs()
		s := bounded.New(mem, timeout, nil)
		for b.Loop() {
			_, _ = s.ParametersRevision(ctx)
		}
	})
	b.Run("timer/context", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			limited, cancel := context.WithTimeout(ctx, 5*time.Second)
			_, _ = timed.ParametersRevision(limited)
			cancel()
		}
	})
	b.Run("timer/bounded", func(b *testing.B) {
		b.ReportAllocs()
		s := bounded.New(timed, timeout, nil)
		for b.Loop() {
			_, _ = s.ParametersRevision(ctx)
		}
	})
}
