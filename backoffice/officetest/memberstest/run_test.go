package memberstest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest/memberstest"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
)

// table is a directory like one over a database, whose ids are numbers. Its functions are
// exchanged by tests that plant faults.
type table struct {
	mu    sync.Mutex
	now   time.Time
	check func(ctx context.Context, id, password string) (bool, error)
	id    finder
	login finder
}

var people = []backoffice.Member{
	{ID: "1", Name: "Ada", Email: "ada@example.org"},
	{ID: "2", Name: "Zoë \u202eO'Brien\u202c <b>%", Email: "zoe@example.org"},
	{ID: "12", Name: "", Email: "nameless@example.org"},
	{ID: "13", Name: "Grace Hopper", Email: "grace@example.org"},
	{ID: "14", Name: "Grace Kelly", Email: "kelly@example.org"},
}

const banned = "99"

func password(id string) string { return "pass-Word-" + id }

func good() *table {
	t := &table{now: time.Unix(0, 0)}
	t.id = func(ctx context.Context, id string) (backoffice.Member, error) {
		if err := ctx.Err(); err != nil {
			return backoffice.Member{}, err
		}
		for _, m := range people {
			if m.ID == id {
				return m, nil
			}
		}
		return backoffice.Member{}, fmt.Errorf("find %q: %w", id, backoffice.ErrNoMember)
	}
	t.login = func(ctx context.Context, login string) (backoffice.Member, error) {
		for _, m := range people {
			if login != "" && (strings.EqualFold(m.Name, login) || m.Email == login) {
				return t.id(ctx, m.ID)
			}
		}
		return t.id(ctx, "")
	}
	t.check = func(ctx context.Context, id, given string) (bool, error) {
		t.hash(50 * time.Millisecond)
		m, err := t.id(ctx, id)
		if errors.Is(err, backoffice.ErrNoMember) {
			return false, nil
		}
		return err == nil && given == password(m.ID), err
	}
	return t
}

// hash takes time, on the clock of the test.
func (d *table) hash(took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(took)
}

func (d *table) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *table) FindMember(ctx context.Context, id string) (backoffice.Member, error) {
	return d.id(ctx, id)
}
func (d *table) FindMemberByLogin(ctx context.Context, login string) (backoffice.Member, error) {
	return d.login(ctx, login)
}
func (d *table) CheckMemberPassword(ctx context.Context, id, password string) (bool, error) {
	return d.check(ctx, id, password)
}

type search func(ctx context.Context, query, after string, limit int) ([]backoffice.Member, string, error)

// searched is a table that can be searched.
type searched struct {
	*table
	search search
}

func (s searched) SearchMembers(ctx context.Context, query, after string, limit int) ([]backoffice.Member, string, error) {
	return s.search(ctx, query, after, limit)
}

// searching finds by what matches, and goes on after an id.
func searching(matches func(m backoffice.Member, query string) bool) search {
	return func(ctx context.Context, query, after string, limit int) (page []backoffice.Member, next string, err error) {
		last, _ := strconv.Atoi(after)
		for _, m := range people {
			if n, _ := strconv.Atoi(m.ID); n <= last || !matches(m, query) {
				continue
			}
			if len(page) == limit {
				return page, page[limit-1].ID, ctx.Err()
			}
			page = append(page, m)
		}
		return page, "", ctx.Err()
	}
}

func named(m backoffice.Member, query string) bool {
	return strings.Contains(strings.ToLower(m.Name+" "+m.Email), strings.ToLower(query))
}

var fixture = memberstest.Fixture{
	Barred:   []memberstest.Member{{Member: backoffice.Member{ID: banned}, Logins: []string{"banned@example.org"}}},
	Searches: map[string][]string{"grace": {"13", "14"}, "hopper": {"13"}, "nobody": nil},
}

func init() {
	for _, m := range people {
		fixture.Members = append(fixture.Members, memberstest.Member{Member: m, Logins: []string{m.Email}, Password: password(m.ID)})
	}
	fixture.Members[0].Logins = append(fixture.Members[0].Logins, "ADA")
}

func TestGoodDirectories(t *testing.T) {
	memberstest.Run(t, searched{good(), searching(named)}, fixture)
	t.Run("of our own tests", func(t *testing.T) {
		memberstest.Run(t, ours{testoffice.NewDirectory("Mia", "Ben")}, memberstest.Fixture{Members: []memberstest.Member{
			{Member: backoffice.Member{ID: "m-mia", Name: "Mia", Email: "mia@members.example"}, Logins: []string{"mia"}, Password: testoffice.Good},
			{Member: backoffice.Member{ID: "m-ben", Name: "Ben", Email: "ben@members.example"}, Logins: []string{"ben@members.example"}, Password: testoffice.Good},
		}})
	})
}

// ours is the directory of our own tests in the types of a host.
type ours struct{ *testoffice.Directory }

func outward(m desk.Member, err error) (backoffice.Member, error) {
	if errors.Is(err, desk.ErrNoMember) {
		err = backoffice.ErrNoMember
	}
	return backoffice.Member(m), err
}

