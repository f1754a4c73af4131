package sqlstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/postern-go/postern/store"
)

var _ store.Movable = (*Store)(nil)

// move is a call of Move.
type move struct {
	store.Move
	from, to *Store
	// out and in are the marks of the two databases when the call began.
	out, in awayMark
	report  store.Moved
}

// Move implements [store.Movable]. It moves between all databases that this package has a dialect
// for, in any direction, and to any table prefix. The account must own the tables of both.
//
// A move sets the tables of the old database aside, by a mark and other names, so that nothing can
// use them any more: see docs/moving.md and decision 066.
func (s *Store) Move(ctx context.Context, how store.Move) (store.Moved, error) {
	m := move{Move: how, from: s}
	if m.Progress == nil {
		m.Progress = func(store.MoveProgress) {}
	}
	if m.Verify == nil {
		m.Verify = func(context.Context, store.Store) error { return nil }
	}
	m.report.From = s.dialect.name
	err := m.run(ctx)
	m.report.Stopped = m.out.in(phaseMoving, phaseHanding, phaseReturning) && err != nil
	m.report.Left = s.aside().prefix
	if m.to != nil {
		err = m.to.hushed(err)
	}
	return m.report, s.hushed(s.wrap("move", err))
}

func (m *move) run(ctx context.Context) error {
	if m.To != nil {
		to, ok := m.To.(*Store)
		if !ok {
			return fmt.Errorf("an office moves between SQL databases, not to a %T", m.To)
		}
		m.to, m.report.To = to, to.dialect.name
		if to.prefix == m.from.aside().prefix || m.from.prefix == to.aside().prefix {
			return fmt.Errorf("tables that a move sets aside would have the names of others: choose another table prefix than %s", to.prefix)
		}
		if err := to.reachable(ctx); err != nil {
			return aim(err)
		}
	}
	if err := m.readMarks(ctx); err != nil {
		return err
	}
	if m.Way == store.MoveBack {
		return m.back(ctx)
	}
	if m.to == nil {
		return errors.New("no store to move to")
	}
	if m.Way == store.MoveTry {
		return m.try(ctx)
	}
	return m.all(ctx)
}

// aim says that an error is of the database to move to.
func aim(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the database to move to: %w", err)
}

// reachable returns why a database cannot take an office.
func (s *Store) reachable(ctx context.Context) error {
	if _, err := list(ctx, s, value[string], s.dialect.probe); err != nil {
		return s.mended(fmt.Errorf("it cannot be reached, or is not %s: %w", s.dialect.name, err))
	}
	if s.dialect.name == "sqlite" {
		file, err := find(ctx, s, value[string], "SELECT COALESCE(file, '') FROM pragma_database_list WHERE name = 'main'")
		if err == nil && file == "" {
			err = errors.New("it is in memory, and would be lost: name a file")
		}
		if err != nil {
			return err
		}
	}
	return s.checkSettings(ctx)
}

func (m *move) readMarks(ctx context.Context) (err error) {
	if m.out, err = m.from.markOrNone(ctx); err != nil {
		return err
	}
	if m.to != nil {
		m.in, err = m.to.markOrNone(ctx)
	}
	return aim(err)
}

// markOrNone returns the mark of a database that may have no tables at all.
func (s *Store) markOrNone(ctx context.Context) (awayMark, error) {
	there, err := s.hasTable(ctx, s, s.prefix+"migrations")
	if err != nil || !there {
		return awayMark{}, err
	}
	found, err := list(ctx, s, value[string], selectMark, markVersion)
	if err != nil || len(found) == 0 {
		return awayMark{}, err
	}
	return parseMark(found[0]), nil
}

// where is the store that has the office at present.
func (m *move) where() *Store {
	if m.out.phase == "" {
		return m.from
	}
	return m.from.aside()
}

