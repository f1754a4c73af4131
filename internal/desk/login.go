package desk

import (
	"context"
	"strings"

	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// Login is what someone gave to say who they are, a name or an email address, parsed once
// where it comes in. Everything that looks someone up, or counts their attempts, takes a
// Login, so that no text is taken for a key. The zero Login is nobody's.
type Login struct {
	// typed is the text without spaces around it, as the community is asked for it.
	typed string
	// key is the folded form, in which a store keeps names and email addresses. Case,
	// surrounding spaces and what is repaired in an email address do not matter.
	key string
}

// ParseLogin returns what a text says about who someone is.
func ParseLogin(text string) Login {
	l := Login{typed: strings.TrimSpace(text)}
	if strings.ContainsAny(text, "@＠") {
		l.key = mail.FoldEmailAddress(strings.Join(strings.Fields(text), " "))
	} else {
		l.key = NameKey(l.typed)
	}
	return l
}

// lookable reports whether anyone can be found by the login.
func (l Login) lookable() bool { return lookable(l.key) }

func (d *Desk) findByLogin(ctx context.Context, l Login) (store.Operator, error) {
	return d.Store.FindOperatorByLogin(ctx, l.key)
}