func (d ours) FindMember(ctx context.Context, id string) (backoffice.Member, error) {
	return outward(d.Directory.FindMember(ctx, id))
}

func (d ours) FindMemberByLogin(ctx context.Context, login string) (backoffice.Member, error) {
	return outward(d.Directory.FindMemberByLogin(ctx, login))
}

func (d ours) SearchMembers(ctx context.Context, query, after string, limit int) (found []backoffice.Member, next string, err error) {
	all, next, err := d.Directory.SearchMembers(ctx, query, after, limit)
	for _, m := range all {
		found = append(found, backoffice.Member(m))
	}
	return found, next, err
}

// wrongType cannot be searched, although it looks so.
type wrongType struct{ *table }

func (wrongType) SearchMembers(context.Context, string, int) ([]backoffice.Member, error) {
	return nil, nil
}

// plant plants a fault, in what is asked or in what is answered.
type plant func(d *table, s *search)

// finder is how a directory finds a member.
type finder func(ctx context.Context, asked string) (backoffice.Member, error)

func byID(d *table) *finder    { return &d.id }
func byLogin(d *table) *finder { return &d.login }

func asksID(change func(id string) string) plant {
	return func(d *table, _ *search) {
		find := d.id
		d.id = func(ctx context.Context, id string) (backoffice.Member, error) { return find(ctx, change(id)) }
	}
}

func answers(which func(*table) *finder, change func(asked string, m backoffice.Member, err error) (backoffice.Member, error)) plant {
	return func(d *table, _ *search) {
		find := *which(d)
		*which(d) = func(ctx context.Context, asked string) (backoffice.Member, error) {
			m, err := find(ctx, asked)
			return change(asked, m, err)
		}
	}
}

func answersCheck(change func(id string, ok bool, err error) (bool, error)) plant {
	return func(d *table, _ *search) {
		check := d.check
		d.check = func(ctx context.Context, id, given string) (bool, error) {
			ok, err := check(ctx, id, given)
			return change(id, ok, err)
		}
	}
}

func answersSearch(change func(limit int, found []backoffice.Member, next *string)) plant {
	return func(_ *table, s *search) {
		find := *s
		*s = func(ctx context.Context, query, after string, limit int) ([]backoffice.Member, string, error) {
			found, next, err := find(ctx, query, after, limit)
			change(limit, found, &next)
			return found, next, err
		}
	}
}

