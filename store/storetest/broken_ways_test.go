package storetest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// wayBreakages are mistakes in what passkeys, accounts at the identity provider, accounts
// that end and approvals rely on.
var wayBreakages = map[string]breakage{
	"gives one credential to two operators": {
		"credentials/a credential is one operator's, once, until it is removed",
		forgiving[store.PutFactor](store.ErrExists),
	},
	"keeps the handle of a credential that is gone": {
		"credentials/a credential is one operator's, once, until it is removed",
		func(st store.Store) store.Store { return &hoarding{Store: st, seen: map[store.Digest]bool{}} },
	},
	"takes two factors without a handle for one credential": {
		"credentials/factors without a handle do not take it from each other",
		rewriting(func(_ store.Store, _ context.Context, w store.PutFactor) []store.Write {
			if w.Factor.Handle.IsZero() {
				w.Factor.Handle = store.DigestOf("")
			}
			return []store.Write{w}
		}),
	},
	"refuses authenticators that do not count": {
		"credentials/a signature counter that stays at zero is accepted, and from then on only a greater one",
		rewriting(func(_ store.Store, _ context.Context, w store.AdvanceFactor) []store.Write {
			w.Counts = false
			return []store.Write{w}
		}),
	},
	"accepts a signature counter that went back": {
		"credentials/a signature counter that stays at zero is accepted, and from then on only a greater one",
		forgiving[store.AdvanceFactor](store.ErrReplayed),
	},
	"lets codes of the first time step pass twice": {
		"credentials/a signature counter that stays at zero is accepted, and from then on only a greater one",
		rewriting(func(_ store.Store, _ context.Context, w store.AdvanceFactor) []store.Write {
			w.Counts = true
			return []store.Write{w}
		}),
	},
	"drops the new secret of a signature": {
		"credentials/a signature may bring a new secret, in the same write",
		rewriting(func(_ store.Store, _ context.Context, w store.AdvanceFactor) []store.Write {
			w.Secret = nil
			return []store.Write{w}
		}),
	},
	"takes any factor for a passkey": {
		"credentials/only a confirmed passkey is told of as one, for a request and in a list",
		func(st store.Store) store.Store { return anyFactor{st} },
	},
	"takes a passkey that was never confirmed for one": {
		"credentials/only a confirmed passkey is told of as one, for a request and in a list",
		rewriting(func(_ store.Store, _ context.Context, w store.PutFactor) []store.Write {
			if w.Factor.ConfirmedAt.IsZero() {
				w.Factor.ConfirmedAt = time.Now()
			}
			return []store.Write{w}
		}),
	},
	"links two operators to one account": {
		"accounts at the identity provider/an account at the identity provider is linked to one operator, until it is given up",
		forgiving[store.PutOperator](store.ErrSubjectTaken),
	},
	"finds no one by their account": {
		"accounts at the identity provider/a sign-in finds the operator of an account, which means only itself",
		func(st store.Store) store.Store { return withoutAccounts{st} },
	},
	"reads an account like a member": {
		"sign-ins/the view of a sign-in is what each part reads alone, whichever field finds it",
		func(st store.Store) store.Store { return accountsAreMembers{st} },
	},
	"does not tell requests when access ends": {
		"accounts that end/a request sees the new end of its operator's access",
		func(st store.Store) store.Store { return &firstEnds{Store: st, first: map[string]time.Time{}} },
	},
	"counts disabled accounts as ending": {
		"accounts that end/accounts that end soon, or should have ended, are counted, no further than asked",
		func(st store.Store) store.Store { return countingAll{st} },
	},
	"ends accounts that never end": {
		"lists of operators/each filter selects on its own and with the others, in each order, on pages of any length",
		func(st store.Store) store.Store { return ending{st} },
	},
	"takes new accounts for dormant ones": {
		"lists of operators/each filter selects on its own and with the others, in each order, on pages of any length",
		func(st store.Store) store.Store { return neverSeen{st} },
	},
	"spends a challenge again": {
		"tokens/a token that is stored as used is taken for good, and revokes no other used one",
		forgiving[store.PutToken](store.ErrExists),
	},
	"spends a challenge for each of many": {
		"at once/one of many spends a secret that no token announced",
		rewriting(func(_ store.Store, _ context.Context, w store.PutToken) []store.Write {
			if !w.Token.UsedAt.IsZero() {
				_, _ = rand.Read(w.Token.Digest[:])
			}
			return []store.Write{w}
		}),
	},
	"gives one credential to each of many": {
		"at once/one of many gets a credential, or an account at the identity provider",
		rewriting(func(_ store.Store, _ context.Context, w store.PutFactor) []store.Write {
			w.Factor.Handle = store.Digest{}
			return []store.Write{w}
		}),
	},
	"accepts the signature of each of many": {
		"at once/one of many has a signature accepted that counts",
		forgiving[store.AdvanceFactor](store.ErrReplayed),
	},
	"lists tokens without what they are for": {
		"tokens/what a token is for comes back with it, alone and in a list",
		func(st store.Store) store.Store { return unsealed{st} },
	},
}

