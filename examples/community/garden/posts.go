package garden

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// State says who sees a post or an announcement.
type State string

// A post is Shown or Hidden, an announcement a Draft or Shown.
const (
	Draft  State = "draft"
	Shown  State = "shown"
	Hidden State = "hidden"
)

// Post is what a member wrote.
type Post struct {
	ID, MemberID, Author, Title, Body string
	State                             State
	// Reason is why a moderator hid it.
	Reason string
	// Reports is how many members reported it since a moderator looked.
	Reports   int
	CreatedAt time.Time
}

// Paragraphs are the text between empty lines.
func (p Post) Paragraphs() []string { return paragraphs(p.Body) }

func paragraphs(text string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(text, "\n\n", "\x00"), func(r rune) bool { return r == 0 })
}

const (
	// pageOfPosts is how many posts a page shows.
	pageOfPosts = 20

	selectPosts = `SELECT id, member_id, author, title, body, reports, created_at FROM posts WHERE state = 'shown' `
)

// Posts are the newest posts that are not hidden.
func (g *Garden) Posts(ctx context.Context) ([]Post, error) {
	return g.posts(ctx, selectPosts+`ORDER BY created_at DESC, id LIMIT ?`, pageOfPosts)
}

// Reported are at most limit posts that wait for a moderator, those that most members
// reported first.
func (g *Garden) Reported(ctx context.Context, limit int) ([]Post, error) {
	return g.posts(ctx, selectPosts+`AND reports > 0 ORDER BY reports DESC, id LIMIT ?`, limit)
}

func (g *Garden) posts(ctx context.Context, query string, args ...any) ([]Post, error) {
	rows, err := g.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list posts: %w", err)
	}
	defer rows.Close()
	var posts []Post
	for rows.Next() {
		var p Post
		var created int64
		if err := rows.Scan(&p.ID, &p.MemberID, &p.Author, &p.Title, &p.Body, &p.Reports, &created); err != nil {
			return nil, fmt.Errorf("list posts: %w", err)
		}
		p.CreatedAt = time.Unix(created, 0).UTC()
		posts = append(posts, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list posts: %w", err)
	}
	return posts, nil
}

// Write publishes a post. An *InvalidError says what to enter differently.
func (g *Garden) Write(ctx context.Context, author Member, title, body string) error {
	title = strings.Join(strings.Fields(title), " ")
	body = strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))
	bad := &InvalidError{}
	for _, f := range []struct {
		name, text, what string
		max              int
	}{{"title", title, "a title", 120}, {"body", body, "some text", 4000}} {
		switch {
		case f.text == "":
			bad.add(f.name, "Enter "+f.what+".")
		case !utf8.ValidString(f.text) || strings.ContainsRune(f.text, 0):
			bad.add(f.name, "Use letters, digits, spaces and ordinary punctuation.")
		case utf8.RuneCountInString(f.text) > f.max:
			bad.add(f.name, fmt.Sprintf("Use at most %d characters.", f.max))
		}
	}
	if err := bad.err(); err != nil {
		return err
	}
	_, err := g.db.ExecContext(ctx, `INSERT INTO posts (id, member_id, author, title, body, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		rand.Text(), author.ID, author.Name, title, body, g.now().Unix())
	if err != nil {
		return fmt.Errorf("write post: %w", err)
	}
	return nil
}

// Report tells the moderators of a post. A second report of one member changes
// nothing. ErrNotFound when there is no such post to read.
func (g *Garden) Report(ctx context.Context, postID, memberID string) error {
	err := g.change(ctx, func(tx *sql.Tx) error {
		var id string
		if err := tx.QueryRowContext(ctx, `SELECT id FROM posts WHERE id = ? AND state = 'shown'`, postID).Scan(&id); err != nil {
			return one("find post", err)
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO reports (post_id, member_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			postID, memberID, g.now().Unix())
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE posts SET reports = reports + 1 WHERE id = ?`, postID)
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("report post: %w", err)
	}
	return err
}
