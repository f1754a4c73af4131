package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// An office that is being moved has its tables under other names, on both sides:
// postern_operators is postern_aside_operators. So no process can read or write them, whatever
// it was doing and whatever it remembers, and what was acknowledged before is in them. Why they
// are gone is said by a mark, a row of the table of migrations, which stays where it is.

// asidePart follows the prefix in the names of tables that are set aside.
const asidePart = "aside_"

// markVersion is the version of the row that is a mark. No migration ever has it, so that a
// program that knows no marks takes the database for a newer one, and refuses it.
const markVersion = 1_000_000

// phase is how far a move is, on one side of it.
type phase string

const (
	// In the old database: the office is being copied; it is being handed over, so that the
	// copy may be in use already; it is elsewhere; or it is being put back.
	phaseMoving    phase = "moving"
	phaseHanding   phase = "handing"
	phaseMoved     phase = "moved"
	phaseReturning phase = "returning"
	// In the new database: the copy is being made; is being put in its place; or is being
	// given up.
	phaseArriving phase = "arriving"
	phaseSettling phase = "settling"
	phaseLeaving  phase = "leaving"
)

// awayMark says why tables are set aside.
type awayMark struct {
	phase phase
	// id is of the move, and the same on both sides. other is the kind of the database on the
	// other side.
	id, other string
}

func (m awayMark) String() string { return fmt.Sprintf("%s %s %s", m.phase, m.id, m.other) }

func parseMark(text string) awayMark {
	words := append(strings.Fields(text), "", "", "")
	return awayMark{phase(words[0]), words[1], words[2]}
}

// in reports whether there is a mark, with one of these phases.
func (m awayMark) in(phases ...phase) bool {
	return slices.Contains(phases, m.phase)
}

// awayError is the error of everything that needs tables that are set aside.
type awayError struct {
	awayMark
	cause error
}

// Unwrap has it answered like tables that this program must not use.
func (e *awayError) Unwrap() []error { return []error{store.ErrIncompatible, e.cause} }

func (e *awayError) Error() string {
	switch e.phase {
	case phaseMoved:
		return "the office was moved from this database to another one (" + e.other + "): give this program the data source name of that one"
	case phaseArriving, phaseSettling:
		return "an office is being moved to this database (from " + e.other + "), and is not complete: finish the move with the program that still has the old database"
	case phaseLeaving:
		return "the copy of an office that was being moved to this database (from " + e.other + ") is being dropped: finish that with the command move -undo"
	case phaseReturning:
		return "the office is being taken back from a move: finish that with the command move -undo"
	}
	return "the office is being moved to another database (" + e.other + "): finish that with the command move, or take it back with move -undo"
}

// readable reports whether the rest of the office may be read although it is set aside: by
// what goes on with the move, or undoes it.
func (e *awayError) readable() bool { return e.in(phaseMoving, phaseHanding, phaseReturning) }

// gone explains the error of a query whose tables are missing, by the mark if there is one.
func (s *Store) gone(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	if m, failed := s.mark(ctx); failed == nil && m.phase != "" {
		return &awayError{m, err}
	}
	return err
}

// mark returns the mark of a database, or the zero value if there is none. It does not
// retry: gone calls it from there.
func (s *Store) mark(ctx context.Context) (awayMark, error) {
	home := s
	if s.home != nil {
		home = s.home
	}
	rows, err := home.rows(ctx, selectMark, []any{markVersion})
	if err != nil {
		return awayMark{}, err
	}
	defer func() { _ = rows.Close() }()
	var text string
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			return awayMark{}, err
		}
	}
	return parseMark(text), rows.Err()
}

const selectMark = `SELECT name FROM postern_migrations WHERE version = ?`

// markedBy returns the error of a database that has a mark, by its version.
func markedBy(ctx context.Context, r reader, version int) error {
	if version < markVersion {
		return nil
	}
	text, err := find(ctx, r, value[string], selectMark, markVersion)
	if err != nil {
		return err
	}
	return &awayError{awayMark: parseMark(text)}
}

// isReadable reports whether an error is that of an office that is being moved away.
func isReadable(err error) bool {
	away := (*awayError)(nil)
	return errors.As(err, &away) && away.readable()
}

