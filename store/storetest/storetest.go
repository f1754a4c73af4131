package storetest

import (
	"testing"

	"github.com/postern-go/postern/store"
)

// duty is something that every store must do.
type duty struct {
	name  string
	check func(t *testing.T, st store.Store)
}

// contest is a duty towards many concurrent callers. All handles share the same
// records.
type contest struct {
	name string
	hold func(t *testing.T, handles handles)
}

// Run checks a store. It calls open once per case, for an empty store that no
// other case uses; open must use t.Cleanup to close it.
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
		{"accounts at the identity provider", linkedDuties},
		{"accounts that end", endingDuties},
		{"roles", roleDuties},
		{"sessions", sessionDuties},
		{"session values", sessionValuesDuties},
		{"pre-sessions", preSessionDuties},
		{"sign-ins", signInDuties},
		{"factors", factorDuties},
		{"credentials", credentialDuties},
		{"devices", deviceDuties},
		{"browsers", browserDuties},
		{"tokens", tokenDuties},
		{"parameters", parametersDuties},
		{"events", eventDuties},
		{"lists of events", eventListDuties},
		{"purged events", eventPurgeDuties},
		{"mails", mailDuties},
		{"sealed values", sealedDuties},
		{"counters", counterDuties},
		{"answers", answerDuties},
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
// them, fulfil the duties towards many concurrent callers. Both may be the same
// handle. RunContests calls open once per case, like [Run].
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
