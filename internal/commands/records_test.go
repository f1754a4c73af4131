package commands_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/commands"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

func TestATestMailSaysWhatTheServerAnswers(t *testing.T) {
	r := newRig(t)
	require.Equal(t, "The mail server accepted the email to you@example.net.\n", r.ok("mail", "test", "you@example.net"))
	require.Len(t, r.mailed("you@example.net"), 1)
	require.Equal(t, "mail.tested", r.Last().Code)

	r.Sent.Refuse(&mail.DeliveryError{Permanent: true, Reply: "550 no such user"})
	require.Equal(t, "mail test: the email to you@example.net is failed and will not be tried again: 550 no such user\n", r.refused("mail", "test", "you@example.net"))
	r.Sent.Refuse(&mail.DeliveryError{Reply: "451 come back later"})
	require.Equal(t, "mail test: the email is queued, but not delivered to you@example.net: 451 come back later; the next attempt is at 2026-11-21 09:31:00 UTC\n",
		r.refused("mail", "test", "you@example.net"))
}

// busy is a store whose mails another process has always just claimed; it has
// sent them at the nth look.
type busy struct {
	store.Store
	looks, sentAt int
}

func (*busy) ClaimMail(context.Context, store.MailClaim) (store.Mail, error) {
	return store.Mail{}, store.ErrNotFound
}

func (s *busy) FindMail(ctx context.Context, id string) (store.Mail, error) {
	m, err := s.Store.FindMail(ctx, id)
	if s.looks++; s.looks == s.sentAt {
		m.State = store.MailSent
	}
	return m, err
}

func TestAMailThatAnotherProcessSendsIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRigOver(t, &busy{Store: memstore.New(), sentAt: 4})
		require.Equal(t, "The mail server accepted the email to you@example.net.\n", r.ok("mail", "test", "you@example.net"))

		r = newRigOver(t, &busy{Store: memstore.New()})
		began := time.Now()
		require.Regexp(t, `^mail test: the email is queued, but not delivered to you@example\.net yet; see: mail show [a-z2-7]{26}\n$`, r.refused("mail", "test", "you@example.net"))
		require.Equal(t, 30*time.Second, time.Since(began), "but not for ever")
	})
}

func TestMailsAreListedFailedFirstAndNeverWithTheirText(t *testing.T) {
	r := newRig(t)
	require.Equal(t, "No matching emails.\n", r.ok("mail"))
	require.Equal(t, "[]\n", r.ok("mail", "-json"))
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	failed := r.refuse("lost@example.org")
	r.Clock.Add(time.Minute)
	link := r.ok("invite", "ivy@example.org")
	_, token, _ := strings.Cut(strings.TrimSpace(link), "#")

	lines := strings.Split(strings.TrimSpace(r.ok("mail")), "\n")
	require.Len(t, lines, 3)
	require.Regexp(t, `^CREATED +ID +KIND +TO +STATE +ATTEMPTS +ANSWER$`, lines[0])
	require.Regexp(t, `^2026-11-21 09:30:00 +`+failed+` +test-message +lost@example\.org +failed +1 +550 no such user$`, lines[1])
	require.Regexp(t, `^2026-11-21 09:31:00 +[a-z2-7]{26} +invitation +ivy@example\.org +sent +1 +-$`, lines[2])
	require.NotContains(t, r.ok("mail", "-state", "sent"), "lost@example.org")
	require.NotContains(t, r.ok("mail", "-to", "ivy@example.org"), "lost@example.org")
	require.Equal(t, 2, strings.Count(r.ok("mail", "-n", "1"), "\n"))

	var rows []map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.ok("mail", "-json")), &rows))
	require.Len(t, rows, 2)
	require.Equal(t, "550 no such user", rows[0]["reply"])
	for key := range rows[1] {
		require.NotContains(t, []string{"body", "text", "html"}, key)
	}
	id := rows[1]["id"].(string)
	for _, args := range [][]string{{"mail", "show", id}, {"mail", "show", id, "-json"}, {"mail", "-json"}} {
		out := r.ok(args...)
		require.Contains(t, out, "ivy@example.org")
		require.NotContains(t, out, token)
	}
}

func TestAMailIsSentAgain(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	failed := r.refuse("lost@example.org")
	require.Equal(t, "The mail server accepted the email to lost@example.org.\n", r.ok("mail", "retry", failed))
	require.Equal(t, "mail.retried", r.Last().Code)
	require.Contains(t, r.refused("mail", "retry", failed), "this email is sent, and its text is not kept")

	r.Clock.Add(time.Minute)
	first := r.ok("invite", "ivy@example.org")
	mails, err := r.Under.ListMails(t.Context(), store.MailQuery{Kind: "invitation"})
	require.NoError(t, err)
	r.Clock.Add(time.Minute)
	r.Sent.Clear()
	require.Equal(t, "The mail server accepted the email to ivy@example.org.\n", r.ok("mail", "retry", mails.Rows[0].ID))
	link := regexp.MustCompile(`https://\S+/welcome#\S+`).FindString(r.Sent.All()[0].Text)
	require.NotEmpty(t, link)
	require.NotContains(t, first, link, "a new mail has a new link")

	r.Sent.Refuse(errors.New("no route"))
	status, _, _ := r.run("invite", "joe@example.org")
	require.Equal(t, commands.ExitOK, status)
	mails, err = r.Under.ListMails(t.Context(), store.MailQuery{State: store.MailQueued})
	require.NoError(t, err)
	require.Contains(t, r.refused("mail", "retry", mails.Rows[0].ID), "this email is queued")
}