// hasTable reports whether there is a table, by its full name, without an error that would end
// a transaction.
func (s *Store) hasTable(ctx context.Context, r reader, name string) (bool, error) {
	return exists(ctx, r, s.dialect.hasTable, name)
}

// aside returns a store of the same office over its tables while they are set aside. Nothing
// of an office writes to it.
func (s *Store) aside() *Store {
	if known := s.still.Load(); known != nil {
		return known
	}
	made := newStore(s.db, s.dialect, s.prefix+asidePart)
	made.home = s
	s.still.CompareAndSwap(nil, made)
	return s.still.Load()
}

// orAside reads from the tables, or from where they are set aside if that is readable.
func orAside[T any](s *Store, read func(*Store) (T, error)) (T, error) {
	found, err := read(s)
	if s.home == nil && isReadable(err) {
		return read(s.aside())
	}
	return found, err
}

// setAside marks the database and sets its tables aside, after everything that is being
// committed. It may be called again if it was cut off.
func (s *Store) setAside(ctx context.Context, m awayMark) error {
	return s.transact(ctx, s.dialect.beginMigration, func(t *tx) error {
		was, err := t.phaseOf(ctx, m)
		if err != nil {
			return err
		}
		if was == "" {
			if _, err := t.exec(ctx, `INSERT INTO postern_migrations (version, name) VALUES (?, ?)`, markVersion, m.String()); err != nil {
				return err
			}
		}
		return t.rename(ctx, s.prefix, s.aside().prefix)
	})
}

// stayAside sets the tables aside of a database that has this mark. MySQL keeps the mark although
// the tables could not be renamed. Whoever puts them back changes the mark first, so here it is
// read last.
func (s *Store) stayAside(ctx context.Context, m awayMark) error {
	if s.dialect.name != "mysql" {
		return nil
	}
	return s.transact(ctx, s.dialect.beginMigration, func(t *tx) error {
		there, err := s.hasTable(ctx, t, s.aside().prefix+officeTables[0].name)
		if err != nil || there {
			return err
		}
		if p, err := t.phaseOf(ctx, m); err != nil || p == "" {
			return errors.Join(err, errOtherMove)
		}
		return t.rename(ctx, s.prefix, s.aside().prefix)
	})
}

// putBack puts tables that are set aside back in their places and takes the mark away, if the
// mark is one of these two of a move: the second only while the first is being undone.
func (s *Store) putBack(ctx context.Context, from, through awayMark) error {
	return s.transact(ctx, s.dialect.beginMigration, func(t *tx) error {
		if err := t.remark(ctx, through, from, through); err != nil {
			return err
		}
		if err := t.rename(ctx, s.aside().prefix, s.prefix); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM postern_migrations WHERE version = ? AND name = ?`, markVersion, through.String())
		return err
	})
}

var errOtherMove = errors.New("another move of this office is under way, or has ended in the meantime")

// phaseOf returns the phase that the database is in, which must be that of a mark, or none.
func (t *tx) phaseOf(ctx context.Context, m awayMark) (phase, error) {
	is, err := list(ctx, t, value[string], selectMark, markVersion)
	switch {
	case err != nil || len(is) == 0:
		return "", err
	case is[0] != m.String():
		return "", errOtherMove
	}
	return m.phase, nil
}

// remark replaces a mark, which must be one of some.
func (t *tx) remark(ctx context.Context, to awayMark, from ...awayMark) error {
	for _, m := range from {
		if m == to {
			if p, err := t.phaseOf(ctx, to); err == nil && p != "" {
				return nil
			}
			continue
		}
		n, err := t.exec(ctx, `UPDATE postern_migrations SET name = ? WHERE version = ? AND name = ?`, to.String(), markVersion, m.String())
		if err != nil || n == 1 {
			return err
		}
	}
	return errOtherMove
}

// change replaces the mark of a move, which must be one of some.
func (s *Store) change(ctx context.Context, to awayMark, from ...awayMark) error {
	return s.transact(ctx, s.dialect.begin, func(t *tx) error { return t.remark(ctx, to, from...) })
}

// rename renames all tables, if they are not renamed already.
func (t *tx) rename(ctx context.Context, from, to string) error {
	s := t.store
	there, err := s.hasTable(ctx, t, to+officeTables[0].name)
	if err != nil || there {
		return err
	}
	return s.dialect.rename(ctx, t, from, to)
}
