package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// mailed is an office with one reset mail in its queue.
func mailed(t testing.TB) (*office, store.Mail) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
	require.Len(t, o.mails(), 1)
	return o, o.mail(o.mails()[0].ID)
}

func (o *office) mail(id string) store.Mail {
	m, err := o.Mem.FindMail(ctx, id)
	require.NoError(o.T, err)
	return m
}

func (o *office) deliver() int {
	n, err := o.Deliver(ctx)
	require.NoError(o.T, err)
	return n
}

func TestAMailIsSentOnceAndItsBodyWiped(t *testing.T) {
	o, queued := mailed(t)
	require.NotEmpty(t, queued.Body)
	o.Sent.Answer(func(context.Context, mail.Message) error {
		o.Clock.Add(3 * time.Second)
		return nil
	})
	require.Equal(t, 1, o.deliver())
	require.Zero(t, o.deliver())
	sent := o.Sent.All()
	require.Len(t, sent, 1)
	require.Equal(t, queued.ID, sent[0].ID)
	require.Equal(t, "ada@example.org", sent[0].To)
	require.NotEmpty(t, sent[0].HTML)
	settled := o.mail(queued.ID)
	require.Equal(t, store.MailSent, settled.State)
	require.Empty(t, settled.Body)
	require.Equal(t, o.Now(), settled.SentAt)
}

func TestATemporaryFailureIsTriedAgainWithGrowingWaits(t *testing.T) {
	o, queued := mailed(t)
	op := o.Find(queued.OperatorID)
	// A notice has no expiry, so it is tried to the end.
	require.NoError(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, op.ID, "lost phone"))
	o.deliver()
	require.NoError(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, op.ID, "lost phone"))
	var id string
	for _, m := range o.mails() {
		if m.State == store.MailQueued {
			id = m.ID
		}
	}
	tries := 0
	o.Sent.Answer(func(context.Context, mail.Message) error {
		tries++
		return &mail.DeliveryError{Step: "recipient", Reply: "451 4.3.0 Try again later"}
	})
	for i, wait := range []time.Duration{
		time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	} {
		require.Equal(t, 1, o.deliver())
		m := o.mail(id)
		require.Equal(t, store.MailQueued, m.State)
		require.Equal(t, i+1, m.Attempts)
		require.Equal(t, o.Now().Add(wait), m.NextAttemptAt)
		require.Equal(t, "451 4.3.0 Try again later", m.Reply)
		require.NotEmpty(t, m.Body)
		o.Clock.Add(wait - time.Microsecond)
		require.Zero(t, o.deliver())
		o.Clock.Add(time.Microsecond)
	}
	require.Equal(t, 1, o.deliver())
	m := o.mail(id)
	require.Equal(t, store.MailFailed, m.State)
	require.NotEmpty(t, m.Body, "so that it can be sent again")
	require.Equal(t, 8, tries)
	require.Equal(t, "mail.failed", o.Last().Code)
}

func TestAPermanentFailureIsFinalAndAudited(t *testing.T) {
	o, queued := mailed(t)
	o.Sent.Answer(func(context.Context, mail.Message) error {
		return &mail.DeliveryError{Permanent: true, Step: "recipient", Reply: "550 5.1.1 No such user"}
	})
	require.Equal(t, 1, o.deliver())
	m := o.mail(queued.ID)
	require.Equal(t, store.MailFailed, m.State)
	require.Equal(t, "550 5.1.1 No such user", m.Reply)
	require.NotEmpty(t, m.Body, "so that it can be sent again")
	require.Equal(t, "mail.failed", o.Last().Code)
	require.Equal(t, "550 5.1.1 No such user", o.Last().Reason)
	require.Equal(t, queued.ID, o.Last().TargetID)
	o.Clock.Add(24 * time.Hour)
	require.Zero(t, o.deliver())
}

func TestAMailIsNotSentOnceItsLinkHasExpired(t *testing.T) {
	o, queued := mailed(t)
	o.Clock.Set(queued.ExpiresAt)
	require.Equal(t, 1, o.deliver())
	require.Empty(t, o.Sent.All())
	require.Equal(t, store.MailFailed, o.mail(queued.ID).State)
	require.Equal(t, "mail.failed", o.Last().Code)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	o.Clock.Add(91 * 24 * time.Hour)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	_, err := o.Mem.FindMail(ctx, queued.ID)
	require.ErrorIs(t, err, store.ErrNotFound, "nobody keeps it for good")
}

func TestManyDeliverersSendAMailOnce(t *testing.T) {
	o, _ := mailed(t)
	for _, name := range []string{"Ben", "Cy", "Di"} {
		o.Person(name, desk.RoleModerator)
		require.NoError(t, o.RequestReset(ctx, home, name+"@example.org"))
	}
	errs := testoffice.Race(8, func(int) error { _, err := o.Deliver(ctx); return err })
	require.Equal(t, 8, winners(errs))
	ids := map[string]int{}
	for _, m := range o.Sent.All() {
		ids[m.ID]++
	}
	require.Len(t, ids, 4)
	for _, n := range ids {
		require.Equal(t, 1, n)
	}
}

func TestAMailWhoseDeliveryWasBrokenOffIsTakenUpAgain(t *testing.T) {
	o, queued := mailed(t)
	going, down := context.WithCancel(ctx)
	o.Sent.Answer(func(ctx context.Context, _ mail.Message) error {
		down()
		<-ctx.Done()
		return ctx.Err()
	})
	_, err := o.Deliver(going)
	require.ErrorIs(t, err, context.Canceled)
	m := o.mail(queued.ID)
	require.Equal(t, store.MailQueued, m.State)
	require.NotEmpty(t, m.Body)

	o.Sent.Answer(nil)
	require.Zero(t, o.deliver(), "still claimed")
	o.Clock.Set(m.NextAttemptAt)
	require.Equal(t, 1, o.deliver())
	require.Len(t, o.Sent.All(), 1)
	require.Equal(t, queued.ID, o.Sent.All()[0].ID, "under the same id, so that a reader can tell")
}

