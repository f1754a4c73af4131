package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/benchmarks/visitor"
	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/password"
)

const (
	// attackers is from how many networks wrong passwords come, attacks how many a second.
	attackers, attacks = 1000, 200
	// untilKnown is how long the flood lasts before anything is measured: each network comes twice.
	untilKnown = 2 * attackers * time.Second / attacks
)

// flooded returns what measures hashing during a flood of wrong passwords from these IP addresses. What the office
// does besides hashing, which stops most of such a flood before it hashes, is left out.
func flooded(address func(n int) string) func(context.Context, *bench) (measurement, error) {
	return func(ctx context.Context, _ *bench) (measurement, error) {
		hasher, err := password.NewHasher(password.Config{Concurrency: slots})
		if err != nil {
			return measurement{}, err
		}
		encoded, err := hasher.Hash(ctx, visitor.Password)
		if err != nil {
			return measurement{}, err
		}
		f := flood{hasher: hasher, encoded: encoded}
		return f.measure(ctx, address)
	}
}

type flood struct {
	hasher  *password.Hasher
	encoded string

	done             sync.WaitGroup
	served, deferred atomic.Int64
}

func (f *flood) measure(ctx context.Context, address func(int) string) (measurement, error) {
	const samples = 25
	known := password.Caller{Reserved: true, Groups: []string{"account"}}
	var idle, familiar, fresh []time.Duration
	for range samples {
		if err := f.timed(ctx, known, &idle); err != nil {
			return measurement{}, err
		}
	}
	flooding, stop := context.WithCancel(ctx)
	defer f.done.Wait()
	defer stop()
	f.done.Go(func() { f.begin(flooding, address) })
	sleep(ctx, untilKnown)
	for n := range samples {
		if err := f.timed(ctx, known, &familiar); err != nil {
			return measurement{}, err
		}
		newcomer := password.Caller{Groups: netgroup.Of(fmt.Sprintf("192.0.2.%d", n))}
		if err := f.timed(ctx, newcomer, &fresh); err != nil {
			return measurement{}, err
		}
	}
	times := slowest(familiar).Seconds() / slowest(idle).Seconds()
	return measurement{
		got: fmt.Sprintf("%.1f times; %s", times, short(slowest(fresh))),
		met: times <= wantedUnderFlood && slowest(fresh).Seconds() < wantedNewcomer,
		beside: []string{fmt.Sprintf("known %s, new %s, idle %s, of %d each; of the flood, %d were hashed and %d turned away",
			short(slowest(familiar)), short(slowest(fresh)), short(slowest(idle)), samples, f.served.Load(), f.deferred.Load())},
	}, nil
}

// timed adds how long the correct password of a caller takes.
func (f *flood) timed(ctx context.Context, who password.Caller, took *[]time.Duration) error {
	start := time.Now()
	result, err := f.hasher.Verify(password.WithCaller(ctx, who), visitor.Password, f.encoded)
	*took = append(*took, time.Since(start))
	if err == nil && !result.Match {
		err = errors.New("the password does not match")
	}
	return err
}

// begin sends wrong passwords from one address after the other, without waiting for answers.
func (f *flood) begin(ctx context.Context, address func(int) string) {
	tick := time.NewTicker(time.Second / attacks)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		who := password.Caller{Groups: netgroup.Of(address(n % attackers))}
		f.done.Go(func() {
			switch _, err := f.hasher.Verify(password.WithCaller(ctx, who), "wrong", f.encoded); {
			case err == nil:
				f.served.Add(1)
			case errors.Is(err, password.ErrBusy):
				f.deferred.Add(1)
			}
		})
	}
}

// anIPv4 is an address of its own for each n.
func anIPv4(n int) string { return fmt.Sprintf("10.0.%d.%d", n>>8, n&255) }

// ofOneSite is a /64 of its own for each n, all in one /48.
func ofOneSite(n int) string { return fmt.Sprintf("2001:db8:1:%x::1", n*37) }
