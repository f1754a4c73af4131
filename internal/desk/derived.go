package desk

import (
	"context"
	"fmt"
	"strings"
)

// maxDerived is how much of an address a name is made of, and derivedNames how
// many are tried.
const (
	maxDerived   = 24
	derivedNames = 1000
)

// freeName makes a name of an address, which nobody has now: the part before
// the "@", then with the first label of the domain, then with a number.
func (d *Desk) freeName(ctx context.Context, email string) (string, error) {
	local, domain, _ := strings.Cut(email, "@")
	label, _, _ := strings.Cut(domain, ".")
	base := derivedPart(local)
	if base == "" {
		base = "Operator"
	}
	for n := range derivedNames {
		name := base
		switch {
		case n == 1:
			name = base + " (" + derivedPart(label) + ")"
		case n > 1:
			name = fmt.Sprintf("%s %d", base, n)
		}
		_, err := d.Store.FindOperatorByLogin(ctx, NameKey(name))
		if IsNotFound(err) {
			return name, nil
		}
		if err != nil {
			return "", fmt.Errorf("find operator: %w", err)
		}
	}
	bad := &InvalidError{}
	bad.Add("name", "required", "Enter a name. Those that could be made of the address are taken.")
	return "", bad
}

// derivedPart keeps of an address what a name may hold.
func derivedPart(s string) string {
	s = OneLine(strings.ReplaceAll(s, "@", ""), maxDerived)
	return strings.Join(strings.Fields(s), " ")
}
