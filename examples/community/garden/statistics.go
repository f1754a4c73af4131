package garden

import (
	"context"
	"fmt"
	"time"
)

// Counts are what there is now.
type Counts struct {
	Members, Posts, Hidden int
	// Reported are posts that can be read and wait for a moderator.
	Reported int
	// NewMembers and NewPosts are of the last seven days.
	NewMembers, NewPosts int
}

// Counts counts what there is now.
func (g *Garden) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	week := g.now().Add(-7 * 24 * time.Hour).Unix()
	err := g.db.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM members), (SELECT COUNT(*) FROM members WHERE joined_at > ?),
		(SELECT COUNT(*) FROM posts WHERE state = 'shown'), (SELECT COUNT(*) FROM posts WHERE state = 'shown' AND created_at > ?),
		(SELECT COUNT(*) FROM posts WHERE state = 'hidden'),
		(SELECT COUNT(*) FROM posts WHERE state = 'shown' AND reports > 0)`,
		week, week).Scan(&c.Members, &c.NewMembers, &c.Posts, &c.NewPosts, &c.Hidden, &c.Reported)
	if err != nil {
		return Counts{}, fmt.Errorf("count: %w", err)
	}
	return c, nil
}

// Week is seven days of the community's life.
type Week struct {
	From           time.Time
	Members, Posts int
}

// Weeks are the last n weeks, the newest, which ends now, first.
func (g *Garden) Weeks(ctx context.Context, n int) ([]Week, error) {
	weeks := make([]Week, n)
	until := g.now().UTC()
	for i := range weeks {
		w := &weeks[i]
		w.From = until.Add(-7 * 24 * time.Hour)
		err := g.db.QueryRowContext(ctx, `SELECT
			(SELECT COUNT(*) FROM members WHERE joined_at > ?1 AND joined_at <= ?2),
			(SELECT COUNT(*) FROM posts WHERE created_at > ?1 AND created_at <= ?2)`,
			w.From.Unix(), until.Unix()).Scan(&w.Members, &w.Posts)
		if err != nil {
			return nil, fmt.Errorf("count week: %w", err)
		}
		until = w.From
	}
	return weeks, nil
}
