package browser_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/reach"
)

// ends types the last day of an account, some days from now.
func (p *person) ends(days int) (day time.Time) {
	day = p.s.now().UTC().AddDate(0, 0, days)
	p.Evaluate(`document.querySelector("#field-ends").value = `+strconv.Quote(day.Format(time.DateOnly)), nil)
	return day
}

// TestAccountsEnd has a contractor invited until a day, who is warned, shut out at the end of
// it, disabled by the periodic work, and given another day; and then does not come back.
func TestAccountsEnd(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	work := func() { reach.Of(s.office).Desk.Once(t.Context()) }
	at := func(day time.Time, before time.Duration) {
		s.later(day.Truncate(24 * time.Hour).Add(24*time.Hour - before).Sub(s.now()))
	}

	p.Open(s.at("/operators/new"))
	p.Fill("#field-email", "cleo@riverside.example")
	p.Fill("#field-name", "Cleo Marsh")
	p.tick(`input[name=role][value=moderator]`)
	last := p.ends(20)
	require.Equal(t, 200, p.press("Send invitation"))
	require.Contains(t, p.reads("main"), "Ends in 20 days")
	m := s.letter("cleo@riverside.example", "You are invited")
	require.Contains(t, m.Text, "Last day of access")
	cleo := s.person(t, "Cleo Marsh", "cleo@riverside.example")
	cleo.welcome(mailed.FindString(m.Text))
	cleo.arrive()

	at(last, 13*24*time.Hour)
	work()
	s.letter(cleo.email, "access ends soon")
	p.signIn()
	require.Contains(t, p.reads("section[aria-labelledby=attention]"), "1 account ends within 14 days")
	p.press("See accounts that end")
	require.Contains(t, p.reads("tbody"), "Ends in 12 days")
	cleo.signIn()
	at(last, time.Minute)
	cleo.signIn()

	at(last, 0)
	cleo.Open(s.at("/moderation"))
	require.Contains(t, cleo.Location(), "/login", "the next request is refused, before any periodic work")
	cleo.typeSignIn()
	require.Contains(t, cleo.problem(), "Wrong name or password")
	work()
	s.letter(cleo.email, "access has ended")
	s.letter(p.email, "has ended: Cleo Marsh")

	p.signIn()
	p.follow("Operators")
	p.press("Cleo Marsh")
	require.Contains(t, p.reads(".title-line"), "Disabled")
	p.press("Enable")
	require.Contains(t, p.reads("main"), "The last day of access was")
	p.ends(-1)
	p.press("Enable")
	require.Contains(t, p.problem(), "cannot be in the past")
	p.ends(300)
	require.Equal(t, 200, p.press("Enable"))
	require.Contains(t, p.said(), "Account enabled")
	cleo.signIn()
	cleo.signOut()
	require.Equal(t, 200, p.press("Change the last day"))
	p.Evaluate(`document.querySelector("#field-ends").value = ""`, nil)
	require.Equal(t, 200, p.press("Review"))
	p.heading("Cleo Marsh: last day of access")
	require.Contains(t, p.reads("main"), "Access no longer ends")
	require.Equal(t, 200, p.press("Change the last day"))
	require.Contains(t, p.said(), "Last day changed")

	p.saves(map[string]string{"accounts.unused": "30 d"})
	unused := s.now()
	for _, day := range []int{17, 24} { // the periodic work of a month
		s.later(unused.AddDate(0, 0, day).Sub(s.now()))
		work()
	}
	s.letter(cleo.email, "will be disabled soon")
	s.later(unused.AddDate(0, 0, 31).Sub(s.now()))
	work()
	s.letter(cleo.email, "account is disabled")
	p.signIn()
	p.follow("Operators")
	p.press("Cleo Marsh")
	require.Contains(t, p.reads(".title-line"), "Disabled")
	require.Contains(t, p.reads("main"), "was disabled, unused since")
}
