package password

import (
	"hash/maphash"
	"time"
)

const (
	// usagePeriod is for how long a group's use counts in full. For as long again, it counts half.
	usagePeriod = time.Hour
	// mostGroups is how many groups are remembered in each of the two periods. If there are more, the earlier period
	// is forgotten sooner.
	mostGroups = 1 << 14
)

// group is the keyed hash of a group's name, so that strangers cannot choose one that counts as another's.
type group uint64

// levels is how many groups count for a caller. Each may use 1<<levelBits times as much as the one before it.
const (
	levels    = 3
	levelBits = 2
)

func groupsOf(seed maphash.Seed, names []string) []group {
	if len(names) == 0 {
		names = []string{""}
	}
	all := make([]group, 0, levels)
	for _, name := range names[:min(len(names), levels)] {
		all = append(all, group(maphash.String(seed, name)))
	}
	return all
}

// usage counts what groups have used lately. What a period counted is worth half in the next one, and nothing later.
type usage struct {
	began     time.Time
	now, past map[group]int
}

// add counts one use of each of the groups. It begins a period if the last one is over, or has no room for them.
func (u *usage) add(groups []group, at time.Time) {
	if age := at.Sub(u.began); age >= usagePeriod || len(u.now) > mostGroups-levels {
		u.past, u.now, u.began = u.now, make(map[group]int), at
		if age >= 2*usagePeriod {
			u.past = nil
		}
	}
	for _, g := range groups {
		u.now[g]++
	}
}

// most returns the most that one of the groups has used for its size, with more added, in units that only compare.
func (u *usage) most(groups []group, more map[group]int) int {
	most := 0
	for i, g := range groups {
		used := 2*(u.now[g]+more[g]) + u.past[g]
		most = max(most, used<<(levelBits*(levels-1-i)))
	}
	return most
}
