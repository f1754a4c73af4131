package garden

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Announcement is what the people who run the garden tell everybody.
type Announcement struct {
	ID, Edited  int64
	Title, Body string
	State       State
	// Until is the last day on which it is shown; the zero time if it has no end.
	Until, CreatedAt time.Time
}

// Paragraphs are the text between empty lines.
func (a Announcement) Paragraphs() []string { return paragraphs(a.Body) }

// NewAnnouncement is a draft of now.
func (g *Garden) NewAnnouncement(context.Context) Announcement {
	return Announcement{State: Draft, CreatedAt: g.now()}
}

// Over reports whether its last day is over.
func (g *Garden) Over(a Announcement) bool { return !a.Until.IsZero() && a.Until.Before(g.today()) }

// Announcements are the newest that everybody sees today.
func (g *Garden) Announcements(ctx context.Context) ([]Announcement, error) {
	return g.announcements(ctx, `state = 'shown' AND (until = 0 OR until >= ?)`, g.today().Unix())
}

// Ended are announcements that nobody has seen for a month.
func (g *Garden) Ended(ctx context.Context) ([]Announcement, error) {
	return g.announcements(ctx, `until > 0 AND until < ?`, g.today().AddDate(0, -1, 0).Unix())
}

// DeleteAnnouncement deletes one. If it is gone already, that is no error.
func (g *Garden) DeleteAnnouncement(ctx context.Context, id int64) error {
	if _, err := g.db.ExecContext(ctx, `DELETE FROM announcements WHERE id = ?`, id); err != nil {
		return fmt.Errorf("delete announcement: %w", err)
	}
	return nil
}

func (g *Garden) today() time.Time { return g.now().UTC().Truncate(24 * time.Hour) }

func (g *Garden) announcements(ctx context.Context, where string, args ...any) (all []Announcement, err error) {
	rows, err := g.db.QueryContext(ctx, `SELECT id, title, body FROM announcements WHERE `+where+` ORDER BY created_at DESC, id DESC LIMIT 20`, args...)
	if err != nil {
		return nil, fmt.Errorf("list announcements: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a Announcement
		if err := rows.Scan(&a.ID, &a.Title, &a.Body); err != nil {
			return nil, fmt.Errorf("list announcements: %w", err)
		}
		all = append(all, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list announcements: %w", err)
	}
	return all, nil
}

// DB is where the tables are, for pages that are made of them.
func (g *Garden) DB() *sql.DB { return g.db }
