package garden

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Post is what a member wrote.
type Post struct {
	ID, MemberID, Author, Title, Body string
	Hidden                            bool
	// Reports is how many members reported it.
	Reports   int
	CreatedAt time.Time
}

// Paragraphs are the text between empty lines.
func (p Post) Paragraphs() []string {
	return strings.FieldsFunc(strings.ReplaceAll(p.Body, "\n\n", "\x00"), func(r rune) bool { return r == 0 })
}

const (
	// pageOfPosts is how many posts a page shows.
	pageOfPosts = 20

	selectPosts = `SELECT id, member_id, author, title, body, hidden, created_at,
		(SELECT COUNT(*) FROM reports WHERE post_id = posts.id) AS reported FROM posts `
)

// Posts are the newest posts that are not hidden.
func (g *Garden) Posts(ctx context.Context) ([]Post, error) {
	return g.posts(ctx, selectPosts+`WHERE NOT hidden ORDER BY created_at DESC, id LIMIT ?`, pageOfPosts)
}

// Reported are the posts that somebody reported, or that are hidden: those that
// can still be read first.
func (g *Garden) Reported(ctx context.Context) ([]Post, error) {
	return g.posts(ctx, selectPosts+`WHERE reported > 0 OR hidden ORDER BY hidden, reported DESC, created_at DESC, id LIMIT 100`)
}

// Post returns the post with the id, or ErrNotFound.
func (g *Garden) Post(ctx context.Context, id string) (Post, error) {
	posts, err := g.posts(ctx, selectPosts+`WHERE id = ?`, id)
	if err != nil {
		return Post{}, err
	}
	if len(posts) == 0 {
		return Post{}, ErrNotFound
	}
	return posts[0], nil
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
		if err := rows.Scan(&p.ID, &p.MemberID, &p.Author, &p.Title, &p.Body, &p.Hidden, &created, &p.Reports); err != nil {
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
	p, err := g.Post(ctx, postID)
	if err == nil && p.Hidden {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	_, err = g.db.ExecContext(ctx, `INSERT INTO reports (post_id, member_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		postID, memberID, g.now().Unix())
	if err != nil {
		return fmt.Errorf("report post: %w", err)
	}
	return nil
}

// SetHidden takes a post off the page, or puts it back, which settles the
// reports. ErrNotFound when it is gone.
func (g *Garden) SetHidden(ctx context.Context, postID string, hidden bool) error {
	return g.changePost(ctx, `UPDATE posts SET hidden = ? WHERE id = ?`, []any{hidden, postID}, func(tx *sql.Tx) error {
		if hidden {
			return nil
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM reports WHERE post_id = ?`, postID)
		return err
	})
}

// Delete removes a post for good. ErrNotFound when it is gone.
func (g *Garden) Delete(ctx context.Context, postID string) error {
	return g.changePost(ctx, `DELETE FROM posts WHERE id = ?`, []any{postID}, func(*sql.Tx) error { return nil })
}

func (g *Garden) changePost(ctx context.Context, query string, args []any, also func(*sql.Tx) error) error {
	err := g.change(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return cmp.Or[error](err, ErrNotFound)
		}
		return also(tx)
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("change post: %w", err)
	}
	return err
}
