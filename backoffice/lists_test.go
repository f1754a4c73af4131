package backoffice_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func TestManyOperators(t *testing.T) {
	o, sue := seated(t)
	for n := range 120 {
		state := store.OperatorActive
		if n%3 == 0 {
			state = store.OperatorDisabled
		}
		o.Add(store.Operator{State: state, Password: "x"}, fmt.Sprintf("op%03d", n), backoffice.Moderator)
		if n%10 == 0 {
			o.Clock.Add(time.Second) // many are made at the same time
		}
	}
	sue.Get("/account")
	for query, want := range map[string]int{
		"": 121, "?sort=created": 121, "?sort=last-active": 121, "?state=disabled": 40, "?role=moderator&sort=created": 120,
		"?q=op0&state=active&sort=last-active": 66, "?two_factor=no&origin=invited": 121, "?q=op11": 10, "?q=nobody": 0, "?origin=member": 0, "?two_factor=yes": 0,
	} {
		pages, all := sue.WalkPages("/operators"+query, "/operators/")
		require.Len(t, all, want, query)
		for i, p := range pages {
			require.Equal(t, i > 0, p.Link("First page") != "", "%s, page %d", query, i)
			for _, link := range []string{p.Link("First page"), p.Link("Next page")} {
				for _, part := range strings.Split(strings.TrimPrefix(query, "?"), "&") {
					require.True(t, link == "" || strings.Contains(link, part), "%s loses %s", link, part)
				}
			}
		}
		if len(pages) > 1 {
			require.Equal(t, pages[0].Rows(""), sue.Get(pages[len(pages)-1].Link("First page")).Rows(""))
		}
		if !strings.Contains(query, "sort") {
			require.True(t, slices.IsSorted(slices.DeleteFunc(all, func(id string) bool { return id == sue.ID })))
		}
	}
	for _, query := range []string{"?sort=x", "?state=x", "?two_factor=perhaps", "?role=%00", "?q=%FF", "?id=%00&after=%FF", "?id=x&at=99999999999999999999", "?id=x&at=-9223372036854775808", "?q=" + strings.Repeat("x", 2000), "?origin=x", "?q=a&q=b"} {
		require.Equal(t, http.StatusOK, sue.Get("/operators"+query).Status, query)
	}
	require.Contains(t, sue.Get("/operators?q=nobody").Text(), "No matching operators")
}

// mailed stores mails as if they had been sent.
func (o *office) mailed(n int, change func(n int, m *store.Mail)) {
	o.T.Helper()
	for i := range n {
		m := store.Mail{ID: fmt.Sprintf("mail-%03d", i), Kind: "new-device", To: "ben@example.org", SearchKey: "ben ben@example.org", Subject: "Subject", State: store.MailSent, Reply: "250 Ok",
			Attempts: 1, CreatedAt: o.Clock.Now().Add(time.Duration(i/7) * time.Second), SentAt: o.Clock.Now(), Body: []byte("ciphertext")}
		change(i, &m)
		o.Write(store.EnqueueMail{Mail: m})
	}
}

func TestManyMails(t *testing.T) {
	o, sue := seated(t)
	ben := o.Person("Ben", backoffice.Moderator)
	o.mailed(120, func(n int, m *store.Mail) {
		if n%2 == 0 {
			m.State, m.OperatorID = store.MailFailed, ben.ID
		}
		if n%4 == 0 {
			m.Kind = "password-reset"
		}
	})
	for query, want := range map[string]int{"": 121, "?state=failed": 60, "?kind=password-reset": 30, "?operator=" + ben.ID: 60, "?state=sent&kind=new-device": 60 + 0, "?state=cancelled": 0, "?q=ben": 120, "?state=failed&q=org+ben%40": 60} {
		pages, all := sue.WalkPages("/mail"+query, "/mail/")
		if query == "" || strings.HasPrefix(query, "?state=sent") {
			want = len(all) // the mails of signing in are among them
			require.GreaterOrEqual(t, want, 60)
		}
		require.Len(t, all, want, query)
		for _, p := range pages {
			for _, link := range []string{p.Link("First page"), p.Link("Next page")} {
				require.True(t, link == "" || strings.Contains(link, strings.Split(strings.TrimPrefix(query, "?"), "&")[0]), link)
			}
		}
	}
	require.Contains(t, sue.Get("/mail?operator="+ben.ID).Text(), "Emails to Ben")
	for _, query := range []string{"?state=x", "?kind=%00", "?operator=%FF", "?q=%00", "?q=%FF", "?q=" + strings.Repeat("x", 2000), "?id=x&after=y", "?id=x&after=99999999999999999", "?after=1"} {
		require.Equal(t, http.StatusOK, sue.Get("/mail"+query).Status, query)
	}
}

