package memberstest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
)

func (c *checker) byID() {
	for _, m := range c.Members {
		got, err := c.directory.FindMember(c.ctx, m.ID)
		c.wantMember(fmt.Sprintf("FindMember(%q)", m.ID), m.Member, got, err)
	}
}

func (c *checker) otherIDs() {
	for _, id := range c.strangeIDs() {
		got, err := c.directory.FindMember(c.ctx, id)
		c.wantNobody(fmt.Sprintf("FindMember(%q)", id), got, err)
	}
}

// odd is what is neither an id nor a login nor a query of anyone.
var odd = []string{
	"", " ", "-1", "abc", "1e3", "0x11", "１７", "1.0", "+17", "null", "true", "NaN", "*", "%", "_", "?", "$1", "{}", "..",
	"99999999999999999999", "-99999999999999999999", "00000000-0000-0000-0000-000000000000",
	"' OR '1'='1", `" OR ""="`, "1; --", `\`, "\n", "\u202e", "🌻", "مجتمع", "e\u0301", strings.Repeat("9", 255),
}

// strangeIDs are ids that no member has.
func (c *checker) strangeIDs() []string {
	ids := slices.Clone(odd)
	for _, m := range c.Members {
		ids = append(ids, " "+m.ID, m.ID+" ", "0"+m.ID, "+"+m.ID, m.ID+".0", m.ID+"\n", m.ID+"'", m.ID+"%", strings.ToUpper(m.ID), strings.ToLower(m.ID), wide(m.ID))
	}
	return slices.DeleteFunc(ids, func(id string) bool { return len(id) > 255 || c.known(id) })
}

func (c *checker) known(id string) bool {
	return slices.ContainsFunc(c.Members, func(m Member) bool { return m.ID == id })
}

// wide writes digits as other scripts do.
func wide(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, id)
}

func (c *checker) byLogin() {
	for _, m := range c.Members {
		for _, login := range m.Logins {
			got, err := c.directory.FindMemberByLogin(c.ctx, login)
			c.wantMember(fmt.Sprintf("FindMemberByLogin(%q)", login), m.Member, got, err)
		}
	}
}

func (c *checker) otherLogins() {
	logins := append(slices.Clone(odd), "nobody-of-this-name", "nobody@nowhere.invalid", strings.Repeat("x", 1024))
	for _, m := range c.Members {
		for _, login := range m.Logins {
			first, _ := utf8.DecodeRuneInString(login)
			logins = append(logins, login+"x", login+"%", string(first)+"%", login+"' --")
		}
	}
	for _, login := range logins {
		if slices.ContainsFunc(c.Members, func(m Member) bool { return slices.Contains(m.Logins, login) }) {
			continue
		}
		got, err := c.directory.FindMemberByLogin(c.ctx, login)
		if err == nil && strings.TrimSpace(login) != "" && !c.known(got.ID) && (got.Name == login || got.Email == login) {
			continue // Someone outside of the fixture is called so.
		}
		c.wantNobody(fmt.Sprintf("FindMemberByLogin(%q)", login), got, err)
	}
}

func (c *checker) barred() {
	for _, m := range c.Barred {
		got, err := c.directory.FindMember(c.ctx, m.ID)
		c.wantNobody(fmt.Sprintf("FindMember(%q), who is in Fixture.Barred", m.ID), got, err)
		for _, login := range m.Logins {
			got, err := c.directory.FindMemberByLogin(c.ctx, login)
			c.wantNobody(fmt.Sprintf("FindMemberByLogin(%q), who is in Fixture.Barred", login), got, err)
		}
	}
}

func (c *checker) usable() {
	for _, m := range c.Members {
		got, err := c.directory.FindMember(c.ctx, m.ID)
		if err != nil {
			continue // members are found by id
		}
		if got.ID == "" || len(got.ID) > 255 || !utf8.ValidString(got.ID) || strings.ContainsFunc(got.ID, unicode.IsControl) {
			c.faultf("the ID %q must be plain text of 1 to 255 bytes, or the member cannot be given access", got.ID)
		}
		if clean, err := mail.ParseEmailAddress(got.Email); err != nil {
			c.faultf("the Email %q of %q must be a mailbox, or the member cannot be given access: %v", got.Email, got.ID, err)
		} else if clean != got.Email && !strings.EqualFold(clean, got.Email) {
			c.faultf("the Email %q of %q must be the address alone: %q", got.Email, got.ID, clean)
		}
	}
}

// cancelled asks when the caller has gone: answers that were not looked up must be errors. If
// they were ErrNoMember, a slow database would take operators for people who have left.
func (c *checker) cancelled() {
	ctx := gone(c.ctx)
	for _, m := range c.Members {
		got, err := c.directory.FindMember(ctx, m.ID)
		c.wantNoGuess(fmt.Sprintf("FindMember(%q)", m.ID), m.Member, got, err)
		for _, login := range m.Logins {
			got, err := c.directory.FindMemberByLogin(ctx, login)
			c.wantNoGuess(fmt.Sprintf("FindMemberByLogin(%q)", login), m.Member, got, err)
		}
		if m.Password == "" {
			continue
		}
		if ok, err := c.directory.CheckMemberPassword(ctx, m.ID, m.Password); !ok && err == nil {
			c.faultf("CheckMemberPassword(%q) with a context that has ended: it must be an error, because false without one counts as a wrong password", m.ID)
		}
	}
	if s, ok := c.directory.(backoffice.MemberSearcher); ok {
		found, _, err := s.SearchMembers(ctx, c.Members[0].Name, "", 10)
		if err == nil && len(found) == 0 {
			c.faultf("SearchMembers with a context that has ended: it must be an error, because no members without one means that nobody matches")
		}
	}
}

func (c *checker) wantNoGuess(asked string, want, got backoffice.Member, err error) {
	switch {
	case errors.Is(err, backoffice.ErrNoMember):
		c.faultf("%s with a context that has ended: ErrNoMember says that the member has left the community; return the error of the context", asked)
	case err == nil && got != want:
		c.faultf("%s with a context that has ended: %+v", asked, got)
	}
}
