package desk_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// breaches is a checker that knows what a test tells it.
type breaches struct {
	mu     sync.Mutex
	public map[string]bool
	err    error
	asked  []string
}

func (b *breaches) Breached(_ context.Context, password string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, password)
	return b.public[password], b.err
}

// publish makes a password public and forgets what was asked.
func (b *breaches) publish(password string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.public, b.asked = map[string]bool{password: true}, nil
}

func checked(t *testing.T) (*office, *breaches) {
	b := &breaches{}
	return newOffice(t, func(c *desk.Config) { c.Breaches = b }), b
}

func TestAPasswordThatIsPublicCannotBeSet(t *testing.T) {
	o, b := checked(t)
	b.publish(better)
	f := setupForm(setupToken(t, o.Desk))
	f.Password, f.Again = better, better
	requireProblem(t, o.SetUp(ctx, home, f), "password", "breached")
	f.Password, f.Again = good, good
	require.NoError(t, o.SetUp(ctx, home, f))

	_, token := o.invite("ben@example.org", "Ben", desk.RoleModerator)
	link := desk.LinkForm{Token: token, Password: better, Again: better}
	requireProblem(t, o.Welcome(ctx, home, link), "password", "breached")
	link.Password, link.Again = good, good
	require.NoError(t, o.Welcome(ctx, home, link), "the link can still be used")

	ada, in := o.enrolled("Grace", desk.RoleModerator)
	_, err := o.ChangePassword(ctx, home, o.identity(in.token), good, better, better)
	requireProblem(t, err, "password", "breached")
	reset := desk.LinkForm{Token: o.resetLink(ada.Email), Password: better, Again: better, Code: o.code(in.secret)}
	requireProblem(t, o.Reset(ctx, home, reset), "password", "breached")
	require.Equal(t, ada.Password, o.find(ada.ID).Password)
}

func TestACheckerIsAskedLast(t *testing.T) {
	o, b := checked(t)
	ada, in := o.enrolled("Grace", desk.RoleModerator)
	b.publish(better)
	_, err := o.ChangePassword(ctx, home, o.identity(in.token), nonsense, better, better)
	requireProblem(t, err, "current_password", "wrong")
	_, err = o.ChangePassword(ctx, home, o.identity(in.token), good, "short", "short")
	require.Error(t, err)
	require.Error(t, o.Welcome(ctx, home, desk.LinkForm{Token: "none", Password: better, Again: better}))
	reset := desk.LinkForm{Token: o.resetLink(ada.Email), Password: better, Again: better, Code: o.wrong(in.secret)}
	require.ErrorIs(t, o.Reset(ctx, home, reset), desk.ErrCode)
	_, err = o.signIn("Ada", nonsense)
	require.ErrorIs(t, err, desk.ErrCredentials)
	_, err = o.signIn("nobody", better)
	require.ErrorIs(t, err, desk.ErrCredentials)
	require.Empty(t, b.asked, "nothing leaves the building while something else is wrong")
}

func TestAPasswordThatHasBecomePublicMustBeChangedAtTheNextSignIn(t *testing.T) {
	o, b := checked(t)
	ada, in := o.enrolled("Ada", desk.RoleModerator)
	require.False(t, o.identity(in.token).MustChangePassword)
	b.publish(good)
	token := o.again("Ada", in.secret)
	require.Equal(t, []string{good}, b.asked)
	require.True(t, o.find(ada.ID).MustChangePassword)
	require.True(t, o.identity(token).MustChangePassword)
	require.Equal(t, 1, o.count("password.breached"))
	o.again("Ada", in.secret)
	require.Equal(t, 1, o.count("password.breached"), "said once")

	token, err := o.ChangePassword(ctx, home, o.identity(token), good, better, better)
	require.NoError(t, err)
	require.False(t, o.identity(token).MustChangePassword)
}

// A password of one's own is no temporary one, however long ago it was chosen.
func TestAPasswordThatHasBecomePublicCanBeChangedHoweverOldItIs(t *testing.T) {
	o, b := checked(t)
	_, in := o.enrolled("Ada", desk.RoleSuperAdministrator)
	b.publish(good)
	o.clock.Add(100 * 24 * time.Hour)
	o.again("Ada", in.secret)
	o.clock.Add(time.Hour)
	token := o.again("Ada", in.secret)
	token, err := o.ChangePassword(ctx, home, o.identity(token), good, better, better)
	require.NoError(t, err)
	require.False(t, o.identity(token).MustChangePassword)
}

func TestACheckerThatDoesNotAnswerIsWrittenDownAndAskedAgain(t *testing.T) {
	o, b := checked(t)
	ada, in := o.enrolled("Ada", desk.RoleModerator)
	b.err = errors.New("no route to host")
	token, err := o.ChangePassword(ctx, home, o.identity(in.token), good, better, better)
	require.NoError(t, err, "the embedded list has decided")
	require.Equal(t, 1, o.count("password.breaches_unknown"))
	require.Contains(t, o.log.String(), "breached passwords not asked")
	require.NotContains(t, o.log.String(), better)
	require.False(t, o.identity(token).MustChangePassword)

	b.err = nil
	b.publish(better)
	passed, err := o.signIn("Ada", better)
	require.NoError(t, err)
	_, err = o.SubmitCode(ctx, home, passed.Token, o.code(in.secret))
	require.NoError(t, err, "the sign-in goes on")
	require.True(t, o.find(ada.ID).MustChangePassword)
}

func TestAMembersPasswordIsTheCommunitysToCheck(t *testing.T) {
	b := &breaches{}
	o := newOffice(t, func(c *desk.Config) { c.Breaches, c.Members = b, newDirectory(somebody("m-1", "Mel", good)) })
	o.add(store.Operator{State: store.OperatorActive, MemberID: "m-1"}, "Mel", desk.RoleModerator)
	b.publish(good)
	o.begun("Mel")
	require.Empty(t, b.asked)
}
