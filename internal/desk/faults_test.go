package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/totp"
)

// trial is one run of a flow, made ready to go wrong.
type trial struct {
	*office
	t      *testing.T
	flow   flow
	faults *testoffice.Store
	do     func(ctx context.Context) (string, error)
	before string
}

func try(t *testing.T, f flow) *trial {
	members := testoffice.NewDirectory("Mia")
	o := keyed(t, func(c *desk.Config) { c.Members = members })
	act := f.prepare(t, o)
	d, faults := o.Faulty()
	x := &trial{office: o, t: t, flow: f, faults: faults}
	x.before = x.state()
	x.do = func(ctx context.Context) (string, error) { return act(ctx, d) }
	return x
}

// state is all that is stored but what counts and tells of failures; a refusal
// may tell of itself by mail, too.
func (x *trial) state() string {
	if x.flow.refused {
		return x.Dump("counters", "events", "mails")
	}
	return x.Dump("counters", "events")
}

// safe checks that a failure gave nothing away and left nothing behind, and
// that what is called a success is one.
func (x *trial) safe(what, handedOut string, err error) {
	x.t.Helper()
	switch {
	case err != nil:
		require.Empty(x.t, handedOut, "%s: %v", what, err)
		require.True(x.t, x.before == x.state(), "%s: %v left something behind", what, err)
	case x.flow.refused:
		require.Fail(x.t, "a refusal became a success", what)
	case x.flow.name != "show an authenticator":
		require.False(x.t, x.before == x.state(), "%s: success without its effect", what)
	}
}

// mayFail are the calls that may fail without being told.
var mayFail = []string{"Commit(Unhit)", "Commit(AppendEvent)"}

func TestAStoreThatFailsAtAnyCallLeavesNothingHalfDone(t *testing.T) {
	for _, f := range flows {
		t.Run(f.name, func(t *testing.T) {
			x := try(t, f)
			handedOut, err := x.do(ctx)
			require.Equal(t, f.refused, err != nil, "without a fault: %v", err)
			x.safe("without a fault", handedOut, err)
			calls := x.faults.Calls()
			require.NotEmpty(t, calls)
			survived := 0
			for n := 1; n <= len(calls); n++ {
				x := try(t, f)
				x.faults.FailAt(n, errDown)
				handedOut, err := x.do(ctx)
				x.safe(fmt.Sprintf("call %d, %s", n, calls[n-1]), handedOut, err)
				if err == nil {
					survived++
					require.Contains(t, mayFail, calls[n-1], "what may fail without being told")
				} else if !f.refused {
					require.ErrorIs(t, err, errDown, "call %d, %s", n, calls[n-1])
				}
			}
			require.Less(t, survived, len(calls))
		})
	}
}

func TestACommitOfUnknownOutcomeHandsNothingOut(t *testing.T) {
	for _, f := range flows {
		t.Run(f.name, func(t *testing.T) {
			x := try(t, f)
			_, _ = x.do(ctx)
			calls := x.faults.Calls()
			for n := 1; n <= len(calls); n++ {
				x := try(t, f)
				x.faults.FailAfter(n, errDown)
				handedOut, err := x.do(ctx)
				what := fmt.Sprintf("call %d, %s", n, calls[n-1])
				if !strings.HasPrefix(calls[n-1], "Commit(") {
					x.safe(what, handedOut, err)
				} else if err != nil {
					require.Empty(t, handedOut, what)
				} else {
					require.Contains(t, mayFail, calls[n-1], what)
				}
			}
		})
	}
}

func TestABrokenOffRequestLeavesNothingHalfDone(t *testing.T) {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	for _, f := range flows {
		t.Run(f.name, func(t *testing.T) {
			x := try(t, f)
			handedOut, err := x.do(ended)
			require.ErrorIs(t, err, context.Canceled)
			x.safe("broken off", handedOut, err)
		})
	}
}

func TestAStoreThatIsDownOpensNoSession(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	d, faults := o.Faulty()
	for _, method := range []string{"FindSession", "TouchSession", "LoadParameters"} {
		faults.Reset()
		faults.FailMethod(method, errDown)
		o.Clock.Add(time.Minute)
		o.Set(map[string]string{"signin.wait": o.Clock.Now().Sub(time.Time{}).Truncate(time.Second).String()})
		id, err := d.Authenticate(ctx, home, ada.Token)
		require.ErrorIs(t, err, errDown, method)
		require.Nil(t, id)
	}
	faults.Reset()

	t.Run("an ended session stays dead although its end cannot be written", func(t *testing.T) {
		faults.FailMethod("Commit", errDown)
		o.Clock.Add(time.Hour)
		for range 3 {
			_, err := d.Authenticate(ctx, home, ada.Token)
			require.ErrorIs(t, err, desk.ErrNoSession)
		}
	})
}

func TestFiveWrongCodesEndTheSignInAlthoughItsEndCannotBeWritten(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	d, faults := o.Faulty()
	pre := o.Begun("Ada")
	faults.FailMethod("EndPreSession", errDown)
	for range 5 {
		_, err := d.SubmitCode(ctx, home, pre, o.WrongCode(ada.Secret))
		require.Error(t, err)
	}
	faults.Reset()
	o.Clock.Add(totp.Period)
	_, err := d.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded)
}

func TestADeliveryThatCannotBeWrittenDownIsMadeAgainNotLost(t *testing.T) {
	for n := 1; n <= 5; n++ {
		bubbled(t, func(o *office, queued store.Mail) {
			d, faults := o.Faulty()
			faults.FailAt(n, errDown)
			_, err := d.Deliver(ctx)
			if n == 3 || n == 4 {
				require.NoError(t, err, "the address is that of memory, and what became of it is written at the second attempt")
			} else {
				require.ErrorIs(t, err, errDown)
			}
			o.Clock.Add(2 * time.Minute)
			_, err = d.Deliver(ctx)
			require.NoError(t, err)
			require.Equal(t, store.MailSent, o.mail(queued.ID).State)
			require.Len(t, o.Sent.All(), 1)
		})
	}
}

func TestAFirstStartThatFailsCanBeMadeAgain(t *testing.T) {
	for n := 1; n <= 3; n++ {
		o := newOffice(t)
		mem := memstore.New()
		faults := testoffice.Wrap(mem)
		o.Cfg.Store = faults
		d, err := desk.New(o.Cfg)
		require.NoError(t, err)
		faults.FailAt(n, errDown)
		require.ErrorIs(t, d.Open(ctx), errDown)
		require.Empty(t, d.Alias())
		require.NoError(t, d.Open(ctx))
		p, err := mem.LoadParameters(ctx)
		require.NoError(t, err)
		require.Equal(t, p.Alias, d.Alias())
		require.EqualValues(t, 1, p.Revision)
	}
}
