package storetest

import (
	"testing"

	"github.com/postern-go/postern/store"
)

// duty is one thing that every store must do.
type duty struct {
	name  string
	check func(t *testing.T, st store.Store)
}

// contest is a duty towards many callers at once. All handles lead to the same
// records.
type contest struct {
	name string
	hold func(t *testing.T, handles handles)
}

// Run checks a store. It calls open once per case, for a store that is empty
// and that no other case uses; open registers what it takes to close it with
// t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, subject := range []struct {
		name   string
		duties []duty
	}{
		{"commits", commitDuties},
		{"operators", operatorDuties},
		{"lists of operators", operatorListDuties},
		{"searches", searchDuties},
		{"last super-administrator", superAdministratorDuties},
		{"roles", roleDuties},
		{"sessions", sessionDuties},
		{"session values", sessionValuesDuties},
		{"pre-sessions", preSessionDuties},
		{"factors", factorDuties},
		{"devices", deviceDuties},
		{"tokens", tokenDuties},
		{"parameters", parametersDuties},
		{"events", eventDuties},
		{"lists of events", eventListDuties},
		{"purged events", eventPurgeDuties},
		{"mails", mailDuties},
		{"counters", counterDuties},
		{"purge", purgeDuties},
	} {
		t.Run(subject.name, func(t *testing.T) {
			for _, d := range subject.duties {
				t.Run(d.name, func(t *testing.T) { d.check(t, open(t)) })
			}
		})
	}
	runContests(t, func(t *testing.T) handles { return handles{open(t)} })
}

// RunContests checks that two handles to the same records, as two processes have
// them, keep the duties that concern many callers at once. Both may be the same.
// It calls open once per case, as [Run] does.
func RunContests(t *testing.T, open func(t *testing.T) (a, b store.Store)) {
	runContests(t, func(t *testing.T) handles {
		a, b := open(t)
		return handles{a, b}
	})
}

func runContests(t *testing.T, open func(t *testing.T) handles) {
	t.Run("at once", func(t *testing.T) {
		for _, c := range contests {
			t.Run(c.name, func(t *testing.T) { c.hold(t, open(t)) })
		}
	})
}
