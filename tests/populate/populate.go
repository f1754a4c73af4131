// Package populate fills a store with an office of any size, and lists the reads
// behind the pages whose cost must not depend on that size. Tests use it, and the
// program that prints docs/performance.md.
package populate

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

// Noon is when everything began.
var Noon = time.Date(2026, time.November, 21, 12, 0, 0, 123456000, time.UTC)

// batch is how many records are written in one commit.
const batch = 5_000

// Size is how much there is of everything.
type Size struct{ Operators, Events, Mails int }

// Fill creates operators with their sessions, events and emails. Every filter
// selects the same share of them at any size, but each person, address and rare
// word selects the same number, so that pages have the same number of rows.
func Fill(ctx context.Context, s store.Store, n Size) error {
	var writes []store.Write
	var err error
	flush := func() {
		if err == nil {
			err = s.Commit(ctx, writes...)
		}
		writes = writes[:0]
	}
	add := func(w ...store.Write) {
		if writes = append(writes, w...); len(writes) >= batch {
			flush()
		}
	}
	for i := range n.Operators {
		add(resident(i, n.Operators)...)
	}
	flush()
	for i := range n.Events {
		add(store.AppendEvent{Event: occurrence(i, n.Events)})
	}
	flush()
	for i := range n.Mails {
		add(store.EnqueueMail{Mail: letter(i, n.Mails)})
	}
	flush()
	if err != nil {
		return err
	}
	// As a host does every few minutes.
	_, err = s.Purge(ctx, store.Purge{Now: Noon})
	return err
}

// spread is a number below n that goes through all of them in no apparent order.
func spread(i, n int) int { return int(int64(i) * 7_919 % int64(n)) }

var (
	firstNames = []string{"ada", "grace", "alan", "frances"}
	lastNames  = []string{"lovelace", "hopper", "turing", "allen", "backus"}
)

// Person is the id of an operator.
func Person(i int) string { return fmt.Sprintf("operator-%06d", i) }

// resident is an operator with all that lists show.
func resident(i, n int) []store.Write {
	p := spread(i, n)
	// Not in step with what filters select.
	first, last := firstNames[p/20%4], lastNames[p/80%5]
	switch {
	case i < 7:
		last = "zuse" // a rare one
	case i < 27:
		first = "zoe" // the last page
	}
	name := fmt.Sprintf("%s x%d %s", first, p, last)
	o := store.Operator{
		ID: Person(i), Name: name, NameKey: name, State: store.OperatorActive, PrimaryRole: "editor",
		Password:  "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		CreatedAt: Noon.Add(-time.Duration(p) * time.Minute), LastActiveAt: Noon.Add(-time.Duration(spread(p, n)) * time.Minute),
	}
	o.EmailKey = fmt.Sprintf("%s.%d@example.org", first, p)
	o.Email, o.SearchKey = o.EmailKey, name+" "+o.EmailKey
	switch i % 20 {
	case 0:
		o.State = store.OperatorDisabled
	case 1:
		o.State, o.InviteExpiresAt, o.LastActiveAt = store.OperatorInvited, Noon.Add(time.Hour), time.Time{}
	case 2:
		o.State, o.InviteExpiresAt, o.LastActiveAt = store.OperatorInvited, Noon.Add(-time.Hour), time.Time{}
	case 3:
		o.LockedUntil = Noon.Add(time.Hour)
	case 4:
		o.LockedUntil = Noon.Add(-time.Hour)
	case 5:
		o.PrimaryRole, o.Roles = "moderator", []string{"editor", "translator"}
	}
	if i < 3 {
		o.Roles = []string{"auditor"}
	}
	if i%3 == 0 {
		o.MemberID = "member-" + o.ID
	}
	writes := []store.Write{store.PutOperator{Operator: o}}
	for j := range 3 {
		token := fmt.Sprint("session ", j, o.ID)
		writes = append(writes, store.PutSession{Session: store.Session{Digest: store.DigestOf(token), ID: token, OperatorID: o.ID, CreatedAt: Noon, SeenAt: Noon, EndsAt: Noon.Add(12 * time.Hour)}})
	}
	// The invited never have it: two common filters that never meet.
	if i%4 != 0 && o.State != store.OperatorInvited {
		writes = append(writes, store.PutFactor{Factor: store.Factor{ID: "factor-" + o.ID, OperatorID: o.ID, ConfirmedAt: Noon}})
	}
	return writes
}

var (
	codes    = []string{"signin.succeeded", "signin.failed", "signout.done", "operator.invited", "mail.sent", "parameters.changed"}
	outcomes = []string{"success", "success", "success", "failure", "refused"}
)

// perPerson is about how many events and mails a person has.
const perPerson = 10

// recipients is how many people have n mails. It is never divisible by the number of
// kinds, so that everyone has emails of every kind.
func recipients(n int) int {
	people := max(n/perPerson, 1)
	return people - (people-1)%len(kinds)
}

// occurrence is an event. One in ten is late by a second, as where the clocks of
// replicas differ.
func occurrence(i, n int) store.Event {
	late := time.Duration(0)
	if i%10 == 0 {
		late = time.Second
	}
	people := max(n/perPerson, 1)
	e := store.Event{
		ID: fmt.Sprintf("event-%07d", i), At: Noon.Add(time.Duration(i)*100*time.Millisecond - late),
		Code: codes[i%len(codes)], Outcome: outcomes[i%len(outcomes)], ActorID: Person(i % people), ActorName: "Ada Lovelace",
		TargetKind: "operator", TargetID: Person((i + 1) % people), TargetName: "Grace Hopper",
		IP: fmt.Sprintf("192.0.%d.%d", i%people/250, i%people%250), UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		Route: "POST /login", RequestID: "0123456789abcdef", Detail: map[string]string{"before": "a", "after": "b"}, MAC: make([]byte, 32),
	}
	switch {
	case i == n/3:
		e.Code = "setup.completed" // once
	case e.Code == "mail.sent":
		e.Outcome = "success" // never refused: two common filters that never meet
	}
	return e
}

var kinds = []string{"invitation", "reset", "notice"}

func letter(i, n int) store.Mail {
	people := recipients(n)
	m := store.Mail{
		ID: fmt.Sprintf("mail-%07d", spread(i, n)), Kind: kinds[i%len(kinds)], OperatorID: Person(i % people), To: "ada@example.org",
		SearchKey: fmt.Sprintf("%s %s ada%d@example.org", firstNames[i%len(firstNames)], lastNames[i%len(lastNames)], i%people),
		Subject:   "Your link", State: store.MailSent, CreatedAt: Noon.Add(time.Duration(i/2) * time.Second), Reply: "250 2.0.0 Ok",
	}
	switch {
	case i == n/3:
		m.State = store.MailCancelled // once
	case i%10 == 0:
		m.State, m.Kind = store.MailFailed, kinds[i/10%2] // never a notice
	}
	return m
}
