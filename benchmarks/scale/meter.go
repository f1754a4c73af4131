package main

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/postern-go/postern/benchmarks/recorder"
	"github.com/postern-go/postern/store/sqlstore"
)

// poolSize is that of sqlstore.Open.
const poolSize = 4

// meter measures what acts cost in one database.
type meter struct {
	engine
	office *office
	sent   *recorder.Recorder
	// plain is a pool that nothing counts.
	plain       *sql.DB
	pool        *sql.DB
	keyed       []*person
	invitations int
	// names are those of the tables, without their prefix.
	names []string
}

// cost is that of one act.
type cost struct {
	// Statements go to the database and come back; Saved is how often it waits for the disk.
	Statements, Saved int
	// Log are the bytes of the log that it waits for, 0 if that is not known. Office and
	// Server are microseconds of a core, in this process and in the server.
	Log, Office, Server float64
	// Rows are those that stay, by table.
	Rows map[string]float64
}

// newMeter sets up an office in a new database.
func newMeter(ctx context.Context, e engine, name string) (*meter, error) {
	m := &meter{engine: e}
	dsn, err := e.create(ctx, name)
	if err != nil {
		return nil, err
	}
	if m.plain, err = sql.Open(e.driver, dsn); err != nil {
		return nil, err
	}
	if m.pool, m.sent, err = recorder.Open(e.driver, dsn); err != nil {
		return nil, err
	}
	m.sent.Unlogged = e.unlogged
	m.pool.SetMaxOpenConns(poolSize)
	m.pool.SetMaxIdleConns(poolSize)
	st, err := e.store(ctx, m.pool, "")
	if err != nil {
		return nil, err
	}
	if m.office, err = newOffice(ctx, st, "community"); err != nil {
		return nil, err
	}
	return m, m.office.setUp(ctx)
}

func (m *meter) close() {
	if m.office != nil {
		m.office.close()
	}
	_ = m.plain.Close()
	_ = m.pool.Close()
}

// costs measures each act, n times.
func (m *meter) costs(ctx context.Context, n int) (map[string]cost, error) {
	all := map[string]cost{}
	for _, a := range m.acts() {
		c, err := m.cost(ctx, a, n)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", m.name, a.name, err)
		}
		all[a.key] = c
	}
	return all, nil
}

// cost measures an act, n times. One time before that is left out, because it prepares
// statements. Everything is prepared first, so that the time of all can be taken at once.
func (m *meter) cost(ctx context.Context, a act, n int) (c cost, err error) {
	for i := range n + 1 {
		if err := a.prepare(ctx, i); err != nil {
			return c, fmt.Errorf("prepare: %w", err)
		}
	}
	if !a.atOnce {
		if err := a.do(ctx, 0); err != nil {
			return c, err
		}
	}
	rowsBefore, err := m.rows(ctx)
	if err != nil {
		return c, err
	}
	before, err := m.work(ctx, m.plain)
	if err != nil {
		return c, err
	}
	m.sent.Take()
	var sent, saved []int
	for i := range n {
		if err := a.do(ctx, i+1); err != nil {
			return c, err
		}
		counted := m.sent.Take()
		sent, saved = append(sent, counted.All), append(saved, counted.Saved)
		if a.atOnce {
			sent[0], saved[0] = sent[0]/(n+1), saved[0]/(n+1)
			n++ // so many were prepared
			break
		}
	}
	after, err := m.work(ctx, m.plain)
	if err != nil {
		return c, err
	}
	rowsAfter, err := m.rows(ctx)
	if err != nil {
		return c, err
	}
	each := func(total float64) float64 { return total / float64(n) }
	c.Statements, c.Saved, c.Rows = middle(sent), middle(saved), map[string]float64{}
	c.Log = each(float64(after.log - before.log))
	c.Office, c.Server = each(micros(after.office-before.office)), each(micros(after.server-before.server))
	for name, rows := range rowsAfter {
		if added := rows - rowsBefore[name]; added > 0 {
			c.Rows[name] = each(float64(added))
		}
	}
	return c, nil
}

// micros are never negative: what has ended no longer counts.
func micros(d time.Duration) float64 { return max(0, float64(d.Nanoseconds())/1000) }

func middle(all []int) int {
	slices.Sort(all)
	return all[len(all)/2]
}

// rows counts those of all tables.
func (m *meter) rows(ctx context.Context) (map[string]int64, error) {
	if m.names == nil {
		found, err := m.tables(ctx, m.plain)
		if err != nil {
			return nil, err
		}
		m.names = slices.Sorted(maps.Keys(found))
	}
	rows := map[string]int64{}
	for _, name := range m.names {
		n, err := number(ctx, m.plain, "SELECT count(*) FROM "+sqlstore.DefaultTablePrefix+name)
		if err != nil {
			return nil, err
		}
		rows[name] = n
	}
	return rows, nil
}
