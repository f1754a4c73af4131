package garden

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/mail"
)

// Member is somebody with an account.
type Member struct {
	ID, Name, Email string
	// Company says that they sign in with their company, and have no password
	// here.
	Company bool
	// Plot and Note are for the people who run the garden, and read by the back office alone.
	Plot, Note string
	JoinedAt   time.Time
	password   string
}

const memberColumns = `id, name, email, company_id <> '', joined_at, password`

// Find returns the member with the id, or ErrNotFound.
func (g *Garden) Find(ctx context.Context, id string) (Member, error) {
	return g.member(ctx, `SELECT `+memberColumns+` FROM members WHERE id = ?`, id)
}

// FindByLogin returns the member with this name or e-mail address, or
// ErrNotFound. Capital letters and spaces around do not count. A name holds no
// "@", so at most one member fits.
func (g *Garden) FindByLogin(ctx context.Context, login string) (Member, error) {
	return g.member(ctx, `SELECT `+memberColumns+` FROM members WHERE name_key = ? OR email_key = ?`,
		fold(login), mail.FoldEmailAddress(login))
}

func (g *Garden) member(ctx context.Context, query string, args ...any) (Member, error) {
	m, err := scanMember(g.db.QueryRowContext(ctx, query, args...))
	if err != nil {
		return Member{}, one("find member", err)
	}
	return m, nil
}

func scanMember(row interface{ Scan(...any) error }) (Member, error) {
	var m Member
	var joined int64
	err := row.Scan(&m.ID, &m.Name, &m.Email, &m.Company, &joined, &m.password)
	m.JoinedAt = time.Unix(joined, 0).UTC()
	return m, err
}

// CheckPassword says whether the password is the member's. An unknown member,
// and one without a password, cost as much as any other and get a no.
func (g *Garden) CheckPassword(ctx context.Context, id, password string) (bool, error) {
	m, err := g.Find(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, err
	}
	result, err := g.hasher.Verify(ctx, password, m.password)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return result.Match, nil
}

// SignUpForm is what somebody enters to become a member.
type SignUpForm struct{ Name, Email, Password, Again string }

// SignUp makes a member. An *InvalidError says what to enter differently.
//
// The address is taken as it is. A community that must know whose it is mails
// a link first; see package reset.
func (g *Garden) SignUp(ctx context.Context, f SignUpForm) (Member, error) {
	bad := &InvalidError{}
	m := Member{ID: rand.Text(), Name: strings.Join(strings.Fields(f.Name), " "), JoinedAt: g.now()}
	switch {
	case m.Name == "":
		bad.add("name", "Enter a name.")
	case !utf8.ValidString(m.Name) || strings.ContainsFunc(m.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		bad.add("name", "Use letters, digits, spaces and ordinary punctuation.")
	case strings.Contains(m.Name, "@"):
		bad.add("name", "A name cannot contain “@”.")
	case utf8.RuneCountInString(m.Name) > 64:
		bad.add("name", "Use at most 64 characters.")
	}
	var err error
	m.Email, err = mail.ParseEmailAddress(f.Email)
	if refused, ok := errors.AsType[*mail.AddressError](err); ok {
		bad.add("email", refused.Text)
	}
	g.checkNew(m, f.Password, f.Again, bad)
	if err := bad.err(); err != nil {
		return Member{}, err
	}
	hash, err := g.hasher.Hash(ctx, f.Password)
	if err != nil {
		return Member{}, fmt.Errorf("hash password: %w", err)
	}
	err = g.change(ctx, func(tx *sql.Tx) error {
		if err := taken(ctx, tx, m, bad); err != nil {
			return err
		}
		return insertMember(ctx, tx, m, hash, "")
	})
	if err != nil {
		return Member{}, fmt.Errorf("sign up: %w", err)
	}
	return m, nil
}

// taken refuses a name or an address that somebody has. It runs in the
// transaction that inserts, which keeps every other writer out.
func taken(ctx context.Context, tx *sql.Tx, m Member, bad *InvalidError) error {
	var names, emails int
	const query = `SELECT COUNT(*) FILTER (WHERE name_key = ?), COUNT(*) FILTER (WHERE email_key = ?) FROM members`
	if err := tx.QueryRowContext(ctx, query, fold(m.Name), mail.FoldEmailAddress(m.Email)).Scan(&names, &emails); err != nil {
		return err
	}
	if names > 0 {
		bad.add("name", "Another member has this name. Choose another one.")
	}
	if emails > 0 {
		bad.add("email", "This address has an account already. Sign in instead.")
	}
	return bad.err()
}

func insertMember(ctx context.Context, tx *sql.Tx, m Member, hash, companyID string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO members (id, name, name_key, email, email_key, password, company_id, joined_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, m.Name, fold(m.Name), m.Email, mail.FoldEmailAddress(m.Email), hash, companyID, m.JoinedAt.Unix())
	return err
}

// fold is the form in which names are compared.
func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
