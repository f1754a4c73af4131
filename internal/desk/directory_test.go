package desk_test

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/postern-go/postern/internal/desk"
)

// directory is a small community's own list of members.
type directory struct {
	mu      sync.Mutex
	members map[string]member
	// broken makes every method fail as a system would.
	broken bool
	// checks counts the passwords looked at.
	checks int
}

type member struct {
	desk.Member
	login, password string
}

var errDirectory = errors.New("directory is down")

func newDirectory(members ...member) *directory {
	d := &directory{members: map[string]member{}}
	for _, m := range members {
		d.members[m.ID] = m
	}
	return d
}

// somebody is a member called name, with login and address made of it.
func somebody(id, name, password string) member {
	login := strings.ToLower(name)
	return member{desk.Member{ID: id, Name: name, Email: login + "@example.org"}, login, password}
}

func (d *directory) FindMember(_ context.Context, id string) (desk.Member, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken {
		return desk.Member{}, errDirectory
	}
	m, ok := d.members[id]
	if !ok {
		return desk.Member{}, desk.ErrNoMember
	}
	return m.Member, nil
}

func (d *directory) FindMemberByLogin(_ context.Context, login string) (desk.Member, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken {
		return desk.Member{}, errDirectory
	}
	for _, m := range d.members {
		if login == m.login || login == m.Email {
			return m.Member, nil
		}
	}
	return desk.Member{}, desk.ErrNoMember
}

func (d *directory) CheckMemberPassword(_ context.Context, id, password string) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.checks++
	if d.broken {
		return false, errDirectory
	}
	m, ok := d.members[id]
	return ok && m.password == password, nil
}

func (d *directory) forget(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.members, id)
}

func (d *directory) breakDown(broken bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = broken
}
