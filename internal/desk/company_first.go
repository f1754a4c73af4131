package desk

import (
	"context"
	"slices"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Method is how someone proved who they are.
type Method string

type firstStep struct {
	method                    Method
	event, provider           string
	enough                    bool
	next                      string
	writes, waiting, opening []store.Write
}

func (d *Desk) passFirst(ctx context.Context, v Visit, view store.SignInView, first firstStep) (Passed, error) {
	o, roles := view.Operator, d.rolesOf(view.Operator.PrimaryRole, view.Operator.Roles, view.Roles)
	if first.enough || len(view.Factors) == 0 && !mustHaveTwoFactor(d.Settings().TwoFactor(d.Now()), roles) {
		return d.begin(ctx, v, view, first.next, string(first.method), slices.Concat(first.writes, first.opening))
	}
	token := vault.Token()
	event := d.Audit(v, first.event, Success).By(o).Target(o).Write()
	writes := append(slices.Concat(first.writes, first.waiting), store.PutPreSession{PreSession: store.PreSession{
		Digest: store.DigestOf(token), OperatorID: o.ID, OperatorVersion: o.Version, Method: string(first.method), Provider: first.provider,
		CreatedAt: view.PreSession.CreatedAt, ExpiresAt: d.Now().Add(preSessionLife), Next: first.next,
		IP: OneLine(v.IP, 64), UserAgent: OneLine(v.UserAgent, 512),
	}, Keep: fewBegun}, event)
	if err := d.Commit(ctx, writes...); err != nil {
		return Passed{}, signInError(err)
	}
	return Passed{Token: token, Next: first.next}, nil
}
