package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/postern-go/postern/benchmarks/recorder"
)

// rowBytes lets everyone sign in, work and sign out again and again, and returns what
// the rows of each table take on the disk, without what an empty table takes.
func (m *meter) rowBytes(ctx context.Context, s size) (map[string]rowBytes, error) {
	empty, err := m.emptyTables(ctx)
	if err != nil {
		return nil, err
	}
	o := m.office
	for len(o.people) < s.people {
		if err := m.enrolled(ctx); err != nil {
			return nil, err
		}
	}
	for round := range s.rounds {
		for i, p := range o.people {
			err := m.again(p)
			if err == nil {
				err = p.signOut()
			}
			if err == nil {
				err = p.SignIn(p.name, p.phone)
			}
			for range s.entries {
				if err == nil {
					err = opened(p, "/water")
				}
			}
			if err == nil && i%8 == round%8 {
				_, err = o.browser(50_000+len(o.people)*round+i).Submit("/login", wrongPassword(fmt.Sprintf("nobody-%d-%d", round, i)), 422)
			}
			if err == nil && i%2 == round%2 {
				err = o.CommandLine().SendMessage(ctx, p.email, message)
			}
			if err != nil {
				return nil, fmt.Errorf("%s, round %d: %w", p.name, round, err)
			}
		}
		for {
			sent, err := o.DeliverMail(ctx)
			if err != nil {
				return nil, err
			}
			if sent == 0 {
				break
			}
		}
		// As a server does by itself every minute or so.
		if _, err := m.plain.ExecContext(ctx, m.settle); err != nil {
			return nil, err
		}
	}
	now, err := m.tables(ctx, m.plain)
	if err != nil {
		return nil, err
	}
	found := map[string]rowBytes{}
	for name, t := range now {
		// One row says nothing about the next.
		if t.rows < int64(len(o.people))/2 {
			continue
		}
		found[name] = rowBytes{float64(t.own-empty[name].own) / float64(t.rows), float64(t.indexes-empty[name].indexes) / float64(t.rows)}
	}
	return found, nil
}

// emptyTables are those of a database in which nothing has happened.
func (m *meter) emptyTables(ctx context.Context) (map[string]table, error) {
	db, _, err := m.open(ctx, "nothing", 1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if _, err := m.store(ctx, db, ""); err != nil {
		return nil, err
	}
	return m.engine.tables(ctx, db)
}

// emptyOffice is what an office costs before anyone uses it, in a process and a database
// with others.
type emptyOffice struct {
	// KiB are on the disk, with what the database keeps about its tables. MigrateMillis is
	// how long it takes to make them, and OpenMillis to open the office.
	KiB, MigrateMillis, OpenMillis float64
	// HeapKiB is what it keeps in memory once a page was shown.
	HeapKiB float64
	// IdleStatements go to the database in a second in which nothing happens, and take
	// IdleOffice and IdleServer microseconds of a core.
	IdleStatements, IdleOffice, IdleServer float64
}

// emptyOffices measures some in one database, by their prefixes, and in this process.
func (e engine) emptyOffices(ctx context.Context, s size) (each emptyOffice, err error) {
	db, dsn, err := e.open(ctx, "offices", poolSize)
	if err != nil {
		return each, err
	}
	defer func() { _ = db.Close() }()
	counting, sent, err := recorder.Open(e.driver, dsn)
	if err != nil {
		return each, err
	}
	defer func() { _ = counting.Close() }()
	counting.SetMaxOpenConns(poolSize)
	counting.SetMaxIdleConns(poolSize)

	before, err := number(ctx, db, e.whole)
	if err != nil {
		return each, err
	}
	var offices []*office
	defer func() {
		for _, o := range offices {
			o.close()
		}
	}()
	var heap uint64
	for i := range s.offices + 1 {
		began := time.Now()
		st, err := e.store(ctx, counting, fmt.Sprintf("office%c%c_", 'a'+i/26, 'a'+i%26))
		if err != nil {
			return each, err
		}
		migrated := time.Now()
		o, err := newOffice(ctx, st)
		if err != nil {
			return each, err
		}
		offices = append(offices, o)
		page, err := o.browser(i).Get("/login")
		if err != nil || page.Status != 200 {
			return each, fmt.Errorf("GET /login: status %d: %w", page.Status, err)
		}
		if i == 0 { // what all share is made with the first
			heap = inUse()
			continue
		}
		each.MigrateMillis += migrated.Sub(began).Seconds() * 1000 / float64(s.offices)
		each.OpenMillis += time.Since(migrated).Seconds() * 1000 / float64(s.offices)
	}
	each.HeapKiB = float64(inUse()-heap) / 1024 / float64(s.offices)
	if _, err := db.ExecContext(ctx, e.settle); err != nil {
		return each, err
	}
	after, err := number(ctx, db, e.whole)
	if err != nil {
		return each, err
	}
	each.KiB = float64(after-before) / 1024 / float64(s.offices+1)
	return each, e.idle(ctx, db, offices, sent, s.lasts, &each)
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// idle measures what offices do while nothing happens.
func (e engine) idle(ctx context.Context, db *sql.DB, offices []*office, sent *recorder.Recorder, lasts time.Duration, each *emptyOffice) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var running sync.WaitGroup
	for _, o := range offices {
		running.Go(func() { _ = o.Run(ctx) })
	}
	time.Sleep(3 * time.Second) // the first round does more
	sent.Take()
	before, err := e.work(ctx, db)
	if err != nil {
		return err
	}
	time.Sleep(2 * lasts)
	after, err := e.work(ctx, db)
	counted := sent.Take()
	stop()
	running.Wait()
	if err != nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	seconds := 2 * lasts.Seconds() * float64(len(offices))
	each.IdleStatements = float64(counted.All) / seconds
	each.IdleOffice = float64((after.office - before.office).Microseconds()) / seconds
	each.IdleServer = float64((after.server - before.server).Microseconds()) / seconds
	return nil
}
