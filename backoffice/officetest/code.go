package officetest

import (
	"context"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/totp"
)

// Code returns the code that an operator's authenticator app shows. The operator is given by id,
// name or email address. A code is accepted only once: if the current one was used, Code first
// moves the clock to the next, by at most 30 seconds.
func (o *Office) Code(operator string) string {
	o.t.Helper()
	ctx := context.WithoutCancel(o.t.Context())
	op, err := o.reach.Desk.FindOperator(ctx, desk.CommandLine(), operator)
	if err != nil {
		o.t.Fatalf("officetest: Code: there is no operator %q", operator)
	}
	factors, err := o.reach.Desk.Store.ListFactors(ctx, op.ID)
	if err != nil || len(factors) == 0 {
		o.t.Fatalf("officetest: Code: %q has no authenticator app: at the next sign-in, the page /login/enrol shows a key; see CodeFor", op.Name)
	}
	f := factors[len(factors)-1]
	if spent := time.Unix(0, 0).Add(time.Duration(f.Step+1) * totp.Period); o.Now().Before(spent) {
		o.move(spent.Sub(o.Now()))
	}
	plain, err := o.reach.Desk.Vault.Open(vault.FactorSecrets, desk.FactorPlace(op.ID, f.ID), f.Secret)
	if err != nil {
		o.t.Fatalf("officetest: Code: the authenticator app of %q was sealed with another Secret", op.Name)
	}
	secret, err := totp.SecretFromBytes(plain)
	if err != nil {
		o.t.Fatalf("officetest: Code: %v", err)
	}
	return o.code(secret)
}

// CodeFor returns the code of an authenticator app that has just scanned the QR code of p, the
// page that adds one.
func (o *Office) CodeFor(p *Page) string {
	o.t.Helper()
	for _, e := range p.Find("#totp-secret") {
		if secret, err := totp.ParseSecret(e); err == nil {
			return o.code(secret)
		}
	}
	o.t.Fatalf("officetest: CodeFor: the page shows no key of an authenticator app\n%s", p)
	return ""
}

func (o *Office) code(secret totp.Secret) string {
	o.t.Helper()
	code, err := totp.Code(secret, o.Now(), totp.Options{})
	if err != nil {
		o.t.Fatalf("officetest: %v", err)
	}
	return code
}
