package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/postern-go/postern/backoffice"
)

// act is something that people do in an office, over HTTP, with the pages that they open
// for it.
type act struct {
	key, name string
	// prepare is what has to be there before the i-th time; it is not measured.
	prepare func(ctx context.Context, i int) error
	do      func(ctx context.Context, i int) error
	// atOnce means that do does all that was prepared the first time.
	atOnce bool
}

// The acts that the calculation needs.
const (
	invited    = "invited"
	signedIn   = "signed in"
	newBrowser = "new browser"
	byPasskey  = "passkey"
	signedOut  = "signed out"
	wrong      = "wrong"
	forgot     = "forgot"
	mailed     = "mailed"
	requested  = "requested"
	touched    = "touched"
	home       = "home"
	recorded   = "recorded"
	roles      = "roles"
)

// acts are in the order in which they can happen: the i-th person is there once they
// were invited.
func (m *meter) acts() []act {
	o := m.office
	ready := func(_ context.Context, i int) error { return m.again(o.people[i]) }
	get := func(path string) func(context.Context, int) error {
		return func(_ context.Context, i int) error { return opened(o.people[i], path) }
	}
	none := func(context.Context, int) error { return nil }
	return []act{
		{key: invited, name: "an operator is invited, takes it up and adds an authenticator app", prepare: none, do: func(ctx context.Context, _ int) error { return m.enrolled(ctx) }},
		{key: signedOut, name: "sign-out", prepare: none, do: func(_ context.Context, i int) error { return o.people[i].signOut() }},
		{key: signedIn, name: "sign-in with password and code", prepare: ready, do: func(_ context.Context, i int) error { return o.people[i].SignIn(o.people[i].name, o.people[i].phone) }},
		{key: newBrowser, name: "the same in a browser that is new to the office", prepare: ready, do: func(_ context.Context, i int) error {
			return o.browser(10_000+i).SignIn(o.people[i].name, o.people[i].phone)
		}},
		{key: byPasskey, name: "sign-in with a passkey alone", prepare: func(ctx context.Context, i int) error {
			p, err := m.newPerson(ctx, fmt.Sprintf("Keyed %d", i))
			if err == nil {
				err = p.enrolPasskey(o.origin())
			}
			if err == nil {
				err = p.signOut()
			}
			m.keyed = append(m.keyed, p)
			return err
		}, do: func(_ context.Context, i int) error { return m.keyed[i].signInWithPasskey() }},
		{key: requested, name: "a request of a page of yours", prepare: none, do: get("/page")},
		{key: touched, name: "the same, 15 s or more after the last", prepare: m.rest, do: get("/page")},
		{key: home, name: "the office’s home page", prepare: none, do: get("/")},
		{key: recorded, name: "a page of yours with an audit entry", prepare: none, do: get("/water")},
		{key: roles, name: "an operator gets another role", prepare: none, do: func(ctx context.Context, i int) error {
			return o.CommandLine().ChangeRoles(ctx, o.people[i+1].email, backoffice.Administrator)
		}},
		{key: forgot, name: "a link for a forgotten password is asked for", prepare: none, do: func(_ context.Context, i int) error {
			_, err := o.browser(20_000+i).Submit("/forgot", url.Values{"email": {o.people[i].email}}, http.StatusOK)
			return err
		}},
		{key: mailed, atOnce: true, name: "an email is sent", prepare: m.oneMail, do: func(ctx context.Context, _ int) error {
			_, err := o.DeliverMail(ctx)
			return err
		}},
		{key: wrong, name: "a wrong password for a name that was not tried before", prepare: none, do: func(_ context.Context, i int) error { return o.tryName(30_000+i, fmt.Sprintf("nobody%d", i)) }},
	}
}

func opened(p *person, path string) error {
	page, err := p.Get(path)
	if err == nil && page.Status != http.StatusOK {
		err = fmt.Errorf("GET %s: status %d", path, page.Status)
	}
	return err
}

// newPerson invites someone, who takes it up.
func (m *meter) newPerson(ctx context.Context, name string) (*person, error) {
	m.invitations++
	p := &person{Visitor: m.office.browser(m.invitations), name: name, email: fmt.Sprintf("person%d@community.example", m.invitations)}
	link, err := m.office.CommandLine().Invite(ctx, p.email, name, backoffice.Moderator)
	if err == nil {
		err = p.welcome(link)
	}
	return p, err
}

// enrolled makes an operator with an authenticator app.
func (m *meter) enrolled(ctx context.Context) error {
	p, err := m.newPerson(ctx, fmt.Sprintf("Operator %d", len(m.office.people)))
	if err == nil {
		p.phone, err = p.Enrol(p.name)
	}
	m.office.people = append(m.office.people, p)
	return err
}

// again makes the current codes of a person work again.
func (m *meter) again(p *person) error {
	p.phone.Forget()
	_, err := m.plain.Exec("UPDATE postern_factors SET step = 0 WHERE step > 0")
	return err
}

// rest lets the time pass after which the use of a session is written down again.
func (m *meter) rest(ctx context.Context, i int) error {
	if i > 0 {
		return nil
	}
	_, err := m.plain.ExecContext(ctx, "UPDATE postern_sessions SET seen_at = seen_at - 30000000")
	return err
}

// oneMail queues an email, after the first one has emptied the queue.
func (m *meter) oneMail(ctx context.Context, i int) error {
	if i == 0 {
		if err := m.office.deliverAll(ctx); err != nil {
			return err
		}
	}
	return m.office.CommandLine().SendMessage(ctx, m.office.people[i].email, message)
}

// message is an email of the host.
var message = backoffice.Message{Subject: "Watering", Paragraphs: []string{"Please water the herbs behind the shed."}}
