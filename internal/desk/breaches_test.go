package desk_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
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

	_, token := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
	link := desk.LinkForm{Token: token, Password: better, Again: better}
	requireProblem(t, o.Welcome(ctx, home, link), "password", "breached")
	link.Password, link.Again = good, good
	require.NoError(t, o.Welcome(ctx, home, link), "the link can still be used")

	ada, in := o.Enrolled("Grace", desk.RoleModerator)
	_, err := o.ChangePassword(ctx, home, o.Identity(in.Token), good, better, better)
	requireProblem(t, err, "password", "breached")
	reset := desk.LinkForm{Token: o.ResetLink(ada.Email), Password: better, Again: better, Code: o.Code(in.Secret)}
	requireProblem(t, o.Reset(ctx, home, reset), "password", "breached")
	require.Equal(t, ada.Password, o.Find(ada.ID).Password)
}

func TestACheckerIsAskedLast(t *testing.T) {
	o, b := checked(t)
	ada, in := o.Enrolled("Grace", desk.RoleModerator)
	b.publish(better)
	_, err := o.ChangePassword(ctx, home, o.Identity(in.Token), nonsense, better, better)
	requireProblem(t, err, "current_password", "wrong")
	_, err = o.ChangePassword(ctx, home, o.Identity(in.Token), good, "short", "short")
	require.Error(t, err)
	require.Error(t, o.Welcome(ctx, home, desk.LinkForm{Token: "none", Password: better, Again: better}))
	reset := desk.LinkForm{Token: o.ResetLink(ada.Email), Password: better, Again: better, Code: o.WrongCode(in.Secret)}
	require.ErrorIs(t, o.Reset(ctx, home, reset), desk.ErrCode)
	_, err = o.Login("Ada", nonsense)
	require.ErrorIs(t, err, desk.ErrCredentials)
	_, err = o.Login("nobody", better)
	require.ErrorIs(t, err, desk.ErrCredentials)
	require.Empty(t, b.asked, "nothing leaves the building while something else is wrong")
}

func TestAPasswordThatHasBecomePublicMustBeChangedAtTheNextSignIn(t *testing.T) {
	o, b := checked(t)
	ada, in := o.Enrolled("Ada", desk.RoleModerator)
	require.False(t, o.Identity(in.Token).MustChangePassword)
	b.publish(good)
	token := o.Again("Ada", in.Secret)
	require.Equal(t, []string{good}, b.asked)
	require.True(t, o.Find(ada.ID).MustChangePassword)
	require.True(t, o.Identity(token).MustChangePassword)
	require.Equal(t, 1, o.Count("password.breached"))
	o.Again("Ada", in.Secret)
	require.Equal(t, 1, o.Count("password.breached"), "said once")

	token, err := o.ChangePassword(ctx, home, o.Identity(token), good, better, better)
	require.NoError(t, err)
	require.False(t, o.Identity(token).MustChangePassword)
}

// A password of one's own is no temporary one, however long ago it was chosen.
func TestAPasswordThatHasBecomePublicCanBeChangedHoweverOldItIs(t *testing.T) {
	o, b := checked(t)
	_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	b.publish(good)
	o.Clock.Add(100 * 24 * time.Hour)
	o.Again("Ada", in.Secret)
	o.Clock.Add(time.Hour)
	token := o.Again("Ada", in.Secret)
	token, err := o.ChangePassword(ctx, home, o.Identity(token), good, better, better)
	require.NoError(t, err)
	require.False(t, o.Identity(token).MustChangePassword)
}

func TestACheckerThatDoesNotAnswerIsWrittenDownAndAskedAgain(t *testing.T) {
	o, b := checked(t)
	ada, in := o.Enrolled("Ada", desk.RoleModerator)
	b.err = errors.New("no route to host")
	token, err := o.ChangePassword(ctx, home, o.Identity(in.Token), good, better, better)
	require.NoError(t, err, "the embedded list has decided")
	require.Equal(t, 1, o.Count("password.breaches_unknown"))
	require.Contains(t, o.Log.String(), "breached passwords not looked up")
	require.NotContains(t, o.Log.String(), better)
	require.False(t, o.Identity(token).MustChangePassword)

	b.err = nil
	b.publish(better)
	passed, err := o.Login("Ada", better)
	require.NoError(t, err)
	_, err = o.SubmitCode(ctx, home, passed.Token, o.Code(in.Secret))
	require.NoError(t, err, "the sign-in goes on")
	require.True(t, o.Find(ada.ID).MustChangePassword)
}

func TestAMembersPasswordIsTheCommunitysToCheck(t *testing.T) {
	b := &breaches{}
	o := newOffice(t, func(c *desk.Config) { c.Breaches, c.Members = b, testoffice.NewDirectory("Mel") })
	o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-mel", Email: "mel@members.example"}, "Mel", desk.RoleModerator)
	b.publish(good)
	o.Begun("Mel")
	require.Empty(t, b.asked)
}