func TestTheServersAnswerIsKeptAlthoughTheReplicaGoesDown(t *testing.T) {
	o, queued := mailed(t)
	going, down := context.WithCancel(ctx)
	o.Sent.Answer(func(context.Context, mail.Message) error { down(); return nil })
	_, err := o.Deliver(going)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, store.MailSent, o.mail(queued.ID).State)
}

func TestAStrangeFailureIsTriedAgainAndAnUnreadableBodyIsNot(t *testing.T) {
	o, queued := mailed(t)
	o.Sent.Answer(func(context.Context, mail.Message) error { return errors.New("out of file descriptors") })
	require.Equal(t, 1, o.deliver())
	require.Equal(t, store.MailQueued, o.mail(queued.ID).State)
	require.Equal(t, "The email could not be handed to the mail server.", o.mail(queued.ID).Reply)

	broken := queued
	broken.ID, broken.Body = "other", queued.Body
	o.Write(store.EnqueueMail{Mail: broken})
	require.Equal(t, 1, o.deliver())
	require.Equal(t, store.MailFailed, o.mail("other").State, "a body put in another mail's place does not open")
}

func TestItIsSaidOnceThatMailWaitsAndNothingSendsIt(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	o.Remind(ctx)
	require.NotContains(t, o.Log.String(), "Office.Run", "no mail waits yet")
	require.NoError(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, op.ID, "lost phone"))
	for range 3 {
		o.Remind(ctx)
	}
	require.Equal(t, 1, strings.Count(o.Log.String(), "Office.Run"))

}

// fragile is a sender that panics once.
type fragile struct {
	mail.Sender
	broken bool
}

func (f *fragile) Send(ctx context.Context, m mail.Message) error {
	if !f.broken {
		f.broken = true
		panic("the host's sender broke")
	}
	return f.Sender.Send(ctx, m)
}

func TestAPanicInThePeriodicWorkEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, func(c *desk.Config) { c.Sender = &fragile{Sender: c.Sender} })
		o.Person("Ada", desk.RoleSuperAdministrator)
		require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
		run, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- o.Run(run) }()
		synctest.Wait()
		require.Empty(t, o.Sent.All())
		require.Contains(t, o.Log.String(), "the host's sender broke")
		o.Clock.Add(3 * time.Minute)
		time.Sleep(2 * time.Second) // of the bubble's clock
		synctest.Wait()
		require.Len(t, o.Sent.All(), 1, "it was taken up again")
		stop()
		require.ErrorIs(t, <-done, context.Canceled)
	})
}

func TestAFailedMailIsTriedAgainAndALinkIsMadeAnew(t *testing.T) {
	o := staffed(t)
	o.Sent.Refuse(&mail.DeliveryError{Permanent: true, Reply: "550 no such user"})
	op, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "grace@example.org", Roles: []string{desk.RoleModerator}})
	require.NoError(t, err)
	require.NoError(t, o.TestMail(ctx, o.Boss, home))
	o.Delivered()
	failed, err := o.Mails(ctx, o.Boss, store.MailQuery{State: store.MailFailed})
	require.NoError(t, err)
	require.Len(t, failed.Rows, 2)
	o.Sent.Refuse(nil)
	for _, m := range failed.Rows {
		require.Equal(t, "550 no such user", m.Reply)
		one, err := o.Mail(ctx, o.Boss, m.ID)
		require.NoError(t, err)
		require.Nil(t, one.Body)
		require.NoError(t, o.ResendMail(ctx, o.Boss, home, m.ID))
	}
	o.Delivered()
	require.Contains(t, o.Sent.Subjects("boss@example.org"), "Test email")
	require.Contains(t, o.Sent.Subjects("grace@example.org"), "invited")
	require.True(t, o.Find(op.ID).InviteExpiresAt.After(o.Now()))
	sent, err := o.Mails(ctx, o.Boss, store.MailQuery{State: store.MailSent, Kind: "test-message"})
	require.NoError(t, err)
	require.ErrorIs(t, o.ResendMail(ctx, o.Boss, home, sent.Rows[0].ID), desk.ErrChanged, "its text is gone")
}

func TestTheCommandLineTriesMailToAnyAddress(t *testing.T) {
	o := staffed(t)
	_, err := o.TestMailTo(ctx, o.Boss, home, "somebody@elsewhere.example")
	require.ErrorIs(t, err, desk.ErrForbidden, "an operator does not write to strangers")
	_, err = o.TestMailTo(ctx, desk.CommandLine(), desk.Visit{}, "somebody")
	bad := (*desk.InvalidError)(nil)
	require.ErrorAs(t, err, &bad)
	require.Empty(t, o.Delivered().All())

	for _, to := range []string{"somebody@elsewhere.example", "boss@example.org"} {
		id, err := o.TestMailTo(ctx, desk.CommandLine(), desk.Visit{}, to)
		require.NoError(t, err)
		require.Contains(t, o.Delivered().Subjects(to), "Test email")
		m, err := o.Mail(ctx, desk.CommandLine(), id)
		require.NoError(t, err)
		require.Equal(t, store.MailSent, m.State)
	}
	require.Contains(t, o.Codes(), "mail.tested")
}
