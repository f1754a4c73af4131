package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/password"
)

// figures are what was measured, and all that the document is made from.
type figures struct {
	When, Machine string
	// HashMillis is the time of one core for a hash, and HashMiB its memory.
	HashMillis float64
	HashMiB    int
	Databases  []measured
}

// measured is one database.
type measured struct {
	Name, Version string
	// Load is the load average of the machine before: what other programs did.
	Load float64
	// Acts are what each act costs, by its key.
	Acts map[string]cost
	// Tables are the bytes of a row, by the name of the table.
	Tables map[string]rowBytes
	Office emptyOffice
	Speed  speed
}

// rowBytes are those of a row on average, and of what its indexes have for it.
type rowBytes struct{ Own, Indexes float64 }

func (r rowBytes) all() float64 { return r.Own + r.Indexes }

// of finds what was measured in a database.
func (f figures) of(name string) (measured, bool) {
	i := slices.IndexFunc(f.Databases, func(m measured) bool { return m.Name == name })
	if i < 0 {
		return measured{}, false
	}
	return f.Databases[i], true
}

// file holds the figures, beside this program.
const file = "benchmarks/scale/measured.json"

func (f figures) save(root string) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, file), append(text, '\n'), 0o644) //nolint:gosec // everyone may read it
}

func load(root string) (f figures, err error) {
	text, err := os.ReadFile(filepath.Join(root, file))
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	return f, err
}

// size is how much is done to measure.
type size struct {
	// acts is how often each act is done. More than 40 would be more forms of strangers than
	// an office remembers the answers of.
	acts int
	// people sign in, work and sign out again, rounds times, before the size of tables is read.
	people, rounds int
	// entries is how many audit entries of the host everyone leaves in a round.
	entries int
	// offices are in one process to see what one costs.
	offices int
	// lasts is how long speeds are measured.
	lasts time.Duration
}

// full is the size for the document.
var full = size{acts: 40, people: 120, rounds: 5, entries: 3, offices: 20, lasts: 2 * time.Second}

// measure measures one database.
func measure(ctx context.Context, e engine, s size) (d measured, err error) {
	d.Name, d.Load = e.name, loadAverage()
	m, err := newMeter(ctx, e, "acts")
	if err != nil {
		return d, err
	}
	defer m.close()
	if err := m.plain.QueryRowContext(ctx, e.version).Scan(&d.Version); err != nil {
		return d, err
	}
	if d.Acts, err = m.costs(ctx, s.acts); err != nil {
		return d, err
	}
	if d.Tables, err = m.rowBytes(ctx, s); err != nil {
		return d, fmt.Errorf("%s, sizes: %w", e.name, err)
	}
	if s.lasts == 0 {
		return d, nil
	}
	if d.Office, err = e.emptyOffices(ctx, s); err != nil {
		return d, fmt.Errorf("%s, offices: %w", e.name, err)
	}
	if d.Speed, err = m.speeds(ctx, s.lasts); err != nil {
		return d, fmt.Errorf("%s, speed: %w", e.name, err)
	}
	return d, nil
}

// hash is the time and the memory of one hash at the default cost.
func hash(ctx context.Context) (millis float64, mib int, err error) {
	h, err := password.NewHasher(password.Config{})
	if err != nil {
		return 0, 0, err
	}
	const times = 7
	var took []float64
	for range times {
		before, err := ownTime()
		if err != nil {
			return 0, 0, err
		}
		if _, err := h.Hash(ctx, "plum-kettle-orbit-93-sail"); err != nil {
			return 0, 0, err
		}
		after, err := ownTime()
		if err != nil {
			return 0, 0, err
		}
		took = append(took, (after-before).Seconds()*1000)
	}
	slices.Sort(took)
	return took[times/2], int(h.Params().MemoryKiB) / 1024, nil
}

// loadAverage is that of the last minute; 0 if the machine does not say.
func loadAverage() (load float64) {
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(text), &load)
	}
	return load
}

// machine describes what this was measured on.
func machine() string {
	cpu := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				cpu = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s, %s", cpu, runtime.NumCPU(), runtime.GOOS, runtime.Version())
}
