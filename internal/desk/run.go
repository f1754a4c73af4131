package desk

import (
	"context"
	"time"
)

// How often Run works.
const (
	refreshEvery = time.Second
	purgeEvery   = 10 * time.Minute
)

// Run does the periodic work until ctx ends: it sends email, reads parameters that
// other replicas changed within a second, restores the old alias if a new one was
// not confirmed, and purges. Several replicas may run it at once. It returns the
// error of ctx.
func (d *Desk) Run(ctx context.Context) error {
	d.running.Store(true)
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	delivered := make(chan struct{}, 1)
	delivered <- struct{}{}
	var purged time.Time
	for {
		d.attempt(ctx, "refresh parameters", func() error {
			_, err := d.Fresh(ctx)
			return err
		})
		d.attempt(ctx, "roll back alias", func() error { return d.rollBack(ctx) })
		select {
		case <-delivered:
			// A slow mail server must not hold up the rest.
			go func() {
				defer func() { delivered <- struct{}{} }()
				d.attempt(ctx, "deliver email", func() error {
					_, err := d.Deliver(ctx)
					return err
				})
			}()
		default:
		}
		// By the monotonic clock: the time may jump, and back.
		if time.Since(purged) >= purgeEvery {
			purged = time.Now()
			d.attempt(ctx, "purge", func() error { return d.Purge(ctx) })
		}
		select {
		case <-ctx.Done():
			<-delivered
			return ctx.Err()
		case <-tick.C:
		}
	}
}
