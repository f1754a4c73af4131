package desk_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// bubbled is an office with one reset email in its queue, in the time of a bubble.
func bubbled(t *testing.T, f func(*office, store.Mail)) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		o := newOffice(t, func(c *desk.Config) {
			clock := c.Clock
			c.Clock = func() time.Time { return clock().Add(time.Since(began)) }
		})
		o.Person("Ada", desk.RoleSuperAdministrator)
		require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
		f(o, o.mail(o.mails()[0].ID))
	})
}

// delivering runs Deliver beside the test, until stop is called.
func delivering(d *desk.Desk) (stop func() error) {
	going, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		_, err := d.Deliver(going)
		done <- err
	}()
	return func() error {
		cancel()
		return <-done
	}
}

func TestAServerThatTakesMinutesGetsOneCopy(t *testing.T) {
	bubbled(t, func(o *office, queued store.Mail) {
		o.Sent.Answer(func(context.Context, mail.Message) error { time.Sleep(9 * time.Minute); return nil })
		other := o.Another()
		first := make(chan int, 1)
		go func() { first <- o.deliver() }()
		for range 100 {
			time.Sleep(5 * time.Second)
			n, err := other.Deliver(ctx)
			require.NoError(t, err)
			require.Zero(t, n)
		}
		require.Equal(t, 1, <-first)
		require.Len(t, o.Sent.All(), 1)
		require.Equal(t, store.MailSent, o.mail(queued.ID).State)
	})
}

func TestAReplicaThatDiesIsTakenOver(t *testing.T) {
	bubbled(t, func(o *office, queued store.Mail) {
		now := o.Now()
		_, err := o.Mem.ClaimMail(ctx, store.MailClaim{Now: now, Until: now.Add(2 * time.Minute), Urgent: true})
		require.NoError(t, err)
		time.Sleep(2*time.Minute - time.Second)
		require.Zero(t, o.deliver())
		time.Sleep(time.Second)
		require.Equal(t, 1, o.deliver())
		require.Equal(t, 2, o.mail(queued.ID).Attempts)
	})
}

func TestAReplicaThatLostItsClaimStops(t *testing.T) {
	bubbled(t, func(o *office, queued store.Mail) {
		o.Sent.Answer(func(ctx context.Context, _ mail.Message) error {
			<-ctx.Done()
			return &mail.DeliveryError{Step: "recipient", Permanent: true, Reply: "550 no"}
		})
		go func() {
			time.Sleep(time.Second)
			later := o.Now().Add(time.Hour) // as if this replica had slept for an hour
			_, err := o.Mem.ClaimMail(ctx, store.MailClaim{Now: later, Until: later, Urgent: true})
			require.NoError(t, err)
		}()
		began := time.Now()
		require.Equal(t, 1, o.deliver())
		require.Less(t, time.Since(began), time.Minute)
		m := o.mail(queued.ID)
		require.Equal(t, store.MailQueued, m.State, "the other one says what became of it")
		require.Equal(t, 2, m.Attempts)
		require.Contains(t, o.Log.String(), "claim on email lost")
	})
}

func TestAnAnswerIsRecordedOnceTheStoreIsBack(t *testing.T) {
	bubbled(t, func(o *office, queued store.Mail) {
		d, faults := o.Faulty()
		faults.FailMethod("MoveMail", store.ErrUnavailable)
		time.AfterFunc(time.Minute, func() { faults.FailMethod("MoveMail", nil) })
		_, err := d.Deliver(ctx)
		require.NoError(t, err)
		require.Equal(t, store.MailSent, o.mail(queued.ID).State)
		require.Len(t, o.Sent.All(), 1)
	})
	bubbled(t, func(o *office, queued store.Mail) {
		d, faults := o.Faulty()
		faults.FailMethod("MoveMail", store.ErrUnavailable)
		_, err := d.Deliver(ctx)
		require.ErrorIs(t, err, store.ErrUnavailable, "it does not try for ever")
		require.Equal(t, store.MailQueued, o.mail(queued.ID).State)
	})
}

func TestStopping(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer error // when the sender is told to stop
		want   store.Mail
	}{
		{"an answer that comes in time is kept", nil, store.Mail{State: store.MailSent, Attempts: 1}},
		{"so is a refusal", &mail.DeliveryError{Permanent: true, Reply: "550 no"}, store.Mail{State: store.MailFailed, Attempts: 1}},
		{"what was not handed over is given back", &mail.DeliveryError{Step: "recipient"}, store.Mail{State: store.MailQueued}},
		{"what may be sent stays claimed", &mail.DeliveryError{Step: "content", InDoubt: true}, store.Mail{State: store.MailQueued, Attempts: 1}},
		{"so does what a sender says nothing about", context.Canceled, store.Mail{State: store.MailQueued, Attempts: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubbled(t, func(o *office, queued store.Mail) {
				o.Sent.Answer(func(ctx context.Context, _ mail.Message) error { <-ctx.Done(); return test.answer })
				stop := delivering(o.Desk)
				synctest.Wait()
				require.ErrorIs(t, stop(), context.Canceled)
				m := o.mail(queued.ID)
				require.Equal(t, test.want, store.Mail{State: m.State, Attempts: m.Attempts})

				o.Sent.Answer(nil)
				again := 0
				if test.want.State == store.MailQueued && test.want.Attempts == 0 {
					again = 1
				}
				n, err := o.Another().Deliver(ctx)
				require.NoError(t, err)
				require.Equal(t, again, n, "another replica sends at once what was given back, and nothing else")
			})
		})
	}
	t.Run("a sender that does not stop holds up no one", func(t *testing.T) {
		bubbled(t, func(o *office, _ store.Mail) {
			o.Sent.Answer(func(context.Context, mail.Message) error { time.Sleep(time.Hour); return nil })
			stop := delivering(o.Desk)
			synctest.Wait()
			began := time.Now()
			require.ErrorIs(t, stop(), context.Canceled)
			require.Less(t, time.Since(began), 30*time.Second)
			time.Sleep(time.Hour)
		})
	})
}

