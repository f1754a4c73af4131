package main

import (
	"fmt"
	"math"
	"strings"
)

// sizesOfTable are how many communities the document is about.
var sizesOfTable = []int{1, 100, 10_000}

// needsTable is what communities need, for each layout.
func needsTable(f figures, a assumptions) string {
	var t strings.Builder
	fmt.Fprintf(&t, "Assumed of each community: %d operators, each with %d browsers and %d networks; in a day %d sign-ins, %d requests, %d audit entries, %d emails and %d wrong passwords of strangers; "+
		"the busiest minute has %g times the average of the day. Assumed of machines: %d for the application, each with a replica of everything, %d cores and %s MiB (with SQLite, one machine and no replicas); "+
		"one for the database, with as many cores, %d GiB of disk and %d connections that it accepts. A replica has %d of these.\n",
		a.Operators, a.Browsers, a.Networks, a.SignIns, a.Requests, a.Events, a.Mails, a.Wrong, a.Peak, a.Replicas, a.Cores, grouped(a.MemoryMiB), a.DiskGiB, a.Connections, a.Pool)
	for _, l := range layouts {
		if _, known := f.of(l.database); !known {
			continue
		}
		var rows [][]string
		first, least := "", math.Inf(1)
		for i, one := range a.needs(f, l, 1) {
			if one.amount == 0 {
				continue // SQLite has no such log
			}
			most := a.most(f, l, i)
			full := "-"
			if one.fixed {
				full = "does not grow"
			}
			if !math.IsInf(most, 1) {
				full = amount(most)
			}
			if most < least {
				first, least = one.what, most
			}
			row := []string{one.what}
			for _, n := range sizesOfTable {
				need := a.needs(f, l, n)[i]
				cell := need.text()
				if !math.IsInf(need.have, 1) {
					cell += fmt.Sprintf(" (%s)", share(need.of()))
				}
				if need.of() > 1 {
					cell = "**" + cell + "**"
				}
				row = append(row, cell)
			}
			rows = append(rows, append(row, full))
		}
		head := []string{"needed, and how much of what there is"}
		for _, n := range sizesOfTable {
			head = append(head, map[bool]string{true: "1 community", false: grouped(n) + " communities"}[n == 1])
		}
		fmt.Fprintf(&t, "\n### %s\n\n%s\nThe first limit: %s, at %s communities. Of %s, %s are for seconds in which nothing happens.\n",
			l.name, tabled(append(head, "enough for"), rows), first, amount(least), l.cores(), share(a.idleShare(f, l)))
	}
	return t.String()
}

func (n need) text() string {
	if n.unit == "MiB" && n.amount >= 10*1024 {
		return amount(n.amount/1024) + " GiB"
	}
	return strings.TrimSpace(amount(n.amount) + " " + n.unit)
}
