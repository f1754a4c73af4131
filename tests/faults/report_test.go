package faults_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// result is a line of the table.
type result struct {
	fault               string
	community           string
	operators           string
	acknowledged, lost  int
	mails, twice, never int
	recovered           time.Duration
	broken              []string
}

const header = "| fault | community saw | operators saw | acknowledged | lost | mails | twice | recovered in |\n| --- | --- | --- | --- | --- | --- | --- | --- |"

func (r result) String() string {
	end := ""
	if len(r.broken) > 0 {
		end = " **broken: " + strings.Join(r.broken, "; ") + "**"
	}
	return fmt.Sprintf("| %s | %s | %s | %d | %d | %d | %d | %.1f s |%s", r.fault, r.community, r.operators,
		r.acknowledged, r.lost, r.mails, r.twice, r.recovered.Seconds(), end)
}

// told sums answers up: how many were good, what else there was, and the longest.
func told(answers []answer) string {
	if len(answers) == 0 {
		return "nothing asked"
	}
	counts, longest := map[string]int{}, time.Duration(0)
	for _, a := range answers {
		counts[a.outcome]++
		longest = max(longest, a.took)
	}
	var parts []string
	for _, outcome := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[outcome], outcome))
	}
	return fmt.Sprintf("%s, longest %.2f s", strings.Join(parts, ", "), longest.Seconds())
}

// of returns the answers to some kinds of requests, except those of replicas
// that were broken on purpose.
func of(answers []answer, besides []*replica, kinds ...string) []answer {
	var some []answer
	for _, a := range answers {
		if slices.Contains(kinds, a.kind) && !slices.Contains(besides, a.replica) {
			some = append(some, a)
		}
	}
	return some
}