func TestPlantedFaultsAreFound(t *testing.T) {
	const (
		foundByID, otherIDs, foundByLogin, otherLogins = "members are found by id", "any other id is ErrNoMember", "members are found by login", "any other login is ErrNoMember"
		usable, passwords, noPassword                  = "members are as the office needs them", "the right password, and no other", "an unknown member has no password"
		alike, noAnswer, atOnce, hasType               = "checking the password of an unknown member takes as long", "an error is not an answer", "many ask at once", "the search has its type"
		finds, pages, queries, barred                  = "the search finds members", "the search goes from page to page", "a query is only text", "members who may not sign in are ErrNoMember"
	)
	notNumber := errors.New(`invalid input syntax for type integer: "abc"`)
	noMember := func(err error) bool { return errors.Is(err, backoffice.ErrNoMember) }
	for name, c := range map[string]struct {
		plant plant
		duty  string
	}{
		"an id of another type is an error": {answers(byID, func(id string, m backoffice.Member, err error) (backoffice.Member, error) {
			if _, wrong := strconv.Atoi(id); wrong != nil {
				return backoffice.Member{}, notNumber
			}
			return m, err
		}), otherIDs},
		"an id is read as a number": {asksID(func(id string) string {
			if n, err := strconv.Atoi(strings.TrimSpace(id)); err == nil {
				return strconv.Itoa(n)
			}
			return id
		}), otherIDs},
		"no member is no error": {answers(byID, func(_ string, m backoffice.Member, err error) (backoffice.Member, error) {
			if noMember(err) {
				err = nil
			}
			return m, err
		}), otherIDs},
		"another error than ErrNoMember": {answers(byLogin, func(string, backoffice.Member, error) (backoffice.Member, error) {
			return backoffice.Member{}, errors.New("sql: no rows")
		}), otherLogins},
		"every error is ErrNoMember": {answers(byID, func(_ string, m backoffice.Member, err error) (backoffice.Member, error) {
			if err != nil {
				err = backoffice.ErrNoMember
			}
			return m, err
		}), noAnswer},
		"a password that could not be checked is wrong": {answersCheck(func(_ string, ok bool, _ error) (bool, error) { return ok, nil }), noAnswer},
		"the email address is missing": {answers(byID, func(_ string, m backoffice.Member, err error) (backoffice.Member, error) {
			m.Email = ""
			return m, err
		}), usable},
		"the id is another": {answers(byID, func(_ string, m backoffice.Member, err error) (backoffice.Member, error) {
			m.ID = "member " + m.ID
			return m, err
		}), foundByID},
		"logins are told apart by case": {answers(byLogin, func(login string, m backoffice.Member, err error) (backoffice.Member, error) {
			if login == "ADA" {
				return backoffice.Member{}, backoffice.ErrNoMember
			}
			return m, err
		}), foundByLogin},
		"logins are patterns": {answers(byLogin, func(login string, m backoffice.Member, err error) (backoffice.Member, error) {
			for _, m := range people {
				if before, ok := strings.CutSuffix(login, "%"); ok && strings.HasPrefix(m.Email, before) {
					return m, nil
				}
			}
			return m, err
		}), otherLogins},
		"a login of nothing": {answers(byLogin, func(login string, m backoffice.Member, err error) (backoffice.Member, error) {
			if login == "" {
				return people[2], nil // who has no name
			}
			return m, err
		}), otherLogins},
		"banned members may sign in": {answers(byID, func(id string, m backoffice.Member, err error) (backoffice.Member, error) {
			if id == banned {
				return backoffice.Member{ID: banned}, nil
			}
			return m, err
		}), barred},
		"passwords are cut": {func(d *table, _ *search) {
			check := d.check
			d.check = func(ctx context.Context, id, given string) (bool, error) {
				return check(ctx, id, given[:min(len(given), len(password(id)))])
			}
		}, passwords},
		"passwords in any case": {func(d *table, _ *search) {
			d.check = func(_ context.Context, id, given string) (bool, error) {
				return strings.EqualFold(given, password(id)), nil
			}
		}, passwords},
		"an unknown id is an error": {func(d *table, _ *search) {
			d.check = func(ctx context.Context, id, given string) (bool, error) {
				d.hash(50 * time.Millisecond)
				_, err := d.id(ctx, id)
				return err == nil && given == password(id), err
			}
		}, noPassword},
		"the password of anyone for no one": {answersCheck(func(id string, ok bool, err error) (bool, error) { return ok || id == "", err }), noPassword},
		"nothing is hashed for no one": {func(d *table, _ *search) {
			check := d.check
			d.check = func(ctx context.Context, id, given string) (bool, error) {
				if _, err := d.id(ctx, id); noMember(err) {
					d.hash(2 * time.Millisecond)
					return false, nil
				}
				return check(ctx, id, given)
			}
		}, alike},
		"it panics": {answers(byID, func(id string, _ backoffice.Member, _ error) (backoffice.Member, error) {
			return people[len(id)-1], nil
		}), otherIDs},
		"a search that ignores the query": {func(_ *table, s *search) { *s = searching(func(backoffice.Member, string) bool { return true }) }, queries},
		"a search in which % matches all": {func(_ *table, s *search) {
			*s = searching(func(m backoffice.Member, query string) bool { return named(m, strings.Trim(query, "%")) })
		}, queries},
		"a search by email only": {func(_ *table, s *search) {
			*s = searching(func(m backoffice.Member, query string) bool { return strings.Contains(m.Email, query) })
		}, finds},
		"a search with copies of its own": {answersSearch(func(_ int, found []backoffice.Member, _ *string) {
			for i := range found {
				found[i].Email = ""
			}
		}), finds},
		"a search that loses one between pages": {answersSearch(func(_ int, _ []backoffice.Member, next *string) {
			if *next == "1" {
				*next = "2"
			}
		}), pages},
		"a search that repeats one": {answersSearch(func(_ int, _ []backoffice.Member, next *string) {
			if *next == "2" {
				*next = "1"
			}
		}), pages},
		"a search without end": {answersSearch(func(_ int, _ []backoffice.Member, next *string) { *next = cmp.Or(*next, "1000") }), pages},
		"a search with one too many": {func(_ *table, s *search) {
			find := *s
			*s = func(ctx context.Context, query, after string, limit int) ([]backoffice.Member, string, error) {
				return find(ctx, query, after, limit+1)
			}
		}, pages},
		"a search in another order every time": {answersSearch(func(limit int, found []backoffice.Member, _ *string) {
			if limit == 3 {
				slices.Reverse(found)
			}
		}), pages},
		"a search that fails as if nobody matched": {func(_ *table, s *search) {
			find := *s
			*s = func(ctx context.Context, query, after string, limit int) ([]backoffice.Member, string, error) {
				found, next, err := find(ctx, query, after, limit)
				if err != nil {
					found, next = nil, ""
				}
				return found, next, nil
			}
		}, noAnswer},
		"answers that get mixed up": {func(d *table, s *search) {
			asked := map[string]int{}
			asksID(func(id string) string {
				d.mu.Lock()
				defer d.mu.Unlock()
				if asked[id]++; asked[id] > 20 && id == "13" {
					return "14"
				}
				return id
			})(d, s)
		}, atOnce},
	} {
		t.Run(name, func(t *testing.T) {
			d := good()
			s := searched{d, searching(named)}
			c.plant(d, &s.search)
			require.Contains(t, memberstest.Faults(t.Context(), s, fixture, d.clock), c.duty)
		})
	}
	d := good()
	faults := memberstest.Faults(t.Context(), wrongType{d}, fixture, d.clock)
	require.Contains(t, faults[hasType][0], "not a backoffice.MemberSearcher")
	require.Len(t, faults, 1)
	require.Empty(t, memberstest.Faults(t.Context(), d, memberstest.Fixture{Members: fixture.Members}, d.clock), "it need not be searched")
}
