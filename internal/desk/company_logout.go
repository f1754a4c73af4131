package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

const (
	// logoutsPerNetwork is how many logout tokens of one network are checked in flowsWindow.
	logoutsPerNetwork = 120
	// logoutsKept is how many refused ones are recorded in flowsWindow by each process.
	logoutsKept = 10
	// logoutKeep is how long the id of a logout token is remembered. It is longer than a token
	// is accepted.
	logoutKeep = time.Hour
	// logoutTries is how often the sessions of a token are looked for again if their operator
	// is changed at the same moment.
	logoutTries = 5
	// maxLogoutToken is the most bytes of one.
	maxLogoutToken = 16 << 10
)

// CompanySignOutURL returns where an operator whose session began at the identity provider can
// sign out there, too; empty if it did not, or if the provider offers none or does not answer. It
// leads back to the community, never to the office.
func (d *Desk) CompanySignOutURL(ctx context.Context, id *Identity) string {
	if d.Company == nil || id.Session.Provider == "" {
		return ""
	}
	var url string
	err := safely(func() (err error) {
		url, err = d.Company.Provider.EndSessionURL(ctx, d.Origin+d.Path+"/")
		return err
	})
	if err != nil { // which keeps nobody from signing out
		d.Log.WarnContext(ctx, "identity provider does not say where to sign out", "error", err)
		return ""
	}
	return url
}

// LogoutCompany ends the sessions that a logout token of the provider names (OpenID Connect
// Back-Channel Logout 1.0). It is true if the token was right and is now done; whatever else
// was sent is not for the office.
func (d *Desk) LogoutCompany(ctx context.Context, v Visit, token string) bool {
	if d.Company == nil || token == "" || len(token) > maxLogoutToken {
		return false
	}
	if d.strangers.check("logout:"+netgroup.Smallest(v.IP), logoutsPerNetwork, flowsWindow, d.Now()) != nil {
		return false
	}
	notice, err := d.Company.Provider.VerifyLogout(ctx, token, d.Now())
	if refused, ok := errors.AsType[*AnswerError](err); ok {
		d.refuseLogout(ctx, v, refused.Reason)
		return false
	}
	if err == nil {
		err = d.loggedOut(ctx, v, notice)
		// The first time, ErrExists can be of another token for the same session.
		for tries := 0; (isConflict(err) || errors.Is(err, store.ErrExists) && tries == 0) && tries < logoutTries; tries++ {
			err = d.loggedOut(ctx, v, notice)
		}
	}
	if errors.Is(err, store.ErrExists) {
		d.Audit(v, "company.refused", Refused).Because("logout token: jti").Record(ctx)
		return false
	}
	if err != nil {
		d.Log.ErrorContext(ctx, "logout by the identity provider failed", "error", err)
	}
	return err == nil
}

// notForUs are reasons why a logout token does not even claim to be one for this office.
var notForUs = []string{"token", "iss", "aud"}

// refuseLogout records why a logout token was refused. Anyone can send one, without knowing the
// alias: what is not even for this office leaves no trace, and costs no write that a stranger
// could measure, and of the others only a few are kept.
func (d *Desk) refuseLogout(ctx context.Context, v Visit, reason string) {
	if slices.Contains(notForUs, reason) || d.tempo.check("logout refused", logoutsKept, flowsWindow, d.Now()) != nil {
		return
	}
	d.Audit(v, "company.refused", Refused).Because("logout token: " + reason).Record(ctx)
}

// loggedOut ends the sessions of a notice. The id of the notice is spent in the same commit.
func (d *Desk) loggedOut(ctx context.Context, v Visit, n LogoutNotice) error {
	var keys []string
	if n.Session != "" {
		// And those of which the provider did not say its session, so that it may be this one.
		keys = []string{providerSession(n.Issuer, n.Subject, n.Session), providerSession(n.Issuer, n.Subject, "")}
	}
	now := d.Now()
	writes := []store.Write{d.once(store.DigestOf("logout "+digestOf(n.Issuer, n.ID)), vault.ID(), now.Add(logoutKeep))}
	if n.Session != "" {
		key := providerSession(n.Issuer, n.Subject, n.Session)
		switch before, err := d.loggedOutAt(ctx, key); {
		case err != nil:
			return err
		case before.IsZero():
			writes = append(writes, d.once(loggedOutDigest(key), vault.ID(), now.Add(logoutKeep)))
		}
	}
	end := func(o store.Operator) error {
		ended, err := d.endProvided(ctx, o.ID, "", keys...)
		if err != nil {
			return err
		}
		// Moving the operator's version also ends a sign-in that waits for its second step.
		o.UpdatedAt = now
		event := d.Audit(v, "company.logout", Success).System().Target(o).Write()
		writes = append(writes, append(ended, store.PutOperator{Operator: o}, event)...)
		return nil
	}
	if n.Subject == "" {
		// The store does not find sessions by their provider's: there are few operators.
		err := d.eachOperator(ctx, store.OperatorQuery{}, func(o store.Operator) error {
			if o.Subject == "" {
				return nil
			}
			ended, err := d.endProvided(ctx, o.ID, "", keys...)
			if err != nil || len(ended) == 0 {
				return err
			}
			return end(o)
		})
		if err != nil {
			return err
		}
		return d.commitLogout(ctx, writes)
	}
	view, err := d.findSignIn(ctx, v, store.SignInQuery{Subject: subjectOf(n.Issuer, n.Subject)})
	if err == nil {
		err = end(view.Operator)
	}
	if err != nil && !isNotFound(err) {
		return err
	}
	return d.commitLogout(ctx, writes)
}

// loggedOutDigest is that of the token by which the end of a session at the provider is kept.
func loggedOutDigest(key string) store.Digest { return store.DigestOf("logged out " + key) }

// loggedOutAt returns when a session at the provider ended; zero if that is not known.
func (d *Desk) loggedOutAt(ctx context.Context, key string) (time.Time, error) {
	t, err := d.Store.FindToken(ctx, loggedOutDigest(key), store.PurposeCeremony)
	if isNotFound(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("find end of a session of the provider: %w", err)
	}
	return t.CreatedAt, nil
}

// stillProvided returns ErrSignInEnded if the session at the provider in which a sign-in began
// has ended since: there was no session here yet that could end with it.
func (d *Desk) stillProvided(ctx context.Context, key string, began time.Time) error {
	if key == "" {
		return nil
	}
	ended, err := d.loggedOutAt(ctx, key)
	if err == nil && !ended.IsZero() && !began.After(ended) {
		err = ErrSignInEnded
	}
	return err
}

func (d *Desk) commitLogout(ctx context.Context, writes []store.Write) error {
	if err := d.Commit(ctx, writes...); err != nil {
		return fmt.Errorf("end sessions of the provider: %w", err)
	}
	return nil
}
