package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/postern-go/postern/benchmarks/visitor"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/populate"
)

func growthOnSQLite(ctx context.Context, b *bench) (measurement, error) {
	return growth(ctx, b, b.filledSQLite)
}

func growthOnPostgreSQL(ctx context.Context, b *bench) (measurement, error) {
	return growth(ctx, b, b.filledPostgreSQL)
}

// filled is an office of a size.
type filled struct {
	populate.Size
	*office
	store store.Store
	db    *sql.DB
}

// filledSQLite returns a file with an office of a size, in which Ada is signed in.
func (b *bench) filledSQLite(ctx context.Context, n populate.Size) (database, error) {
	if d, ok := b.filled[n]; ok {
		return d, nil
	}
	d := b.sqlite()
	if err := d.migrate(ctx); err != nil {
		return d, err
	}
	// Fast, because a crash may lose everything; Migrate refuses that.
	quick := d.with("journal_mode(OFF)", "synchronous(OFF)", "cache_size(-500000)", "locking_mode(EXCLUSIVE)")
	db, err := sql.Open(quick.driver, quick.dsn)
	if err != nil {
		return d, err
	}
	db.SetMaxOpenConns(1)
	st, err := sqlstore.New(db, quick.dialect, sqlstore.Config{})
	if err == nil {
		err = populate.Fill(ctx, st, n)
	}
	// Ada is set up elsewhere: events of today would not be in the order of time with
	// those that are made up.
	if err == nil && b.ada == nil {
		b.memory = memstore.New()
		b.ada, err = b.openOffice(ctx, b.memory)
	}
	if err == nil {
		err = move(ctx, b.memory, st, "ada")
	}
	if b.filled == nil {
		b.filled = map[populate.Size]database{}
	}
	b.filled[n] = d
	return d, errors.Join(err, db.Close())
}

// filledPostgreSQL returns a copy of the same, because a million events go into
// PostgreSQL one by one otherwise.
func (b *bench) filledPostgreSQL(ctx context.Context, n populate.Size) (database, error) {
	from, err := b.filledSQLite(ctx, n)
	if err != nil {
		return from, err
	}
	to, err := b.postgreSQL(ctx)
	if err != nil {
		return to, err
	}
	if err := to.migrate(ctx); err != nil {
		return to, err
	}
	db, err := sql.Open(to.driver, to.dsn)
	if err != nil {
		return to, err
	}
	defer func() { _ = db.Close() }()
	if err := copyTables(ctx, from, to); err != nil {
		return to, err
	}
	_, err = db.ExecContext(ctx, "VACUUM ANALYZE") // as autovacuum would, a little later
	return to, err
}

// openFilled opens an office that is filled, for Ada, who is signed in.
func (b *bench) openFilled(ctx context.Context, d database, n populate.Size) (f filled, err error) {
	f.Size = n
	if f.db, err = sql.Open(d.driver, d.dsn); err != nil {
		return f, err
	}
	f.db.SetMaxIdleConns(4)
	if f.store, err = d.store(ctx, f.db); err != nil {
		return f, err
	}
	if f.office, err = b.newOffice(ctx, f.store); err != nil {
		return f, err
	}
	ada := *b.ada.ada
	ada.Through, f.ada = visitor.Into(f.handler), &ada
	return f, nil
}

// move copies an operator with their session from one store to another.
func move(ctx context.Context, from, to store.Store, login string) error {
	o, err := from.FindOperatorByLogin(ctx, login)
	if err != nil {
		return err
	}
	sessions, err := from.ListSessions(ctx, o.ID)
	if err != nil {
		return err
	}
	factors, err := from.ListFactors(ctx, o.ID)
	if err != nil {
		return err
	}
	codes, err := from.FindRecoverySet(ctx, o.ID)
	if err != nil {
		return err
	}
	parameters, err := from.LoadParameters(ctx)
	if err != nil {
		return err
	}
	o.Version, parameters.Revision = 0, 0
	writes := []store.Write{store.PutOperator{Operator: o}, store.PutRecoverySet{Set: codes}, store.PutParameters{Parameters: parameters}}
	for _, s := range sessions {
		writes = append(writes, store.PutSession{Session: s})
	}
	for _, f := range factors {
		writes = append(writes, store.PutFactor{Factor: f})
	}
	return to.Commit(ctx, writes...)
}

// growth compares pages of a big office with those of a small one, read by read in
// turns: the pages themselves, and the reads behind every filter of every list. What
// counts is the ratio of the lower quartiles, which others on the machine disturb
// least.
func growth(ctx context.Context, b *bench, fill func(context.Context, populate.Size) (database, error)) (measurement, error) {
	var offices []filled
	began := time.Now()
	for _, n := range []populate.Size{{Operators: 1000, Events: 1000, Mails: 1000}, {Operators: 10_000, Events: b.events, Mails: b.events * 3 / 10}} {
		d, err := fill(ctx, n)
		if err != nil {
			return measurement{}, err
		}
		f, err := b.openFilled(ctx, d, n)
		if f.db != nil {
			defer func() { _ = f.db.Close() }()
		}
		if err != nil {
			return measurement{}, err
		}
		offices = append(offices, f)
	}
	m := measurement{beside: []string{fmt.Sprintf("filled in %s", time.Since(began).Round(time.Second))}}
	worst, where, count := 0.0, "", 0
	compare := func(name string, read func(f filled) (int, error)) error {
		small, big, err := grown(ctx, offices, read)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		times := big / small
		if count++; times > worst {
			worst, where = times, name
		}
		if times > wantedGrowth {
			m.beside = append(m.beside, fmt.Sprintf("%s: %.2f times, %s", name, times, short(time.Duration(big))))
		}
		return nil
	}
	for _, path := range []string{"/", "/operators", "/roles", "/parameters", "/parameters/history/session.idle", "/audit", "/mail"} {
		err := compare("the page "+path, func(f filled) (int, error) {
			page, err := f.ada.Get(path)
			if err == nil && page.Status != http.StatusOK {
				err = fmt.Errorf("status %d", page.Status)
			}
			return 1, err
		})
		if err != nil {
			return m, err
		}
	}
	for _, r := range populate.Reads() {
		if err := compare(r.Name, func(f filled) (int, error) { return r.Of(f.Size)(ctx, f.store) }); err != nil {
			return m, err
		}
	}
	m.got, m.met = fmt.Sprintf("at most %.2f times", worst), worst <= wantedGrowth
	m.beside = append(m.beside, fmt.Sprintf("the worst of %d is %s", count, where))
	return m, nil
}

// grown is how long a read takes in each office, in nanoseconds.
func grown(ctx context.Context, offices []filled, read func(filled) (int, error)) (small, big float64, err error) {
	const turns = 36 // three of the pages are lists, of which one may see 120 a minute
	took := make([][]float64, len(offices))
	for turn := range turns {
		rows := make([]int, len(offices))
		for i, f := range offices {
			start := time.Now()
			n, err := read(f)
			if err = errors.Join(err, ctx.Err()); err != nil {
				return 0, 0, err
			}
			rows[i] = n
			if turn > 0 { // so that no office always reads first
				took[i] = append(took[i], float64(time.Since(start)))
			}
		}
		// Those that end before they are full differ a little.
		if max(rows[0], rows[1])-min(rows[0], rows[1]) > max(rows[0], rows[1])/5 {
			return 0, 0, fmt.Errorf("%d rows against %d: no comparison", rows[1], rows[0])
		}
	}
	for _, t := range took {
		slices.Sort(t)
	}
	return took[0][len(took[0])/4], took[1][len(took[1])/4], nil
}
