package memberstest

import (
	"context"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// Faults returns what is wrong with a directory, by duty, on a clock of the test.
func Faults(ctx context.Context, directory backoffice.Members, fixture Fixture, now func() time.Time) map[string][]string {
	all := map[string][]string{}
	for _, d := range duties {
		c := &checker{ctx: ctx, directory: directory, Fixture: fixture, now: now}
		if faults := c.check(d); len(faults) > 0 {
			all[d.name] = faults
		}
	}
	return all
}
