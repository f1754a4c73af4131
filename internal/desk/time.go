package desk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/postern-go/postern/internal/clock"
	"github.com/postern-go/postern/store"
)

// skewMost is how far this machine's clock may be off before the office says so and
// deletes nothing.
const skewMost = 30 * time.Second

// Now returns the time, to the precision of the store. It is the database's, as
// far as this process knows it: see docs/decisions/016.
func (d *Desk) Now() time.Time { return store.Time(d.clock.Now()) }

// hear learns the time from what the store answered to a question.
func (d *Desk) hear(ctx context.Context, q clock.Question, r store.Reading) {
	skew, known := d.clock.Hear(q, r.At)
	wrong := known && skew.Abs() > skewMost
	if d.skewed.Load() == wrong || !d.skewed.CompareAndSwap(!wrong, wrong) {
		return
	}
	ahead := slog.Float64("ahead_seconds", skew.Seconds())
	if wrong {
		d.Log.ErrorContext(ctx, "the clock of this machine is wrong: the office uses the database's, and this process deletes no old records", ahead)
		return
	}
	d.Log.InfoContext(ctx, "the clock of this machine is right again", ahead)
}

// Skew returns how far this machine's clock is ahead of the database's, or behind it
// if negative. It is not known if the store has no clock of its own, or the host
// gave one.
func (d *Desk) Skew() (skew time.Duration, known bool) { return d.clock.Skew() }

// ClockWrong returns the skew, and reports whether it is so large that someone
// should set the clock.
func (d *Desk) ClockWrong() (skew time.Duration, wrong bool) {
	skew, known := d.Skew()
	return skew, known && skew.Abs() > skewMost
}

// reading asks the store for the revision of the parameters, and the time.
func (d *Desk) reading(ctx context.Context) (store.Reading, error) {
	q := d.clock.Ask()
	r, err := d.Store.ParametersRevision(ctx)
	if err != nil {
		return r, fmt.Errorf("read parameters revision: %w", err)
	}
	d.hear(ctx, q, r)
	return r, nil
}

// ahead reports whether a stored time is so far ahead that the clock must have
// been wrong. What depends on it must not last until then.
func ahead(at, now time.Time) bool { return at.Sub(now) > store.MostAhead }