// employ adds an operator with an email address.
func (o *office) employ(name, email string) {
	op := o.Add(store.Operator{}, name, desk.RoleModerator)
	op.Email = email
	desk.Keyed(&op)
	o.Put(op)
}

// crowded is an office in which 300 notices wait, to people at ten domains.
func crowded(t *testing.T) *office {
	o := newOffice(t)
	for i := range 10 {
		o.employ(fmt.Sprintf("Person%d", i), fmt.Sprintf("p%d@d%d.example", i, i))
	}
	for range 30 {
		_, err := o.RotateAlias(ctx, desk.CommandLine(), desk.Visit{})
		require.NoError(t, err)
	}
	return o
}

func isReset(m mail.Message) bool { return strings.Contains(m.Subject, "Reset your") }

func TestWhatSomebodyWaitsForOvertakesNotices(t *testing.T) {
	t.Run("a reset is the next one", func(t *testing.T) {
		o := crowded(t)
		require.NoError(t, o.RequestReset(ctx, home, "p0@d0.example"))
		require.Equal(t, 301, o.deliver())
		require.True(t, isReset(o.Sent.All()[0]))
	})
	for _, held := range []bool{false, true} {
		t.Run(fmt.Sprintf("neither waits for the other: urgent emails hang is %v", held), func(t *testing.T) {
			o := crowded(t)
			for i := range 10 {
				require.NoError(t, o.RequestReset(ctx, testoffice.From(fmt.Sprintf("192.0.2.%d", i)), fmt.Sprintf("p%d@d%d.example", i, i)))
			}
			var hanging atomic.Int32
			passed, release := make(chan mail.Message, 1), make(chan struct{})
			o.Sent.Answer(func(_ context.Context, m mail.Message) error {
				if isReset(m) == held {
					hanging.Add(1)
					<-release
					return nil
				}
				select {
				case passed <- m:
				default:
				}
				return nil
			})
			done := make(chan int, 1)
			go func() { done <- o.deliver() }()
			require.Equal(t, !held, isReset(<-passed))
			require.LessOrEqual(t, hanging.Load(), int32(3))
			close(release)
			require.Equal(t, 310, <-done)
		})
	}
}

func TestTheQueueSaysWhenItDoesNotMove(t *testing.T) {
	o, queued := mailed(t)
	queue := func() desk.MailQueue {
		t.Helper()
		q, err := o.MailQueue(ctx)
		require.NoError(t, err)
		return q
	}
	require.False(t, queue().Delayed, "it may be taken yet")
	o.Clock.Add(29 * time.Second)
	require.False(t, queue().Delayed)
	o.Clock.Add(time.Second)
	require.True(t, queue().Delayed)
	require.True(t, queue().Unattended, "nothing has taken what is due")

	o.Sent.Refuse(&mail.DeliveryError{Step: "connect"})
	o.deliver()
	q := queue()
	require.True(t, q.Delayed, "every delivery fails")
	require.False(t, q.Unattended)
	require.True(t, q.Refused)
	require.Equal(t, "deliver mail: connect", q.Reply)
	require.Equal(t, queued.CreatedAt, q.OldestAt)

	o.Sent.Refuse(nil)
	require.NoError(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, queued.OperatorID, "lost phone"))
	require.Equal(t, 1, o.deliver())
	require.False(t, queue().Trouble(), "one was sent")
	o.Clock.Add(45 * time.Second)
	require.False(t, queue().Delayed, "one that fails while others are sent holds up no one")
	o.Clock.Add(time.Minute)
	require.True(t, queue().Delayed, "nobody tried it when it was due")
	require.Equal(t, 1, o.deliver())
	require.Zero(t, queue().Queued)
	o.Clock.Add(time.Hour)
	require.False(t, queue().Delayed)
}

func TestTheFirstRefusedAttemptIsTrouble(t *testing.T) {
	o, _ := mailed(t)
	o.Sent.Refuse(&mail.DeliveryError{Reply: "451 4.3.0 Try again later"})
	require.Equal(t, 1, o.deliver())
	q, err := o.MailQueue(ctx)
	require.NoError(t, err)
	require.False(t, q.Delayed, "no health check alarms for one")
	require.True(t, q.Trouble())
	o.Sent.Refuse(nil)
	o.Clock.Add(time.Minute)
	require.Equal(t, 1, o.deliver())
	q, err = o.MailQueue(ctx)
	require.NoError(t, err)
	require.False(t, q.Trouble())
}

func TestTheQueueSaysThatASenderHangs(t *testing.T) {
	bubbled(t, func(o *office, _ store.Mail) {
		o.Sent.Answer(func(ctx context.Context, _ mail.Message) error { <-ctx.Done(); return ctx.Err() })
		stop := delivering(o.Desk)
		time.Sleep(30 * time.Second)
		q, err := o.MailQueue(ctx)
		require.NoError(t, err)
		require.True(t, q.Delayed)
		require.False(t, q.Unattended)
		require.ErrorIs(t, stop(), context.Canceled)
	})
}