func TestACommandSaysWhichOfItsMailsAreNotDelivered(t *testing.T) {
	r := newRig(t)
	for _, name := range []string{"Ada", "Bea", "Cem", "Dee", "Eve"} {
		r.put(name, store.OperatorActive, backoffice.SuperAdministrator)
	}
	r.refuse("old@example.org")
	r.Clock.Add(time.Minute)
	r.Sent.Refuse(&mail.DeliveryError{Reply: "451 come back later"})
	status, stdout, stderr := r.run("alias", "rotate")
	require.Equal(t, commands.ExitOK, status, "the address is changed all the same")
	require.NotEmpty(t, stdout)
	require.Equal(t, 3, strings.Count(stderr, "is not delivered yet, and will be tried again: 451 come back later\n"))
	require.Contains(t, stderr, "There are more; see: mail -state queued\n")
	require.NotContains(t, stderr, "old@example.org", "mails of before are not this command's")
}

func TestTheAuditIsFiltered(t *testing.T) {
	r := newRig(t)
	ada := r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	r.ok("unlock", "Ada")
	r.Clock.Add(2 * time.Hour)
	r.ok("parameters", "set", "session.idle", "20m")
	r.Clock.Add(time.Minute)
	codes := func(args ...string) (codes []string) {
		t.Helper()
		var rows []map[string]any
		require.NoError(t, json.Unmarshal([]byte(r.ok(append([]string{"audit", "-json"}, args...)...)), &rows))
		for _, row := range rows {
			codes = append(codes, row["event"].(string))
		}
		return codes
	}
	require.Equal(t, []string{"parameters.changed", "operator.unlocked", "alias.generated"}, codes())
	require.Equal(t, []string{"operator.unlocked"}, codes("-event", "operator.unlocked"))
	require.Equal(t, []string{"operator.unlocked"}, codes("-event", "operator"), "an area")
	require.Equal(t, []string{"alias.generated"}, codes("-actor", "system"))
	require.Equal(t, []string{"parameters.changed", "operator.unlocked"}, codes("-actor", "command-line"))
	require.Equal(t, []string{"operator.unlocked"}, codes("-target", "ada@example.org"))
	require.Equal(t, []string{"operator.unlocked"}, codes("-target", ada.ID))
	require.Empty(t, codes("-actor", "somebody@elsewhere.example"), "whoever is gone is looked for as typed")
	require.Equal(t, []string{"parameters.changed"}, codes("-since", "1h"))
	require.Equal(t, []string{"parameters.changed"}, codes("-since", "2026-11-21T10:00"))
	require.Equal(t, []string{"operator.unlocked", "alias.generated"}, codes("-until", "2026-11-21 10:00"))
	require.Len(t, codes("-since", "2026-11-21T10:30:00+01:00"), 3, "with an offset")
	require.Empty(t, codes("-since", "2027-01-01"))
	require.Empty(t, codes("-outcome", "refused"))
	require.Equal(t, "No matching events.\n", r.ok("audit", "-outcome", "refused"))
	require.Contains(t, r.ok("audit", "-json", "-n", "1"), `"session.idle": "30m → 20m"`, "with what was there before and after")
}

func TestEveryEventIsExplained(t *testing.T) {
	r := newRig(t)
	out := r.ok("audit", "events")
	var all map[string]string
	require.NoError(t, json.Unmarshal([]byte(r.ok("audit", "events", "-json")), &all))
	require.Equal(t, desk.Meanings(), all)
	for code, text := range all {
		require.Regexp(t, `(?m)^`+regexp.QuoteMeta(code)+` +`+regexp.QuoteMeta(text)+`$`, out)
	}
}

