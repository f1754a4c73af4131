package desk

import (
	"context"

	"github.com/postern-go/postern/store"
)

// ReadCode is readCode.
var ReadCode = readCode

// CommitAs is commitAs, for tests of a service that forgets how it is repeated.
func (d *Desk) CommitAs(ctx context.Context, a Actor, writes ...store.Write) error {
	return d.commitAs(ctx, a, "test", writes...)
}
