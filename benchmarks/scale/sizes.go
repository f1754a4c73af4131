package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/postern-go/postern/backoffice"
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
			if err := m.visit(ctx, p, round*len(o.people)+i, s.entries); err != nil {
				return nil, fmt.Errorf("%s, round %d: %w", p.name, round, err)
			}
		}
		if err := o.deliverAll(ctx); err != nil {
			return nil, err
		}
		// Servers do this in the background about once a minute.
		if err := m.calm(ctx, m.plain); err != nil {
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

// visit lets someone sign out, sign in again and do some work. Every second time they get an
// email, and every eighth time somebody else tries a name.
func (m *meter) visit(ctx context.Context, p *person, number, entries int) error {
	o := m.office
	if err := m.again(p); err != nil {
		return err
	}
	if err := p.signOut(); err != nil {
		return err
	}
	if err := p.SignIn(p.name, p.phone); err != nil {
		return err
	}
	for range entries {
		if err := opened(p, "/water"); err != nil {
			return err
		}
	}
	if number%2 == 0 {
		if err := o.CommandLine().SendMessage(ctx, p.email, message); err != nil {
			return err
		}
	}
	if number%8 == 0 {
		return o.tryName(50_000+number, fmt.Sprintf("nobody-%d", number))
	}
	return nil
}

// emptyTables are those of a database in which nothing has happened.
func (m *meter) emptyTables(ctx context.Context) (map[string]table, error) {
	db, _, err := m.open(ctx, "nothing", poolSize)
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
	// ColdOffice and ColdServer are the same where there are more offices than the driver
	// keeps statements for, so that each is parsed and planned anew. They are 0 if that makes
	// no difference.
	ColdOffice, ColdServer float64
}

// idleOffice is what an idle second takes where there are many offices.
func (o emptyOffice) idleOffice() float64 { return max(o.IdleOffice, o.ColdOffice) }

func (o emptyOffice) idleServer() float64 { return max(o.IdleServer, o.ColdServer) }

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
	offices, err := e.fill(ctx, counting, s.offices, &each)
	if err != nil {
		return each, err
	}
	if err := e.calm(ctx, db); err != nil {
		return each, err
	}
	after, err := number(ctx, db, e.whole)
	if err != nil {
		return each, err
	}
	each.KiB = float64(after-before) / 1024 / float64(len(offices))
	if err := e.idle(ctx, db, offices, sent, s.lasts, &each); err != nil || e.cold == "" {
		return each, err
	}
	forgetful, sent, err := recorder.Open(e.driver, dsn+e.cold)
	if err != nil {
		return each, err
	}
	defer func() { _ = forgetful.Close() }()
	forgetful.SetMaxOpenConns(poolSize)
	forgetful.SetMaxIdleConns(poolSize)
	var cold emptyOffice
	if offices, err = e.fill(ctx, forgetful, s.offices, &cold); err != nil {
		return each, err
	}
	err = e.idle(ctx, db, offices, sent, s.lasts, &cold)
	each.ColdOffice, each.ColdServer = cold.IdleOffice, cold.IdleServer
	return each, err
}

// fill opens n offices in a database, and one before that makes what all share.
func (e engine) fill(ctx context.Context, db *sql.DB, n int, each *emptyOffice) (offices []*office, err error) {
	var heap uint64
	for i := range n + 1 {
		began := time.Now()
		tenant := fmt.Sprintf("office%c%c", 'a'+i/26, 'a'+i%26)
		st, err := e.store(ctx, db, tenant+"_")
		if err != nil {
			return nil, err
		}
		migrated := time.Now()
		o, err := newOffice(ctx, st, tenant)
		if err != nil {
			return nil, err
		}
		offices = append(offices, o)
		opened := time.Now()
		page, err := o.browser(i).Get("/login")
		if err != nil || page.Status != http.StatusOK {
			return nil, fmt.Errorf("GET /login: status %d: %w", page.Status, err)
		}
		if i == 0 {
			heap = inUse()
			continue
		}
		each.MigrateMillis += migrated.Sub(began).Seconds() * 1000 / float64(n)
		each.OpenMillis += opened.Sub(migrated).Seconds() * 1000 / float64(n)
	}
	each.HeapKiB = float64(inUse()-heap) / 1024 / float64(n)
	return offices, nil
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// idle measures what offices do while nothing happens, and ends them.
func (e engine) idle(ctx context.Context, db *sql.DB, offices []*office, sent *recorder.Recorder, lasts time.Duration, each *emptyOffice) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer func() {
		for _, o := range offices {
			o.close()
		}
	}()
	// What the server does in the background is subtracted.
	alone, err := e.during(ctx, db, 2*lasts)
	if err != nil {
		return err
	}
	var all backoffice.Offices
	for _, o := range offices {
		if err := all.Add(o.tenant, o.Office); err != nil {
			return err
		}
	}
	var running sync.WaitGroup
	running.Go(func() { _ = all.Run(ctx) })
	// The first round does more, and PostgreSQL plans a statement anew the first five times.
	time.Sleep(3 * lasts)
	sent.Take()
	did, err := e.during(ctx, db, 2*lasts)
	counted := sent.Take()
	stop()
	running.Wait()
	if err != nil {
		return err
	}
	seconds := 2 * lasts.Seconds() * float64(len(offices))
	each.IdleStatements = float64(counted.All) / seconds
	each.IdleOffice = micros(did.office-alone.office) / seconds
	each.IdleServer = micros(did.server-alone.server) / seconds
	return nil
}

// during is what is done in a time.
func (e engine) during(ctx context.Context, db *sql.DB, lasts time.Duration) (work, error) {
	before, err := e.work(ctx, db)
	if err != nil {
		return work{}, err
	}
	time.Sleep(lasts)
	after, err := e.work(ctx, db)
	return work{after.log - before.log, after.office - before.office, after.server - before.server}, err
}