func TestASearchFoldsCaseAccentsAndApostrophes(t *testing.T) {
	_, sue := seated(t)
	sue.Does(sue.Get("/operators/new"), "/operators/new", "Send", "name=José O’Brien-Müller", "email=jom@example.org", "+role="+backoffice.Moderator)
	for query, want := range map[string]int{
		"jose": 1, "JOSÉ": 1, "obrien": 1, "o'brien": 1, "muller jos": 1, "JOM@Example.org": 1, "example.org": 1, "jose%": 0, "j_m": 0, "josef": 0,
	} {
		found := sue.Get("/operators?state=invited&sort=created&q=" + url.QueryEscape(query))
		require.Len(t, found.Rows("/operators/"), want, query)
		require.Len(t, sue.Get("/mail?kind=invitation&q="+url.QueryEscape(query)).Rows("/mail/"), want, query)
	}
	require.Contains(t, sue.Get("/mail?q=nobody").Text(), "No matching emails")
}

func TestSendingMailsAgain(t *testing.T) {
	o, sue := seated(t)
	ivan := sue.Does(sue.Get("/operators/new"), "/operators/new", "Send", "email=ivan@example.org", "+role="+backoffice.Moderator).Path[len("/operators/"):]
	o.Person("Ben", backoffice.Moderator)
	o.Letters()
	o.mailed(5, func(n int, m *store.Mail) {
		m.State, m.Reply = store.MailFailed, `550 <script>alert(1)</script> "no"`
		switch n {
		case 1:
			m.State = store.MailSent
		case 2:
			m.State, m.NextAttemptAt = store.MailQueued, o.Clock.Now().Add(time.Hour)
		case 3:
			m.Kind, m.OperatorID, m.State = "invitation", ivan, store.MailSent
		case 4:
			m.Kind, m.OperatorID, m.State = "invitation", "id-of-ben", store.MailSent
		}
	})
	failed := sue.Get("/mail/mail-000")
	require.Contains(t, failed.Text(), `550 <script>alert(1)</script> "no"`)
	require.NotContains(t, failed.Body, "<script>alert")
	require.NotContains(t, failed.Body, "ciphertext")
	require.Contains(t, sue.Does(failed, "/mail/mail-000", "Resend email").Text(), "The email is on its way again")
	m, err := o.Mem.FindMail(ctx, "mail-000")
	require.NoError(t, err)
	require.Equal(t, store.MailQueued, m.State)
	require.Equal(t, http.StatusForbidden, sue.Post("/mail/mail-000", url.Values{
		"csrf": {sue.Get("/mail").Form("/logout").Get("csrf")}, "action": {"resend"},
	}).Status, "it is on its way already")
	require.Equal(t, http.StatusBadRequest, sue.Post("/mail/mail-000", failed.Form("/logout")).Status)
	for id, why := range map[string]string{"mail-001": "Its text is not kept", "mail-002": "is retried automatically", "mail-004": "send a reset email from their page"} {
		require.Contains(t, sue.Get("/mail/"+id).Text(), why)
		require.NotContains(t, sue.Get("/mail/"+id).Body, "Resend email")
		form := failed.Filled("/mail/mail-000", "Resend email")
		status := map[string]int{"mail-004": http.StatusUnprocessableEntity}[id]
		require.Equal(t, cmp.Or(status, http.StatusForbidden), sue.Post("/mail/"+id, form).Status, id)
	}
	t.Run("one with a link is a new mail with a new link", func(t *testing.T) {
		shown := sue.Get("/mail/mail-003")
		require.Contains(t, shown.Text(), "a new email with a new link is sent")
		before := o.LinkIn("welcome")
		sue.Does(shown, "/mail/mail-003", "Resend email")
		after := o.LinkIn("welcome")
		require.NotEqual(t, before, after)
		require.Equal(t, http.StatusGone, o.Browser().Use("/welcome", before, better).Status)
		for _, p := range []string{"/mail", "/mail/mail-003", "/operators/" + ivan} {
			require.NotContains(t, sue.Get(p).Body, after)
		}
	})
}

