package stores_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// batch is how many records are written in one commit.
const batch = 5_000

// populate makes n operators, and ten events and ten mails for each. Whatever
// n is, every filter selects the same share of them, and each person, address
// and rare word about as many.
func populate(t testing.TB, s store.Store, n int) {
	t.Helper()
	var writes []store.Write
	flush := func() {
		require.NoError(t, s.Commit(t.Context(), writes...))
		writes = writes[:0]
	}
	add := func(w ...store.Write) {
		if writes = append(writes, w...); len(writes) >= batch {
			flush()
		}
	}
	for i := range n {
		add(resident(i, n)...)
	}
	flush()
	for i := range 10 * n {
		add(store.AppendEvent{Event: occurrence(i, n)}, store.EnqueueMail{Mail: letter(i, n)})
	}
	flush()
	// As a host does every few minutes.
	_, err := s.Purge(t.Context(), store.Purge{Now: noon})
	require.NoError(t, err)
}

// spread is a number below n that goes through all of them in no apparent order.
func spread(i, n int) int { return int(int64(i) * 7_919 % int64(n)) }

var (
	firstNames = []string{"ada", "grace", "alan", "edsger", "barbara", "donald", "frances", "john", "margaret", "linus"}
	lastNames  = []string{"lovelace", "hopper", "turing", "dijkstra", "liskov", "knuth", "allen", "backus", "hamilton", "torvalds", "kay"}
)

// person is the id of an operator.
func person(i int) string { return fmt.Sprintf("operator-%06d", i) }

// resident is an operator with all that lists show.
func resident(i, n int) []store.Write {
	p := spread(i, n)
	last := lastNames[p%11]
	if i < 7 {
		last = "zuse" // a rare one
	}
	name := fmt.Sprintf("%s %s %d", firstNames[p%10], last, p)
	o := store.Operator{
		ID: person(i), Name: name, NameKey: name, State: store.OperatorActive, PrimaryRole: "editor",
		Password:  "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		CreatedAt: noon.Add(-time.Duration(p) * time.Minute), LastActiveAt: noon.Add(-time.Duration(spread(p, n)) * time.Minute),
	}
	o.EmailKey = fmt.Sprintf("%s.%d@example.org", firstNames[p%10], p)
	o.Email = o.EmailKey
	switch i % 20 {
	case 0:
		o.State = store.OperatorDisabled
	case 1:
		o.State, o.InviteExpiresAt, o.LastActiveAt = store.OperatorInvited, noon.Add(time.Hour), time.Time{}
	case 2:
		o.State, o.InviteExpiresAt, o.LastActiveAt = store.OperatorInvited, noon.Add(-time.Hour), time.Time{}
	case 3:
		o.LockedUntil = noon.Add(time.Hour)
	case 4:
		o.LockedUntil = noon.Add(-time.Hour)
	case 5:
		o.PrimaryRole, o.Roles = "moderator", []string{"editor", "translator"}
	}
	if i%3 == 0 {
		o.MemberID = "member-" + o.ID
	}
	writes := []store.Write{store.PutOperator{Operator: o}}
	if i%4 != 0 {
		writes = append(writes, store.PutFactor{Factor: store.Factor{ID: "factor-" + o.ID, OperatorID: o.ID, ConfirmedAt: noon}})
	}
	return writes
}

var (
	codes    = []string{"signin.succeeded", "signin.failed", "signout.done", "operator.invited", "mail.sent", "parameters.changed"}
	outcomes = []string{"success", "success", "success", "failure", "refused"}
)

// occurrence is an event. One in ten is late by a second, as where the clocks of
// replicas differ.
func occurrence(i, n int) store.Event {
	late := time.Duration(0)
	if i%10 == 0 {
		late = time.Second
	}
	p := person(i % n)
	return store.Event{
		ID: fmt.Sprintf("event-%07d", i), At: noon.Add(time.Duration(i)*100*time.Millisecond - late),
		Code: codes[i%len(codes)], Outcome: outcomes[i%len(outcomes)], ActorID: p, ActorName: "Ada Lovelace",
		TargetKind: "operator", TargetID: person((i + 1) % n), TargetName: "Grace Hopper",
		Address: fmt.Sprintf("192.0.%d.%d", i%n/250, i%n%250), UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		Route: "POST /login", RequestID: "0123456789abcdef", Detail: map[string]string{"before": "a", "after": "b"}, MAC: make([]byte, 32),
	}
}

var kinds = []string{"invitation", "reset", "notice"}

func letter(i, n int) store.Mail {
	m := store.Mail{
		ID: fmt.Sprintf("mail-%07d", spread(i, 10*n)), Kind: kinds[i%len(kinds)], OperatorID: person(i % n), To: "ada@example.org",
		Subject: "Your link", State: store.MailSent, CreatedAt: noon.Add(time.Duration(i/2) * time.Second), Reply: "250 2.0.0 Ok",
	}
	if i%50 == 0 {
		m.State = store.MailFailed
	}
	return m
}
