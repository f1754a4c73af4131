package sqlstore

import (
	"context"
	"fmt"
	"strings"
)

// Grant gives a database account what the application needs to run the office, and no
// more: what grants.sql in this folder lists, or grants_mysql.sql. Call it after
// [Store.Migrate], with the account that owns the tables or, in MySQL and MariaDB, one that
// may grant. It may be repeated. The account must be there.
//
// In PostgreSQL all of it happens or none. In MySQL and MariaDB, where each GRANT commits by
// itself, one that fails leaves those before it. There an account is "user" for any host, or
// "user@host", with or without quotes around each; what follows the last @ is the host.
// SQLite has no accounts: an error.
func (s *Store) Grant(ctx context.Context, account string) error {
	if err := s.grant(ctx, account); err != nil {
		return fmt.Errorf("grant %s what the office needs: %w", account, err)
	}
	return nil
}

func (s *Store) grant(ctx context.Context, account string) error {
	switch s.dialect.name {
	case PostgreSQL().String():
		to := `"` + strings.ReplaceAll(account, `"`, `""`) + `"`
		tx, err := s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		for _, statement := range s.grants(grants, to) {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return tx.Commit()
	case MySQL().String():
		to, err := accountOfMySQL(account)
		if err != nil {
			return err
		}
		for _, statement := range s.grants(grantsMySQL, to) {
			// MariaDB, unless told not to, makes an account without a password.
			_, err := s.db.ExecContext(ctx, "/*M! SET STATEMENT sql_mode = 'NO_AUTO_CREATE_USER' FOR */ "+statement)
			switch numberOf(err) {
			case 1133, 1410: // no matching row in the user table; not allowed to create a user
				return fmt.Errorf("there is no such account, for this host: create it first: %w", s.dialect.hush(err))
			}
			if err != nil {
				return s.dialect.hush(err)
			}
		}
		return nil
	}
	return fmt.Errorf("%s has no such privileges, or none that are known here", s.dialect.name)
}

// grants returns the statements of a file, for the tables of this store.
func (s *Store) grants(file, to string) (statements []string) {
	for _, g := range grant.FindAllStringSubmatch(file, -1) {
		statements = append(statements, "GRANT "+g[1]+" ON "+strings.ReplaceAll(g[2], DefaultTablePrefix, s.prefix)+" TO "+to)
	}
	return statements
}

// accountOfMySQL quotes an account with backticks, as no sql_mode changes what these mean.
func accountOfMySQL(account string) (quoted string, err error) {
	parts := []string{account}
	if at := strings.LastIndex(account, "@"); at >= 0 {
		parts = []string{account[:at], account[at+1:]}
	}
	for i, part := range parts {
		for _, mark := range []string{"'", "`", `"`} {
			if inner, found := strings.CutPrefix(part, mark); found {
				if inner, found = strings.CutSuffix(inner, mark); found {
					part = strings.ReplaceAll(inner, mark+mark, mark)
					break
				}
			}
		}
		if part == "" || strings.ContainsRune(part, 0) {
			return "", fmt.Errorf("%q is not an account: write user or user@host", account)
		}
		if len(parts) == 1 && strings.EqualFold(part, "public") { // a role of MariaDB, quoted or not
			return "", fmt.Errorf("%q is every account of the server: name the one that runs the office", account)
		}
		parts[i] = "`" + strings.ReplaceAll(part, "`", "``") + "`"
	}
	return strings.Join(parts, "@"), nil
}
