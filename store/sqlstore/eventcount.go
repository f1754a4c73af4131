package sqlstore

import (
	"context"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// CountEvents implements [store.Events]. Every span is counted by the same filter, the
// one that selects the fewest events in all of them together.
func (s *Store) CountEvents(ctx context.Context, q store.EventQuery, bounds []time.Time, most int) ([]int, error) {
	if len(bounds) < 2 {
		return nil, ctx.Err()
	}
	q.BeforeSeq, q.AfterSeq, q.OldestFirst = 0, 0, true
	q.From, q.Until = bounds[0], bounds[len(bounds)-1]
	all := listEvents(q)
	all.reach = store.PageReach * max(most, 1)
	var lead, follow filter
	if len(all.filters) > 0 {
		leading, err := s.rarest(ctx, all)
		if err != nil {
			return nil, s.wrap("count events", err)
		}
		for i, e := range all.filters {
			if i == leading {
				e.leads(&lead)
			} else {
				e.follows(&follow)
			}
		}
	}
	var columns []string
	var args []any
	for i := range len(bounds) - 1 {
		q.From, q.Until = bounds[i], bounds[i+1]
		span := listEvents(q)
		f := span.bounded(s.dialect, lead)
		if len(follow.conditions) == 0 {
			columns = append(columns, `(SELECT COUNT(*) FROM (SELECT 1`+span.from(s.dialect, lead)+f.where()+` ORDER BY seq LIMIT ?) AS counted)`)
			args = append(args, f.with(max(most, 0))...)
			continue
		}
		columns = append(columns, `(SELECT COUNT(*) FROM (SELECT 1 FROM (SELECT *`+span.from(s.dialect, lead)+f.where()+
			` ORDER BY seq LIMIT ?) AS looked`+follow.where()+` LIMIT ?) AS counted)`)
		args = append(append(append(args, f.with(all.reach)...), follow.args...), max(most, 0))
	}
	counts, err := find(ctx, s, scanInts(len(columns)), `SELECT `+strings.Join(columns, ", "), args...)
	return counts, s.wrap("count events", err)
}

// scanInts scans a row of n numbers.
func scanInts(n int) func(row) ([]int, error) {
	return func(r row) ([]int, error) {
		numbers, into := make([]int, n), make([]any, n)
		for i := range numbers {
			into[i] = &numbers[i]
		}
		return numbers, r.Scan(into...)
	}
}
