package memstore_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

func Example() {
	ctx := context.Background()
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	st := memstore.New()

	// Changes that belong together are committed together: all happen, or none.
	link := store.DigestOf("the secret part of the link")
	err := st.Commit(ctx,
		store.PutOperator{Operator: store.Operator{
			ID: "1", Name: "Ada", NameKey: "ada", Email: "ada@example.org", EmailKey: "ada@example.org",
			State: store.OperatorInvited,
		}},
		store.PutToken{Token: store.Token{
			Digest: link, Purpose: store.PurposeInvite, Subject: "1", CreatedAt: now, ExpiresAt: now.Add(time.Hour),
		}},
	)
	fmt.Println(err)

	// A link works once.
	for range 2 {
		err = st.Commit(ctx, store.ConsumeToken{Digest: link, Purpose: store.PurposeInvite, Now: now})
		fmt.Println(errors.Is(err, store.ErrUsed))
	}
	// Output:
	// <nil>
	// false
	// true
}
