package testoffice

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/internal/desk"
)

// ErrDirectory is what a broken directory answers.
var ErrDirectory = errors.New("directory is down")

// Directory is a small community's own list of members, each with the password
// [Good].
type Directory struct {
	mu      sync.Mutex
	members []desk.Member
	broken  bool
	checks  int
	asked   int
}

// NewDirectory makes a member of each name: "Mia" is m-mia with an address at
// members.example.
func NewDirectory(names ...string) *Directory {
	d := &Directory{}
	for _, name := range names {
		lower := strings.ToLower(name)
		d.members = append(d.members, desk.Member{ID: "m-" + lower, Name: name, Email: lower + "@members.example"})
	}
	return d
}

// Break makes every method fail as a system would, or work again.
func (d *Directory) Break(broken bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = broken
}

// Forget removes members, as they leave the community.
func (d *Directory) Forget(ids ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.members = slices.DeleteFunc(d.members, func(m desk.Member) bool { return slices.Contains(ids, m.ID) })
}

// Rename gives a member another name, as communities let them.
func (d *Directory) Rename(id, name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.members {
		if d.members[i].ID == id {
			d.members[i].Name = name
		}
	}
}

// Put adds a member, or replaces the one with the same id, as communities let them
// change.
func (d *Directory) Put(m desk.Member) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.IndexFunc(d.members, func(old desk.Member) bool { return old.ID == m.ID }); i >= 0 {
		d.members[i] = m
		return
	}
	d.members = append(d.members, m)
}

// Asked is how often a member was looked up by id.
func (d *Directory) Asked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// Checks is how many passwords were looked at.
func (d *Directory) Checks() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.checks
}

func (d *Directory) find(fits func(desk.Member) bool) (desk.Member, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken {
		return desk.Member{}, ErrDirectory
	}
	if i := slices.IndexFunc(d.members, fits); i >= 0 {
		return d.members[i], nil
	}
	return desk.Member{}, desk.ErrNoMember
}

// FindMember implements [desk.Members].
func (d *Directory) FindMember(_ context.Context, id string) (desk.Member, error) {
	d.mu.Lock()
	d.asked++
	d.mu.Unlock()
	return d.find(func(m desk.Member) bool { return m.ID == id })
}

// FindMemberByLogin implements [desk.Members].
func (d *Directory) FindMemberByLogin(_ context.Context, login string) (desk.Member, error) {
	return d.find(func(m desk.Member) bool { return strings.EqualFold(m.Name, login) || m.Email == login })
}

// CheckMemberPassword implements [desk.Members].
func (d *Directory) CheckMemberPassword(ctx context.Context, id, password string) (bool, error) {
	d.mu.Lock()
	d.checks++
	d.mu.Unlock()
	_, err := d.FindMember(ctx, id)
	if errors.Is(err, desk.ErrNoMember) {
		return false, nil
	}
	return err == nil && password == Good, err
}

// SearchMembers implements [desk.MemberSearcher]. Its pages are as long as asked
// for, and go on after an id.
func (d *Directory) SearchMembers(_ context.Context, query, after string, limit int) ([]desk.Member, string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken {
		return nil, "", ErrDirectory
	}
	var page []desk.Member
	first := slices.IndexFunc(d.members, func(m desk.Member) bool { return m.ID == after }) + 1
	for _, m := range d.members[first:] {
		switch {
		case !strings.Contains(m.Name, query):
		case len(page) == limit:
			return page, page[limit-1].ID, nil
		default:
			page = append(page, m)
		}
	}
	return page, "", nil
}
