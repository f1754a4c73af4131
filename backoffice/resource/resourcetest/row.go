package resourcetest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
)

func rowDuties[T any]() []duty[T] {
	return []duty[T]{
		{"a row is found by its key, with all its fields", found[T]},
		{"a key that no row has is not found, whatever it looks like", notFound[T]},
		{"a call whose context is done returns an error", cancelled[T]},
	}
}

func found[T any](ctx context.Context, s *subject[T]) error {
	for i := range s.rows {
		row, err := s.Data.Get(ctx, s.ID(&s.rows[i]))
		if err != nil {
			return err
		}
		if text := s.differs(&row, &s.rows[i]); text != "" {
			return fmt.Errorf("row %q: %s", s.ID(&s.rows[i]), text)
		}
	}
	return nil
}

func notFound[T any](ctx context.Context, s *subject[T]) error {
	absent := s.row(many)
	for _, id := range []string{
		s.ID(&absent), "", " ", "nobody", "-1", "1.5", "1e3", "0x1", "99999999999999999999999", "9223372036854775807",
		"' OR '1'='1", `"`, "%", "_", "../1", "a/b", "null", "NaN", "\x00", "\xff", "１", "ü", strings.Repeat("9", 5000),
		"00000000-0000-4000-8000-000000000000", "{}", "$1", "?",
	} {
		_, err := s.Data.Get(ctx, id)
		if !errors.Is(err, backoffice.ErrNotFound) {
			return fmt.Errorf("for %.40q the error is %v, and should be backoffice.ErrNotFound", id, err)
		}
	}
	return nil
}

func cancelled[T any](ctx context.Context, s *subject[T]) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	row := s.rows[0]
	calls := map[string]func() error{
		"List": func() error { _, err := s.Data.List(ctx, s.query(s.key.Name, false)); return err },
		"Get":  func() error { _, err := s.Data.Get(ctx, s.ID(&row)); return err },
	}
	if s.Data.Update != nil {
		calls["Update"] = func() error {
			return s.Data.Update(ctx, resource.Change[T]{ID: s.ID(&row), Was: row, Now: row, Fields: s.names()})
		}
	}
	if s.Data.Delete != nil {
		calls["Delete"] = func() error { return s.Data.Delete(ctx, row) }
	}
	for name, call := range calls {
		if err := call(); err == nil || errors.Is(err, backoffice.ErrNotFound) {
			return fmt.Errorf("%s returned %v", name, err)
		}
	}
	return nil
}
