package memberstest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// gone is a context that has ended.
func gone(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}

func (c *checker) wantRefused(id, password, why string) {
	ok, err := c.directory.CheckMemberPassword(c.ctx, id, password)
	switch {
	case err != nil:
		c.faultf("CheckMemberPassword(%q) with %s: it must be false without an error, or the office takes the directory for broken; it is: %v", id, why, err)
	case ok:
		c.faultf("CheckMemberPassword(%q) with %s: it must be false", id, why)
	}
}

func (c *checker) passwords() {
	for i, m := range c.Members {
		if m.Password == "" {
			continue
		}
		ok, err := c.directory.CheckMemberPassword(c.ctx, m.ID, m.Password)
		if !ok || err != nil {
			c.faultf("CheckMemberPassword(%q) with the password of Fixture.Members: %v, %v", m.ID, ok, err)
		}
		c.wantRefused(m.ID, "", "no password")
		c.wantRefused(m.ID, m.Password+"x", "a longer password")
		c.wantRefused(m.ID, m.Password[:len(m.Password)-1], "a shorter password")
		c.wantRefused(m.ID, "\x00\xff' OR '1'='1", "bytes that are no text")
		c.wantRefused(m.ID, strings.Repeat("x", 1024), "a password of 1,024 bytes")
		if upper := strings.ToUpper(m.Password); upper != m.Password {
			c.wantRefused(m.ID, upper, "the password in capitals")
		}
		if other := c.Members[(i+1)%len(c.Members)].Password; other != m.Password {
			c.wantRefused(m.ID, other, "the password of another member")
		}
	}
}

func (c *checker) unknownPasswords() {
	password := "spindle-93-orchid"
	if i := slices.IndexFunc(c.Members, func(m Member) bool { return m.Password != "" }); i >= 0 {
		password = c.Members[i].Password
	}
	for _, id := range c.strangeIDs() {
		c.wantRefused(id, password, "an id that no member has")
	}
	for _, id := range []string{"", "nobody"} {
		c.wantRefused(id, "", "an unknown id and no password")
	}
}

const (
	// tries is how often a cost is measured; the least counts, which other work on the
	// machine can only raise.
	tries = 5
	// Below noCost a password was not hashed, or only for a test: then there is nothing to
	// compare. Otherwise an unknown member must cost at least a part of what a known one does.
	noCost = time.Millisecond
	part   = 4
)

// alike compares what a wrong password costs for a member and for no one. A directory that
// hashes for members alone tells a stranger with a clock who is one.
func (c *checker) alike() {
	i := slices.IndexFunc(c.Members, func(m Member) bool { return m.Password != "" })
	if i < 0 {
		return
	}
	const wrong = "not-the-password-of-anyone"
	least := func(best time.Duration, id string) time.Duration {
		began := c.now()
		_, _ = c.directory.CheckMemberPassword(c.ctx, id, wrong)
		return min(best, c.now().Sub(began))
	}
	for _, id := range []string{"", "nobody-of-this-id", strings.Repeat("9", 9)} {
		if c.known(id) {
			continue
		}
		known, unknown := time.Hour, time.Hour
		for range tries {
			known, unknown = least(known, c.Members[i].ID), least(unknown, id)
		}
		if known >= noCost && unknown < known/part {
			c.faultf("CheckMemberPassword(%q) takes %v for a wrong password, but %v for a member: check a hash of nobody's as well", id, unknown, known)
		}
	}
}

// atOnce is for the race detector, and for answers that get mixed up.
func (c *checker) atOnce() {
	var mu sync.Mutex
	wrong := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		c.faultf(format, args...)
	}
	var all sync.WaitGroup
	for range 8 {
		for _, m := range c.Members {
			all.Go(func() {
				defer func() {
					if p := recover(); p != nil {
						wrong("panic: %v", p)
					}
				}()
				if got, err := c.directory.FindMember(c.ctx, m.ID); err != nil || got != m.Member {
					wrong("FindMember(%q) among others: %+v, %v", m.ID, got, err)
				}
				for _, login := range m.Logins {
					if got, err := c.directory.FindMemberByLogin(c.ctx, login); err != nil || got != m.Member {
						wrong("FindMemberByLogin(%q) among others: %+v, %v", login, got, err)
					}
				}
				if s, ok := c.directory.(backoffice.MemberSearcher); ok {
					if _, _, err := s.SearchMembers(c.ctx, m.Name, "", 10); err != nil {
						wrong("SearchMembers(%q) among others: %v", m.Name, err)
					}
				}
			})
		}
	}
	all.Wait()
	for _, m := range c.Members { // costly: each of two at once
		if m.Password == "" {
			continue
		}
		answers := make([]string, 2)
		for i, password := range []string{m.Password, m.Password + "x"} {
			all.Go(func() {
				ok, err := c.directory.CheckMemberPassword(c.ctx, m.ID, password)
				answers[i] = fmt.Sprintln(ok, err)
			})
		}
		all.Wait()
		if !slices.Equal(answers, []string{"true <nil>\n", "false <nil>\n"}) {
			c.faultf("CheckMemberPassword(%q), the right and a wrong password at once: %q", m.ID, answers)
		}
	}
}
