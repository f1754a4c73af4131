package resource_test

import (
	"context"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
)

// PostRepo is how the app reaches its database: with gorm, ent, sqlc or SQL of its own.
type PostRepo interface {
	Post(ctx context.Context, id string) (Post, error)
	Posts(ctx context.Context, q resource.Query) ([]Post, error)
	// Save saves a post if its version is still this one, and reports whether it was.
	Save(ctx context.Context, p Post, version int64) (saved bool, err error)
}

// A Data over a layer of yours is a function for each thing that can be done.
func ExampleData() {
	over := func(repo PostRepo) resource.Data[Post] {
		return resource.Data[Post]{
			Get:  repo.Post,
			List: repo.Posts,
			Update: func(ctx context.Context, c resource.Change[Post]) error {
				saved, err := repo.Save(ctx, c.Now, c.Was.Edited)
				if err == nil && !saved {
					return backoffice.ErrChanged
				}
				return err
			},
		}
	}
	_ = over // Resource.Data
}