func TestEntriesOfTheHostAreFoundByTheirNames(t *testing.T) {
	r := newRigOver(t, memstore.New(), func(c *backoffice.Config) {
		c.Events = []backoffice.EventKind{{Code: "garden.closed", Label: "A garden was closed.", Meaning: "Nobody gets in."}}
	})
	require.NoError(t, r.office.As("nightly").Record(t.Context(), backoffice.Act{Code: "garden.closed", Kind: "garden", ID: "7", Name: "Roses"}))
	for _, args := range [][]string{{"-event", "garden"}, {"-event", "garden.closed"}, {"-actor", "nightly"}, {"-actor", "job:nightly"}, {"-target", "7"}, {"-outcome", "success", "-event", "garden"}} {
		require.Regexp(t, `garden\.closed +success +job:nightly +Roses`, r.ok(append([]string{"audit"}, args...)...), args)
	}
	require.Empty(t, strings.TrimPrefix(r.ok("audit", "-outcome", "unsettled"), "No matching events.\n"))
	require.Contains(t, r.refused("audit", "-event", "garden.eaten"), `there is no event "garden.eaten"`)
	require.Regexp(t, `garden\.closed +Nobody gets in\.`, r.ok("audit", "events"))
	require.Contains(t, r.ok("audit", "events", "-json"), `"garden.closed": "Nobody gets in."`)
	require.Contains(t, r.ok("audit", "export", "-event", "garden"), `"actor":"job:nightly"`)
}

func TestTheAuditIsExported(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	r.ok("unlock", "Ada")
	rows, err := csv.NewReader(strings.NewReader(r.ok("audit", "export", "-format", "csv", "-target", "Ada"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, "\uFEFFseq", rows[0][0])
	require.Equal(t, "operator.unlocked", rows[1][3])
	require.Equal(t, "audit.exported", r.Last().Code)

	lines := strings.Split(strings.TrimSpace(r.ok("audit", "export")), "\n")
	for _, line := range lines {
		var row map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		require.NotEmpty(t, row["event"])
	}
	require.GreaterOrEqual(t, len(lines), 3)
	status, _, stderr := r.run("audit", "export", "-event", "setup")
	require.Zero(t, status)
	require.Empty(t, stderr)
}

func TestABrokenChainIsAFailureThatNamesTheRow(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	for range 5 {
		r.ok("unlock", "Ada")
	}
	out := r.ok("audit", "verify")
	require.Contains(t, out, "The chain is intact: 6 entries, from 2026-11-21 09:30:00 to 2026-11-21 09:30:00.\n")
	mark := regexp.MustCompile(`\n(\d+:[0-9a-f]{16})\n$`).FindStringSubmatch(out)
	require.NotNil(t, mark)
	require.Contains(t, r.ok("audit", "verify", "-since", mark[1]), "The chain is intact")
	require.Contains(t, r.refused("audit", "verify", "-since", "6:0000000000000000"), "the chain is broken at entry 6: ")

	changed := &rewritten{Store: r.Under, seq: 3}
	r3 := newRigOver(t, changed)
	require.Contains(t, r3.refused("audit", "verify"), "audit verify: the chain is broken at entry 3: The entry, or the one before it, was changed.")
	r2 := newRigOver(t, changed, func(c *backoffice.Config) { slices.Reverse(c.Secret) })
	require.Contains(t, r2.refused("audit", "verify", "-anyway"), "audit verify: the chain is broken at entry 1: ", "another master secret")
}

// rewritten is a store in which somebody rewrote a row.
type rewritten struct {
	store.Store
	seq int64
}

func (s *rewritten) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	page, err := s.Store.ListEvents(ctx, q)
	for i := range page.Rows {
		if page.Rows[i].Seq == s.seq {
			page.Rows[i].Reason = "nothing to see here"
		}
	}
	return page, err
}

// hesitant is a store that stops looking early when filters come together, as
// the contract allows: the first page may have no row, each further one has one.
type hesitant struct{ store.Store }

func (s hesitant) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	q.Limit = 1
	return s.Store.ListOperators(ctx, q)
}

func (s hesitant) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	if q.BeforeSeq == 0 && q.Area == "alias" && q.Limit > 1 {
		return store.EventPage{Next: 1 << 40}, nil
	}
	if q.Area != "" {
		q.Limit = 1
	}
	return s.Store.ListEvents(ctx, q)
}

func (s hesitant) ListMails(ctx context.Context, q store.MailQuery) (store.MailPage, error) {
	if q.After == nil && q.State == store.MailSent {
		return store.MailPage{Next: &store.MailCursor{CreatedAt: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), ID: "z"}}, nil
	}
	q.Limit = 1
	return s.Store.ListMails(ctx, q)
}

func TestListsAreWholeWhenPagesEndEarly(t *testing.T) {
	r := newRigOver(t, hesitant{memstore.New()})
	for _, name := range []string{"Ada", "Ben", "Cem"} {
		r.put(name, store.OperatorActive, backoffice.SuperAdministrator)
	}
	r.ok("alias", "rotate")
	r.ok("alias", "rotate")
	lines := func(args ...string) int { return strings.Count(r.ok(args...), "\n") }
	require.Equal(t, 1+3, lines("operators", "-state", "active"))
	require.Equal(t, 1+3, lines("audit", "-event", "alias"))
	require.Equal(t, 1+2, lines("audit", "-event", "alias", "-n", "2"))
	require.Equal(t, 3, lines("audit", "export", "-event", "alias"))
	require.Equal(t, 1+6, lines("mail", "-state", "sent"))
	require.Equal(t, 1+6, lines("mail"))
}
