package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/benchmarks/visitor"
)

// load is the outcome of many people signing in repeatedly.
type load struct {
	second  float64 // sign-ins a second
	took    []time.Duration
	refused int // answered with 503
}

// slowest is the 99th percentile.
func slowest(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return 0
	}
	took = slices.Sorted(slices.Values(took))
	return took[(len(took)*99)/100]
}

// visits counts the sign-ins of this run, which the replicas take in turns.
var visits atomic.Int64

// load keeps parallel people signing in repeatedly for a time. If the office is too
// busy, they wait as long as Retry-After says.
func (c *cluster) load(ctx context.Context, parallel int, lasts time.Duration) (load, error) {
	if err := c.forget(ctx); err != nil {
		return load{}, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: parallel, DisableCompression: true}
	defer transport.CloseIdleConnections()
	spare := make(chan *person, len(c.people))
	for _, p := range c.people {
		spare <- p
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var l load
	var mu sync.Mutex
	var broken error
	var done sync.WaitGroup
	began := time.Now()
	end := began.Add(lasts)
	for range parallel {
		done.Go(func() {
			for ctx.Err() == nil && time.Now().Before(end) {
				n := int(visits.Add(1))
				p := <-spare
				start := time.Now()
				err := c.browser(n, p, transport).SignIn(p.name, p.phone)
				took := time.Since(start)
				spare <- p
				var status visitor.StatusError
				busy := errors.As(err, &status) && status.Status == http.StatusServiceUnavailable
				mu.Lock()
				switch {
				case err == nil:
					l.took = append(l.took, took)
				case busy:
					l.refused++
				case broken == nil:
					broken = fmt.Errorf("sign-in of %s: %w", p.name, err)
					cancel()
				}
				mu.Unlock()
				if busy {
					sleep(ctx, min(max(status.RetryAfter, 100*time.Millisecond), time.Until(end)))
				}
			}
		})
	}
	done.Wait()
	l.second = float64(len(l.took)) / time.Since(began).Seconds()
	return l, broken
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// documentedPool is what docs/deployment.md says for each of four replicas on a
// database with two cores.
const documentedPool = 2

// enough is how many operators a round of sign-ins needs, each with two codes.
const enough = 1000

// signIns compares the sign-ins of this version and of the one before, over
// databases of one server, and with the same connections. What was documented for
// the one before, 20 connections a replica, is shown beside them.
func signIns(ctx context.Context, b *bench) (measurement, error) {
	const parallel, lasts = 16, 4 * time.Second
	contenders := []struct {
		commit string
		pool   int
	}{{before, documentedPool}, {"", documentedPool}, {before, 20}}
	var clusters []*cluster
	for _, contender := range contenders {
		c, err := b.newCluster(ctx, contender.commit, enough, "-cheap")
		if err != nil {
			return measurement{}, err
		}
		defer c.close()
		if err := c.start(ctx, replicas, contender.pool); err != nil {
			return measurement{}, err
		}
		clusters = append(clusters, c)
	}
	seconds, took := make([][]float64, len(clusters)), make([][]time.Duration, len(clusters))
	for round := range 4 {
		for i, c := range clusters {
			l, err := c.load(ctx, parallel, lasts)
			if err != nil {
				return measurement{}, err
			}
			if round > 0 { // the first opens connections, and makes devices known
				seconds[i], took[i] = append(seconds[i], l.second), append(took[i], l.took...)
			}
		}
	}
	times := ratio(seconds[1], seconds[0])
	b.bars.signIns = []bar{{"Postern", median(seconds[1]), true}, {"version " + before, median(seconds[0]), false}}
	said := func(i int) string {
		return fmt.Sprintf("%.0f/s, slowest in a hundred %s", median(seconds[i]), short(slowest(took[i])))
	}
	return measurement{
		got: fmt.Sprintf("%.1f times", times), met: times >= wantedSignInsTimes,
		beside: []string{said(1), "before " + said(0), "before, with 20 connections a replica " + said(2)},
	}, nil
}

func short(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	}
	if d < time.Second {
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// slowSignIns measures the documented pool, and others around it to show the knee.
func slowSignIns(ctx context.Context, b *bench) (measurement, error) {
	const parallel, lasts = 64, 6 * time.Second
	pools := []int{1, documentedPool, 4, 8, 20}
	c, err := b.newCluster(ctx, "", enough, "-cheap")
	if err != nil {
		return measurement{}, err
	}
	defer c.close()
	seconds, took := map[int][]float64{}, map[int][]time.Duration{}
	for range 2 {
		for _, pool := range pools {
			if err := c.start(ctx, replicas, pool); err != nil {
				return measurement{}, err
			}
			if _, err := c.load(ctx, parallel, time.Second); err != nil {
				return measurement{}, err
			}
			l, err := c.load(ctx, parallel, lasts)
			if err != nil {
				return measurement{}, err
			}
			c.stop()
			seconds[pool], took[pool] = append(seconds[pool], l.second), append(took[pool], l.took...)
		}
	}
	m := measurement{got: short(slowest(took[documentedPool])), met: slowest(took[documentedPool]).Seconds() < wantedSlowestSignIn}
	for _, pool := range pools {
		mean := (seconds[pool][0] + seconds[pool][1]) / 2
		m.beside = append(m.beside, fmt.Sprintf("%d connections in all: %.0f/s, slowest in a hundred %s", pool*replicas, mean, short(slowest(took[pool]))))
	}
	return m, nil
}
