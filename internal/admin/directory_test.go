package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/internal/desk"
)

var errDirectory = errors.New("directory is down")

// directory is a community's own list of members, each with the password good.
// Its pages are as long as asked for; next is the number of the row to begin at.
type directory struct {
	mu      sync.Mutex
	members []desk.Member
	broken  bool
}

// newDirectory makes a member of each name: "Mia" is m-mia.
func newDirectory(names ...string) *directory {
	d := &directory{}
	for _, name := range names {
		d.members = append(d.members, desk.Member{ID: "m-" + strings.ToLower(name), Name: name, Email: strings.ToLower(name) + "@members.example"})
	}
	return d
}

func (d *directory) find(fits func(desk.Member) bool) (desk.Member, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken {
		return desk.Member{}, errDirectory
	}
	if i := slices.IndexFunc(d.members, fits); i >= 0 {
		return d.members[i], nil
	}
	return desk.Member{}, desk.ErrNoMember
}

func (d *directory) FindMember(_ context.Context, id string) (desk.Member, error) {
	return d.find(func(m desk.Member) bool { return m.ID == id })
}

func (d *directory) FindMemberByLogin(_ context.Context, login string) (desk.Member, error) {
	return d.find(func(m desk.Member) bool { return m.Name == login || m.Email == login })
}

func (d *directory) CheckMemberPassword(_ context.Context, id, password string) (bool, error) {
	_, err := d.FindMember(ctx, id)
	if errors.Is(err, desk.ErrNoMember) {
		return false, nil
	}
	return err == nil && password == good, err
}

func (d *directory) SearchMembers(_ context.Context, query, after string, limit int) ([]desk.Member, string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken {
		return nil, "", errDirectory
	}
	var page []desk.Member
	for _, m := range d.members {
		switch {
		case !strings.Contains(m.Name, query) || m.ID <= after:
		case len(page) == limit:
			return page, page[limit-1].ID, nil
		default:
			page = append(page, m)
		}
	}
	return page, "", nil
}

func (d *directory) breakDown(broken bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = broken
}
