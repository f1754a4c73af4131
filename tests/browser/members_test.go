package browser_test

import (
	"context"
	"strings"

	"github.com/postern-go/postern/backoffice"
)

// member is somebody with an account in the community.
type member struct {
	backoffice.Member
	password string
}

// members is a community's directory, kept in memory.
type members []member

// withMembers has a community of a few people, sorted by name.
func withMembers(list ...member) func(*backoffice.Config) {
	return func(c *backoffice.Config) { c.Members = members(list) }
}

func (m members) first(fits func(member) bool) (member, error) {
	for _, one := range m {
		if fits(one) {
			return one, nil
		}
	}
	return member{}, backoffice.ErrNoMember
}

func (m members) FindMember(_ context.Context, id string) (backoffice.Member, error) {
	found, err := m.first(func(one member) bool { return one.ID == id })
	return found.Member, err
}

func (m members) FindMemberByLogin(_ context.Context, login string) (backoffice.Member, error) {
	found, err := m.first(func(one member) bool {
		return strings.EqualFold(one.Name, login) || strings.EqualFold(one.Email, login)
	})
	return found.Member, err
}

func (m members) CheckMemberPassword(_ context.Context, id, password string) (bool, error) {
	found, err := m.first(func(one member) bool { return one.ID == id })
	return err == nil && found.password == password, nil
}

func (m members) SearchMembers(_ context.Context, query, _ string, _ int) (found []backoffice.Member, next string, err error) {
	for _, one := range m {
		if strings.HasPrefix(strings.ToLower(one.Name), strings.ToLower(query)) || strings.HasPrefix(one.Email, strings.ToLower(query)) {
			found = append(found, one.Member)
		}
	}
	return found, "", nil
}