// begin checks that a move of the office to this target can begin, or go on.
func (m *move) begin(ctx context.Context) error {
	m.report.Resumed = m.out.phase != ""
	same := m.in.id == m.out.id
	switch {
	case m.out.in(phaseReturning):
		return errors.New("this office is being taken back from a move: finish that with move -undo")
	case m.out.in(phaseMoved, phaseArriving, phaseSettling):
		return &awayError{awayMark: m.out}
	case m.out.in(phaseMoving) && (!same || !m.in.in(phaseArriving)),
		m.out.in(phaseHanding) && !same && m.in.phase != "":
		return errors.New("this office is being moved to another database than this: finish that with its data source name, or take it back with move -undo")
	}
	err := m.from.checkKnown(ctx)
	if err == nil && !m.report.Resumed {
		err = m.from.checkOwner(ctx)
	}
	if err != nil {
		return fmt.Errorf("the database to move from: %w", err)
	}
	if m.report.Resumed {
		return nil
	}
	return aim(m.checkTarget(ctx))
}

// checkTarget checks that a database is free for an office that is not being moved yet.
func (m *move) checkTarget(ctx context.Context) error {
	to := m.to
	switch {
	case m.in.in(phaseMoved) && m.Replace:
		return nil // it is dropped
	case m.in.in(phaseMoved):
		return fmt.Errorf("it still has the tables of an office that was moved away, %s* and %smigrations: drop them with -replace, or choose another table prefix", to.aside().prefix, to.prefix)
	case m.in.in(phaseArriving):
		// The call that made it ended before it stopped anything here.
		if to.aside().vacant(ctx) != nil {
			return errors.New("it has an unfinished copy of an office: if it is of this one, drop it with -undo; otherwise choose another database or table prefix")
		}
		return nil
	case m.in.phase != "":
		return &awayError{awayMark: m.in}
	}
	left := to.aside().prefix + officeTables[0].name
	switch there, err := to.hasTable(ctx, to, left); {
	case err != nil:
		return err
	case there:
		return fmt.Errorf("it has a table %s without saying why: drop it and those whose names begin in the same way", left)
	}
	if there, err := to.hasTable(ctx, to, to.prefix+officeTables[0].name); err != nil || !there {
		return err
	}
	return to.vacant(ctx)
}

// vacant returns an error if there is an office in the tables.
func (s *Store) vacant(ctx context.Context) error {
	for _, t := range officeTables {
		query := `SELECT '` + t.name + `' FROM ` + t.full()
		switch t.name {
		case "guards":
			continue
		case "parameters":
			query += ` WHERE revision <> 0`
		case "event_head":
			query += ` WHERE seq <> 0 OR purged_seq <> 0`
		}
		// A migration may have been cut off.
		if there, err := s.hasTable(ctx, s, s.prefix+t.name); err != nil || !there {
			if err != nil {
				return err
			}
			continue
		}
		there, err := exists(ctx, s, query+` LIMIT 1`)
		if err != nil {
			return err
		}
		if there {
			return fmt.Errorf("it holds an office already: %s%s is not empty; choose an empty database or another table prefix", s.prefix, t.name)
		}
	}
	return nil
}

// try reports all that would stop a move.
func (m *move) try(ctx context.Context) error {
	err := m.begin(ctx)
	if ctx.Err() != nil || m.out.phase != "" && !isReadable(&awayError{awayMark: m.out}) {
		return err
	}
	return errors.Join(err, m.examine(ctx))
}

// examine verifies the audit log and reads everything, and reports all that cannot move.
func (m *move) examine(ctx context.Context) error {
	m.Progress(store.MoveProgress{Step: store.MoveVerify})
	wrong := []error{m.Verify(ctx, m.where())}
	m.Progress(store.MoveProgress{Step: store.MoveRead})
	limits, err := m.to.dialect.limits()
	wrong = append(wrong, err)
	for _, t := range officeTables {
		rows, err := m.read(ctx, t, limits)
		if ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		wrong = append(wrong, err)
		m.report.Tables = append(m.report.Tables, store.MovedTable{Name: t.name, Rows: rows})
	}
	return errors.Join(wrong...)
}

// all moves everything.
func (m *move) all(ctx context.Context) error {
	if err := m.begin(ctx); err != nil {
		return err
	}
	if !m.out.in(phaseHanding) {
		if err := m.copy(ctx); err != nil {
			return err
		}
	}
	return m.hand(ctx)
}