func TestATestMailShowsWhatBecameOfIt(t *testing.T) {
	o, sue := seated(t)
	shown := sue.Get("/mail/test")
	require.Contains(t, shown.Text(), "sue@example.org")
	sue.More = url.Values{"to": {"eve@example.org"}}
	list := sue.Does(shown, "/mail/test", "Send test email")
	require.Equal(t, "/mail", list.Path)
	require.Contains(t, list.Text(), "A test email to you is on its way")
	require.Contains(t, list.Text(), "Queued")
	o.Letters()
	row := sue.Get("/mail?state=sent")
	require.Contains(t, row.Text(), "sue@example.org Sent")
	require.NotContains(t, row.Text(), "eve@example.org", "only to oneself")
	for range 9 {
		sue.Press(sue.Get("/mail/test"), "/mail/test", "Send test email")
	}
	require.Equal(t, http.StatusTooManyRequests, sue.Press(sue.Get("/mail/test"), "/mail/test", "Send test email").Status)
}

func TestTheHomePageSaysWhatNeedsAttention(t *testing.T) {
	o, sue := seated(t)
	require.NotContains(t, sue.Get("/").Text(), "could not be delivered")
	o.Add(store.Operator{State: store.OperatorInvited, InviteExpiresAt: o.Clock.Now().Add(time.Hour)}, "Ivan", backoffice.Moderator)
	o.Add(store.Operator{State: store.OperatorInvited, InviteExpiresAt: o.Clock.Now().Add(-time.Hour)}, "Ex", backoffice.Moderator)
	for n := range 25 {
		o.Person(fmt.Sprintf("op%02d", n), backoffice.Moderator)
	}
	o.Write(store.MarkLocked{OperatorID: "id-of-op03", Until: o.Clock.Now().Add(time.Hour)})
	o.mailed(3, func(_ int, m *store.Mail) { m.State = store.MailFailed })
	home := sue.Get("/")
	for _, words := range []string{"3 emails could not be delivered", "1 account is locked", "More than 20 operators have no two-factor", "1 invitation has expired", "1 invitation is open",
		"1 parameter departs from NIST SP 800-63B-4", "Two-factor authentication: Who must have it", "Only your password protects this account"} {
		require.Contains(t, home.Text(), words)
	}
	for link, rows := range map[string]int{"See failed emails": 3} {
		require.Len(t, sue.Get(home.Link(link)).Rows("/mail/"), rows)
	}
	require.Equal(t, []string{"id-of-op03"}, sue.Get("/operators?state=locked").Rows("/operators/"))
	require.Contains(t, home.Text(), "Signed in", "recent activity")

	mo := o.Entered("Mo", backoffice.Moderator)
	for _, words := range []string{"could not be delivered", "is locked", "invitation", "depart from", "Signed in"} {
		require.NotContains(t, mo.Get("/").Text(), words, "only for who may see it")
	}
	require.NotContains(t, o.Entered("Alf", backoffice.Administrator).Get("/").Text(), "depart from the standard")
}