// forgiving returns a breakage that overlooks an error of a kind of write, and does the rest
// of the commit.
func forgiving[W store.Write](sentinel error) func(store.Store) store.Store {
	return commits(func(st store.Store, ctx context.Context, writes []store.Write) error {
		err := st.Commit(ctx, writes...)
		if !errors.Is(err, sentinel) {
			return err
		}
		rest := slices.DeleteFunc(slices.Clone(writes), func(w store.Write) bool { _, is := w.(W); return is })
		if len(rest) == len(writes) {
			return err
		}
		return st.Commit(ctx, rest...)
	})
}

// hoarding never frees a handle.
type hoarding struct {
	store.Store
	seen map[store.Digest]bool
}

func (b *hoarding) Commit(ctx context.Context, writes ...store.Write) error {
	err := b.Store.Commit(ctx, writes...)
	for _, w := range writes {
		if w, ok := w.(store.PutFactor); ok && err == nil && !w.Factor.Handle.IsZero() {
			if b.seen[w.Factor.Handle] {
				return store.ErrExists
			}
			b.seen[w.Factor.Handle] = true
		}
	}
	return err
}

// anyFactor takes every factor for a passkey.
type anyFactor struct{ store.Store }

func (b anyFactor) FindSession(ctx context.Context, d store.Digest) (store.SessionView, error) {
	v, err := b.Store.FindSession(ctx, d)
	v.Passkey = v.TwoFactor
	return v, err
}

type withoutAccounts struct{ store.Store }

func (b withoutAccounts) FindSignIn(ctx context.Context, q store.SignInQuery) (store.SignInView, error) {
	q.Subject = ""
	return b.Store.FindSignIn(ctx, q)
}

// accountsAreMembers mixes up the two ids of other systems.
type accountsAreMembers struct{ store.Store }

func (b accountsAreMembers) FindSignIn(ctx context.Context, q store.SignInQuery) (store.SignInView, error) {
	if q.Subject != "" {
		q.MemberID, q.Subject = q.Subject, ""
	}
	return b.Store.FindSignIn(ctx, q)
}

// firstEnds keeps the end that a request saw first.
type firstEnds struct {
	store.Store
	first map[string]time.Time
}

func (b *firstEnds) FindSession(ctx context.Context, d store.Digest) (store.SessionView, error) {
	v, err := b.Store.FindSession(ctx, d)
	if err != nil {
		return v, err
	}
	if _, seen := b.first[v.Operator.ID]; !seen {
		b.first[v.Operator.ID] = v.Operator.EndsAt
	}
	v.Operator.EndsAt = b.first[v.Operator.ID]
	return v, nil
}

// countingAll counts accounts that end in any state.
type countingAll struct{ store.Store }

func (b countingAll) CountOperators(ctx context.Context, now time.Time, most int) (store.OperatorCounts, error) {
	c, err := b.Store.CountOperators(ctx, now, most)
	if err != nil {
		return c, err
	}
	all, err := b.Store.ListOperators(ctx, store.OperatorQuery{Show: store.ShowDisabled, Limit: 500})
	for _, o := range all.Rows {
		if !o.EndsAt.IsZero() && o.EndsAt.Before(now.Add(store.EndingSoon)) {
			c.Ending = min(c.Ending+1, most)
		}
	}
	return c, err
}

// ending takes the zero end for one in the past.
type ending struct{ store.Store }

func (b ending) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	if q.EndsBefore.IsZero() || q.After != nil {
		return b.Store.ListOperators(ctx, q)
	}
	before := q.EndsBefore
	q.EndsBefore, q.Limit = time.Time{}, 500
	page, err := b.Store.ListOperators(ctx, q)
	page.Rows = slices.DeleteFunc(page.Rows, func(o store.OperatorRow) bool { return !o.EndsAt.Before(before) })
	return page, err
}

// neverSeen does not look at when accounts were created.
type neverSeen struct{ store.Store }

func (b neverSeen) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	if q.InactiveBefore.IsZero() || q.After != nil {
		return b.Store.ListOperators(ctx, q)
	}
	before := q.InactiveBefore
	q.InactiveBefore, q.Limit = time.Time{}, 500
	page, err := b.Store.ListOperators(ctx, q)
	page.Rows = slices.DeleteFunc(page.Rows, func(o store.OperatorRow) bool {
		return o.State != store.OperatorActive || !o.LastActiveAt.Before(before)
	})
	return page, err
}

// unsealed lists tokens without what they are for.
type unsealed struct{ store.Store }

func (b unsealed) ListTokens(ctx context.Context, q store.TokenQuery) ([]store.Token, error) {
	found, err := b.Store.ListTokens(ctx, q)
	for i := range found {
		found[i].Sealed = nil
	}
	return found, err
}