// copy stops the office, copies it, and compares the copies.
func (m *move) copy(ctx context.Context) error {
	if m.out.phase == "" {
		// Before anything stops.
		if err := m.examine(ctx); err != nil {
			return err
		}
		m.Progress(store.MoveProgress{Step: store.MoveStop})
		if err := m.stop(ctx); err != nil {
			return err
		}
	} else if err := errors.Join(aim(m.to.stayAside(ctx, m.in)), m.from.stayAside(ctx, m.out)); err != nil {
		return owned(err)
	}
	here, there := m.from.aside(), m.to.aside()
	for _, t := range officeTables {
		if err := m.copyTable(ctx, t, here, there); err != nil {
			return fmt.Errorf("copy %s: %w", t.name, err)
		}
	}
	m.report.Tables = nil
	for _, t := range officeTables {
		rows, err := m.compareTable(ctx, t, here, there)
		if err != nil {
			return fmt.Errorf("compare %s: %w", t.name, err)
		}
		m.report.Tables = append(m.report.Tables, store.MovedTable{Name: t.name, Rows: rows})
	}
	m.Progress(store.MoveProgress{Step: store.MoveVerify})
	return aim(m.Verify(ctx, there))
}

// stop makes the new tables and sets both sides aside: first those, so that a call that ends in
// between has stopped nothing.
func (m *move) stop(ctx context.Context) error {
	if m.in.in(phaseMoved) {
		if err := m.to.drop(ctx, m.in); err != nil {
			return aim(err)
		}
		m.in = awayMark{}
	}
	if m.in.phase == "" {
		if err := m.to.Migrate(ctx); err != nil {
			return aim(err)
		}
		m.in = awayMark{phaseArriving, strings.ToLower(rand.Text()), m.report.From}
		if err := m.to.setAside(ctx, m.in); err != nil {
			return aim(owned(err))
		}
	} else if err := m.to.stayAside(ctx, m.in); err != nil {
		return aim(owned(err))
	}
	// Nobody can write there from now on; someone may have until now.
	if err := m.to.aside().vacant(ctx); err != nil {
		settling := m.in
		settling.phase = phaseSettling
		return aim(errors.Join(err, m.to.putBack(ctx, m.in, settling)))
	}
	out := awayMark{phaseMoving, m.in.id, m.report.To}
	if err := m.from.setAside(ctx, out); err != nil {
		return fmt.Errorf("stop the office: %w", owned(err))
	}
	m.out = out
	return nil
}

// owned says what to do if an account may not rename the tables.
func owned(err error) error {
	if stateOf(err) == "42501" || numberOf(err) == 1142 { // insufficient privilege
		return fmt.Errorf("%w; run the move with the account that owns the tables, which is the one that migrates", err)
	}
	return err
}

// hand hands the office over. The old database is given up before the copy can be used, and says
// that it is elsewhere once the copy can.
func (m *move) hand(ctx context.Context) error {
	m.Progress(store.MoveProgress{Step: store.MoveSwitch})
	moving, handing, moved := m.out, m.out, m.out
	moving.phase, handing.phase, moved.phase = phaseMoving, phaseHanding, phaseMoved
	if err := m.from.change(ctx, handing, moving, handing); err != nil {
		return err
	}
	if m.in.phase == "" {
		if err := m.sameOffice(ctx, m.from.aside(), m.to); err != nil {
			return err
		}
	} else {
		arriving, settling := m.in, m.in
		arriving.phase, settling.phase = phaseArriving, phaseSettling
		if err := m.to.putBack(ctx, arriving, settling); err != nil {
			return aim(err)
		}
	}
	return m.from.change(ctx, moved, handing)
}

// sameOffice checks that a copy is of the office that is being moved.
func (m *move) sameOffice(ctx context.Context, from, to *Store) error {
	const query = `SELECT office FROM postern_parameters WHERE id = 1 AND revision > 0`
	ours, err := find(ctx, from, value[string], query)
	if err != nil {
		return err
	}
	theirs, err := list(ctx, to, value[string], query)
	if err == nil && (len(theirs) == 0 || theirs[0] != ours) {
		err = errors.New("it has another office than the one that is being moved")
	}
	return aim(err)
}
