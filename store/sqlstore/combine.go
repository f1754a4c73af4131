package sqlstore

import (
	"fmt"
	"strings"
)

// combine makes steps and a link one statement. The statement returns how many
// rows each step changed and, if there is a link, whether the head moved, whether
// nobody else held it, and where it was then.
//
// PostgreSQL promises no order, but in fact evaluates the counts, and so the steps,
// one after the other. The head is certain to be last, because it is locked only
// once every precondition holds.
func combine(steps []step, l *link) (query string, args []any) {
	var parts, counts, conditions strings.Builder
	part := func(name, query string, more ...any) {
		if parts.Len() > 0 {
			parts.WriteString(", ")
		}
		parts.WriteString(name + " AS (" + query + ")")
		args = append(args, more...)
	}
	column := func(query string) {
		if counts.Len() > 0 {
			counts.WriteString(", ")
		}
		counts.WriteString(query)
	}
	first := ""
	if keys := countersOf(steps); len(keys) > 1 {
		// Locked in the order of Hit.
		which, args := in(keys)
		part("l", `SELECT c.id FROM postern_counters c WHERE c.id`+which+` ORDER BY c.id FOR UPDATE`, args...)
		first = "0 * (SELECT count(*) FROM l) + "
	}
	for i := range steps {
		count := fmt.Sprintf("(SELECT count(*) FROM s%d)", i)
		part(fmt.Sprintf("s%d", i), steps[i].text()+" RETURNING 1", steps[i].args...)
		column(first + count)
		fmt.Fprintf(&conditions, " AND %s%s >= %d", first, count, steps[i].need)
		first = ""
	}
	if l != nil {
		move := l.headArgs()
		// After a wait for the head, which has then moved, PostgreSQL would set up
		// the whole statement again, under the lock.
		wait := ` FOR UPDATE`
		if len(steps) > 0 {
			wait = ` FOR UPDATE SKIP LOCKED`
		}
		part("k", selectHead+conditions.String()+wait)
		part("h", moveHead+`EXISTS (SELECT 1 FROM k WHERE `+headIs+`) RETURNING 1`, move...)
		part("e", insertEvents+repeated(selectEvent, " UNION ALL ", len(l.events))+" RETURNING 1", l.eventArgs()...)
		if forget, args := l.forget(); forget != "" {
			part("f", forget+" AND EXISTS (SELECT 1 FROM h) RETURNING 1", args...)
		}
		part("t", insertTimes+repeated(selectTime, " UNION ALL ", len(l.times))+upsertTimes+" RETURNING 1", l.timeArgs()...)
		column("EXISTS (SELECT 1 FROM h)")
		column("EXISTS (SELECT 1 FROM k)")
		for _, of := range []string{"COALESCE((SELECT seq FROM k), 0)", "(SELECT mac FROM k)", "COALESCE((SELECT latest_at FROM k), 0)",
			"COALESCE((SELECT purged_seq FROM k), 0)", "(SELECT purged_mac FROM k)", "(SELECT seal FROM k)"} {
			column(of)
		}
	}
	return "WITH " + parts.String() + " SELECT " + counts.String(), args
}

func repeated(s, separator string, n int) string {
	return s + strings.Repeat(separator+s, n-1)
}

// countersOf returns the counters that steps change.
func countersOf(steps []step) []string {
	var keys []string
	for i := range steps {
		if steps[i].tables[0] == "postern_counters" {
			for _, key := range steps[i].keys {
				keys = append(keys, key.(string))
			}
		}
	}
	return keys
}

// in returns the condition that a column has one of the values, and its
// arguments. The last value is repeated up to a power of two of them, so that
// there are few different texts.
func in[T any](values []T) (condition string, args []any) {
	n := 1
	for n < len(values) {
		n *= 2
	}
	for i := range n {
		args = append(args, values[min(i, len(values)-1)])
	}
	return " IN (?" + strings.Repeat(", ?", n-1) + ")", args
}
