package sqlstore

import (
	"context"
	"errors"
	"fmt"
)

// back undoes a move that is not complete. The copy is given up first, so that another call
// cannot complete it in the meantime.
func (m *move) back(ctx context.Context) error {
	m.report.Resumed = m.out.phase != ""
	returning, leaving := m.out, m.in
	returning.phase, leaving.phase = phaseReturning, phaseLeaving
	ours := m.to != nil && m.in.id != "" && m.in.id == m.out.id
	switch {
	case m.out.in(phaseMoved):
		return fmt.Errorf("the move is complete: to go back, give the program the new database, and run the command move to this one, with -replace")
	case m.out.in(phaseArriving, phaseSettling, phaseLeaving):
		return &awayError{awayMark: m.out}
	case m.out.phase == "" && m.to != nil && m.in.in(phaseArriving, phaseLeaving):
		// The move had stopped nothing yet, or is undone but for this.
		if m.in.in(phaseArriving) && m.to.aside().vacant(ctx) != nil {
			if err := m.sameOffice(ctx, m.from, m.to.aside()); err != nil {
				return err
			}
		}
		return aim(m.drop(ctx, leaving))
	case m.out.phase == "":
		return errors.New("this office is not being moved")
	case m.out.in(phaseHanding) && !ours:
		return errors.New("the copy may be in use already: name its database with -to; if it is, complete the move")
	case m.to != nil && !ours:
		return aim(errors.New("it has no copy of this office: name the one that it was being moved to"))
	case ours && m.in.in(phaseSettling):
		return errors.New("the copy is in use: complete the move by running it again")
	}
	if ours {
		if err := m.to.change(ctx, leaving, m.in, leaving); err != nil {
			return aim(err)
		}
	}
	if err := m.from.change(ctx, returning, m.out, returning); err != nil {
		return err
	}
	if err := m.from.putBack(ctx, returning, returning); err != nil {
		return err
	}
	if ours {
		return aim(m.drop(ctx, leaving))
	}
	return nil
}

// drop gives up a copy, and drops it.
func (m *move) drop(ctx context.Context, leaving awayMark) error {
	if err := m.to.change(ctx, leaving, m.in, leaving); err != nil {
		return err
	}
	return m.to.drop(ctx, leaving)
}

// drop drops tables that are set aside, and their mark, which must be this one.
func (s *Store) drop(ctx context.Context, m awayMark) error {
	return s.transact(ctx, s.dialect.beginMigration, func(t *tx) error {
		if p, err := t.phaseOf(ctx, m); err != nil || p == "" {
			return errors.Join(err, errOtherMove)
		}
		for _, one := range officeTables {
			if _, err := t.conn.ExecContext(ctx, "DROP TABLE IF EXISTS "+s.aside().prefix+one.name); err != nil {
				return err
			}
		}
		_, err := t.conn.ExecContext(ctx, "DROP TABLE "+s.prefix+"migrations")
		return err
	})
}
