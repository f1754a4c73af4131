package guide

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/password"
)

// begin directory

// Directory answers the office's questions about members, who stay in the
// community's own table.
type Directory struct {
	DB     *sql.DB
	Hasher *password.Hasher // password.NewHasher makes one for the whole program
}

var _ backoffice.Members = Directory{}

// FindMember finds a member who may sign in.
func (d Directory) FindMember(ctx context.Context, id string) (backoffice.Member, error) {
	return d.find(ctx, `SELECT id, name, email FROM members WHERE id = $1 AND NOT banned`, number(id))
}

// FindMemberByLogin finds the member that the community's sign-in form would.
func (d Directory) FindMemberByLogin(ctx context.Context, login string) (backoffice.Member, error) {
	return d.find(ctx, `SELECT id, name, email FROM members WHERE email = $1 AND NOT banned`, strings.ToLower(login))
}

func (d Directory) find(ctx context.Context, query string, key any) (backoffice.Member, error) {
	var m backoffice.Member // Scan writes the integer as text
	err := d.DB.QueryRowContext(ctx, query, key).Scan(&m.ID, &m.Name, &m.Email)
	if errors.Is(err, sql.ErrNoRows) {
		return backoffice.Member{}, backoffice.ErrNoMember
	}
	if err != nil {
		return backoffice.Member{}, fmt.Errorf("find member: %w", err)
	}
	return m, nil
}

// CheckMemberPassword always computes one slow hash: if there is no such member
// or no password, Verify hashes all the same and reports no match.
func (d Directory) CheckMemberPassword(ctx context.Context, id, plain string) (bool, error) {
	var hash string
	err := d.DB.QueryRowContext(ctx, `SELECT password FROM members WHERE id = $1`, number(id)).Scan(&hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("check member password: %w", err)
	}
	result, err := d.Hasher.Verify(ctx, plain, hash)
	if err != nil {
		return false, fmt.Errorf("check member password: %w", err)
	}
	return result.Match, nil
}

// number returns an id for a column of integers, and for anything else, such as the
// empty id, one that no member has. An id has one spelling: "007" is not 7.
func number(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != id {
		return 0
	}
	return n
}

// end directory

// begin search members
var _ backoffice.MemberSearcher = Directory{}

// SearchMembers finds members by a part of their name or email address. A page begins behind
// the last member of the one before.
func (d Directory) SearchMembers(ctx context.Context, query, after string, limit int) (found []backoffice.Member, next string, err error) {
	rows, err := d.DB.QueryContext(ctx, `SELECT id, name, email FROM members WHERE id > $1 AND NOT banned
		AND strpos(lower(name || ' ' || email), lower($2)) > 0 ORDER BY id LIMIT $3`, number(after), query, limit+1)
	if err != nil {
		return nil, "", fmt.Errorf("search members: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m backoffice.Member
		if err := rows.Scan(&m.ID, &m.Name, &m.Email); err != nil {
			return nil, "", fmt.Errorf("search members: %w", err)
		}
		found = append(found, m)
	}
	if len(found) > limit { // there is another page
		found = found[:limit]
		next = found[limit-1].ID
	}
	return found, next, rows.Err()
}

// end search members
