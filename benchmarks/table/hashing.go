package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/postern-go/postern/benchmarks/visitor"
	"github.com/postern-go/postern/password"
)

// slots is how many hashes run at once: the default with two CPUs.
const slots = 2

// againstArgon2 compares sign-ins at the default cost with hashes of that cost,
// computed by as many goroutines and nothing else.
func againstArgon2(ctx context.Context, b *bench) (measurement, error) {
	const parallel, lasts = 8, 3 * time.Second
	c, err := b.newCluster(ctx, "", 100, "-slots", strconv.Itoa(slots))
	if err != nil {
		return measurement{}, err
	}
	defer c.close()
	if err := c.start(ctx, 1, 4); err != nil {
		return measurement{}, err
	}
	var ours, raw []float64
	for range 6 {
		raw = append(raw, hashes(lasts))
		l, err := c.load(ctx, parallel, lasts)
		if err != nil {
			return measurement{}, err
		}
		ours = append(ours, l.second)
	}
	of := ratio(ours, raw)
	return measurement{
		got: fmt.Sprintf("%.2f", of), met: of >= wantedAgainstArgon2,
		beside: []string{fmt.Sprintf("%.1f sign-ins/s with %d at a time, %.1f hashes/s in %d goroutines", median(ours), parallel, median(raw), slots)},
	}, nil
}

// hashes computes hashes at the default cost and returns how many a second.
func hashes(lasts time.Duration) float64 {
	p := password.DefaultParams()
	var done sync.WaitGroup
	var mu sync.Mutex
	n, began := 0, time.Now()
	for range slots {
		done.Go(func() {
			for time.Since(began) < lasts {
				argon2.IDKey([]byte("plum-kettle-orbit-93-sail"), []byte("salt of 16 bytes"), uint32(p.Time), uint32(p.MemoryKiB), uint8(p.Threads), 32)
				mu.Lock()
				n++
				mu.Unlock()
			}
		})
	}
	done.Wait()
	return float64(n) / time.Since(began).Seconds()
}

// underLoad holds the speed of pages and the memory used during many sign-ins.
type underLoad struct {
	idle, busy []time.Duration
	signIns    load
	peak       int // MiB
}

// crowd is how many sign in at once.
const crowd = 200

func pagesUnderLoad(ctx context.Context, b *bench) (measurement, error) {
	u, err := b.underLoad(ctx)
	if err != nil {
		return measurement{}, err
	}
	times := slowest(u.busy).Seconds() / slowest(u.idle).Seconds()
	return measurement{
		got: fmt.Sprintf("%.1f times", times), met: times <= wantedPagesUnderLoad,
		beside: []string{fmt.Sprintf("%s over %d pages, %s over %d when idle; under load, %.1f sign-ins/s succeeded and %d attempts got 503",
			short(slowest(u.busy)), len(u.busy), short(slowest(u.idle)), len(u.idle), u.signIns.second, u.signIns.refused)},
	}, nil
}

func memoryUnderLoad(ctx context.Context, b *bench) (measurement, error) {
	u, err := b.underLoad(ctx)
	if err != nil {
		return measurement{}, err
	}
	limit := slots*int(password.DefaultParams().MemoryKiB)/1024 + wantedOverhead
	return measurement{got: fmt.Sprintf("%d MiB at most, of %d", u.peak, limit), met: u.peak <= limit}, nil
}

// underLoad measures the pages of one replica while it is idle and while a crowd
// signs in, in turns.
func (b *bench) underLoad(ctx context.Context) (*underLoad, error) {
	if b.loaded != nil {
		return b.loaded, nil
	}
	const readers, quiet, lasts = 4, 5 * time.Second, 8 * time.Second
	c, err := b.newCluster(ctx, "", crowd+readers, "-slots", strconv.Itoa(slots))
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.start(ctx, 1, 8); err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: readers}
	defer transport.CloseIdleConnections()
	var reading []*visitor.Visitor
	for _, p := range c.people[:readers] {
		v := c.browser(0, p, transport)
		if err := v.SignIn(p.name, p.phone); err != nil {
			return nil, err
		}
		reading = append(reading, v)
	}
	c.people = c.people[readers:]
	u := &underLoad{}
	for range 2 {
		took, err := read(ctx, reading, time.After(quiet))
		if err != nil {
			return nil, err
		}
		u.idle = append(u.idle, took...)
		over := make(chan time.Time)
		failed := make(chan error, 1)
		go func() {
			var err error
			u.signIns, err = c.load(ctx, crowd, lasts)
			failed <- err
			close(over)
		}()
		if took, err = read(ctx, reading, over); err != nil {
			return nil, err
		}
		if err := <-failed; err != nil {
			return nil, err
		}
		u.busy = append(u.busy, took...)
	}
	u.peak, err = peak(c.processes[0].Process.Pid)
	b.loaded = u
	return u, err
}

// read has people open pages, each at most twenty a second, until over.
func read(ctx context.Context, people []*visitor.Visitor, over <-chan time.Time) ([]time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var all []time.Duration
	var broken error
	var done sync.WaitGroup
	for _, v := range people {
		done.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				path := []string{"/", "/page"}[i%2]
				if i%12 == 11 { // One may see 120 lists a minute.
					path = []string{"/operators", "/audit"}[i/12%2]
				}
				start := time.Now()
				page, err := v.Get(path)
				took := time.Since(start)
				if err == nil && page.Status != http.StatusOK {
					err = fmt.Errorf("GET %s: status %d", path, page.Status)
				}
				mu.Lock()
				all = append(all, took)
				if err != nil && broken == nil {
					broken = err
				}
				mu.Unlock()
				sleep(ctx, 50*time.Millisecond)
			}
		})
	}
	select {
	case <-over:
	case <-ctx.Done():
	}
	cancel()
	done.Wait()
	return all, broken
}

// peak is the most memory that a process has had, in MiB.
func peak(pid int) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmHWM in the status of process %d", pid)
}
