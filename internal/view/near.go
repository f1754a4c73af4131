package view

import (
	"fmt"
	"slices"
)

// near returns ", did you mean "x"?" with the name that a mistyped one is most like, or "" if
// none is.
func near(typed string, names []string) string {
	best, least := "", len(typed)/3+1
	for _, name := range slices.Sorted(slices.Values(names)) {
		if d := distance(typed, name); d <= least && (best == "" || d < distance(typed, best)) {
			best = name
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

// distance is how many letters must be added, taken away or exchanged to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
