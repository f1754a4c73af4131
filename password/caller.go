package password

import "context"

// Caller tells a [Hasher] who waits for a slow hash; see [WithCaller]. The zero value is a stranger about whom nothing is
// known.
type Caller struct {
	// Reserved callers may use every slot, and go before strangers. Set it for callers who have shown something that
	// strangers cannot have, such as a session, and whose attempts are limited, because together they can take every
	// turn.
	Reserved bool
	// Groups are what the caller shares with others, smallest first: the networks of an IP address, or the id of an
	// account. Callers whose groups have had fewer hashes lately go first. A group may have four times as many as the
	// one before it in the list, so the /64, /56 and /48 of an IPv6 address count as 1, 4 and 16 groups. Callers
	// without a group share one. Only the first three groups count.
	Groups []string
}

type callerKey struct{}

// WithCaller returns a context in which every hash is computed for c.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
