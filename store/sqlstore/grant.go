package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Grant gives a database account what the application needs to run the office, and no
// more: what grants.sql in this folder lists. Call it after [Store.Migrate], with the
// account that owns the tables. All of it happens or none, and it may be repeated. It is
// for PostgreSQL only; on other databases it returns an error.
func (s *Store) Grant(ctx context.Context, account string) error {
	if err := s.grant(ctx, account); err != nil {
		return fmt.Errorf("grant %s what the office needs: %w", account, err)
	}
	return nil
}

func (s *Store) grant(ctx context.Context, account string) error {
	if s.dialect.name != PostgreSQL().String() {
		return fmt.Errorf("not in %s: on MySQL and MariaDB, run what store/sqlstore/grants_mysql.sql lists", s.dialect.name)
	}
	if account == "public" { // which is everybody, quoted or not
		return errors.New("that is every account of the server: name the one that runs the office")
	}
	to := `"` + strings.ReplaceAll(account, `"`, `""`) + `"`
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, g := range grant.FindAllStringSubmatch(grants, -1) {
		tables := strings.ReplaceAll(g[2], DefaultTablePrefix, s.prefix)
		if _, err := tx.ExecContext(ctx, "GRANT "+g[1]+" ON "+tables+" TO "+to); err != nil {
			return err
		}
	}
	return tx.Commit()
}
