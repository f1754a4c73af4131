package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postern-go/postern/benchmarks/recorder"
	"github.com/postern-go/postern/benchmarks/visitor"
	"github.com/postern-go/postern/store"
)

// limits are how many statements each act may take: on PostgreSQL, and on SQLite.
var limits = map[string][2]int{
	"sign-in":    {wantedSignInPostgreSQL, wantedSignInSQLite},
	"forgot":     {wantedForgot, wantedForgot},
	"reset":      {wantedReset, wantedReset},
	"home":       {wantedHome, wantedHome},
	"roles":      {wantedRoles, wantedRoles},
	"parameters": {wantedSave, wantedSave},
}

// statementsOf compares the statements of an act with its limit. SQLite runs in the
// process, so only its sign-in has a limit of its own; the other acts are held to
// PostgreSQL's on PostgreSQL, and are shown for SQLite.
func statementsOf(act string) func(context.Context, *bench) (measurement, error) {
	return func(ctx context.Context, b *bench) (measurement, error) {
		if b.counted == nil {
			counted, err := b.countAll(ctx)
			if err != nil {
				return measurement{}, err
			}
			b.counted = counted
		}
		p, s := b.counted["PostgreSQL "+act], b.counted["SQLite "+act]
		m := measurement{got: fmt.Sprintf("PostgreSQL %d, SQLite %d", p.All, s.All), met: p.All <= limits[act][0]}
		if act == "sign-in" {
			m.met = m.met && s.All <= limits[act][1] && p.Commits == 2 && s.Commits == 2
			m.got += fmt.Sprintf("; commits %d and %d", p.Commits, s.Commits)
		}
		if !m.met && b.verbose {
			m.beside = p.Sent
		}
		return m, nil
	}
}

// countAll does every act on both databases, once to warm up where that matters.
func (b *bench) countAll(ctx context.Context) (map[string]recorder.Counts, error) {
	all := map[string]recorder.Counts{}
	p, err := b.postgreSQL(ctx)
	if err != nil {
		return nil, err
	}
	for name, d := range map[string]database{"PostgreSQL": p, "SQLite": b.sqlite()} {
		db, r, err := recorder.Open(d.driver, d.dsn)
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(4)
		err = b.countActs(ctx, d, db, r, func(act string, c recorder.Counts) { all[name+" "+act] = c })
		_ = db.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
}

func (b *bench) countActs(ctx context.Context, d database, db *sql.DB, r *recorder.Recorder, note func(string, recorder.Counts)) error {
	st, err := d.store(ctx, db)
	if err != nil {
		return err
	}
	o, err := b.openOffice(ctx, st)
	if err != nil {
		return err
	}
	for i := range 3 { // so that a page that reads every role separately exceeds its limit
		name := fmt.Sprintf("role%d", i)
		role := store.Role{ID: name, Name: name, NameKey: name, Permissions: []string{"page.view"}}
		if err := st.Commit(ctx, store.PutRole{Role: role}); err != nil {
			return err
		}
	}
	// forget makes the current codes work again.
	forget := func() error {
		o.phone.Forget()
		_, err := db.ExecContext(ctx, "UPDATE postern_factors SET step = 0")
		return err
	}
	for act, path := range map[string]string{"home": "/", "roles": "/roles"} {
		for range 2 { // the second time, caches are warm
			r.Take()
			page, err := o.ada.Get(path)
			if err != nil || page.Status != http.StatusOK {
				return fmt.Errorf("GET %s: status %d: %w", path, page.Status, err)
			}
			note(act, r.Take())
		}
	}
	if err := o.save(r, note); err != nil {
		return err
	}
	for range 2 {
		if err := forget(); err != nil {
			return err
		}
		if err := o.signIn(r, note); err != nil {
			return err
		}
	}
	// post counts the statements of one form, posted without a session.
	post := func(act, path string, fields url.Values, status int) error {
		v := o.visitor()
		page, err := v.Get(path)
		if err != nil {
			return err
		}
		r.Take()
		page, err = v.Post(page, path, fields)
		note(act, r.Take())
		if err == nil && page.Status != status {
			err = fmt.Errorf("POST %s: status %d", path, page.Status)
		}
		return err
	}
	if err := post("forgot", "/forgot", url.Values{"email": {"Ada@community.example"}}, http.StatusOK); err != nil {
		return err
	}
	if err := forget(); err != nil {
		return err
	}
	link, _, err := o.CommandLine().CreateResetLink(ctx, "Ada")
	if err != nil {
		return err
	}
	_, token, _ := strings.Cut(link, "#")
	code, _ := o.phone.Code(time.Now())
	const other = "harbour-lantern-17-moss"
	return post("reset", "/reset", url.Values{"token": {token}, "password": {other}, "password_again": {other}, "code": {code}}, http.StatusSeeOther)
}

// save counts the post that saves a parameter, after the page that shows the change.
func (o *office) save(r *recorder.Recorder, note func(string, recorder.Counts)) error {
	page, err := o.ada.Submit("/parameters/look", url.Values{"office.name": {"Measured"}}, http.StatusOK)
	if err != nil {
		return err
	}
	r.Take()
	page, err = o.ada.Post(page, "/parameters/look", nil)
	note("parameters", r.Take())
	if err == nil && page.Status != http.StatusSeeOther {
		err = fmt.Errorf("save parameters: status %d", page.Status)
	}
	return err
}

// signIn counts the two posts of a sign-in.
func (o *office) signIn(r *recorder.Recorder, note func(string, recorder.Counts)) error {
	v := o.visitor()
	page, err := v.Get("/login")
	if err != nil {
		return err
	}
	r.Take()
	if _, err = v.Post(page, "/login", url.Values{"login": {"Ada"}, "password": {visitor.Password}}); err != nil {
		return err
	}
	first := r.Take()
	if page, err = v.Get("/login/code"); err != nil {
		return err
	}
	code, _ := o.phone.Code(time.Now())
	r.Take()
	page, err = v.Post(page, "/login/code", url.Values{"code": {code}})
	second := r.Take()
	note("sign-in", recorder.Counts{All: first.All + second.All, Commits: first.Commits + second.Commits, Sent: append(first.Sent, second.Sent...)})
	if err == nil && page.Status != http.StatusSeeOther {
		err = fmt.Errorf("sign-in: status %d", page.Status)
	}
	return err
}

// idle counts what Run sends while nothing happens.
func idle(ctx context.Context, b *bench) (measurement, error) {
	const wait, settle = 10 * time.Second, 2 * time.Second
	d, err := b.postgreSQL(ctx)
	if err != nil {
		return measurement{}, err
	}
	db, r, err := recorder.Open(d.driver, d.dsn)
	if err != nil {
		return measurement{}, err
	}
	defer func() { _ = db.Close() }()
	st, err := d.store(ctx, db)
	if err != nil {
		return measurement{}, err
	}
	o, err := b.openOffice(ctx, st)
	if err != nil {
		return measurement{}, err
	}
	if _, err := o.DeliverMail(ctx); err != nil {
		return measurement{}, err
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- o.Run(running) }()
	time.Sleep(settle)
	r.Take()
	time.Sleep(wait)
	c := r.Take()
	stop()
	<-ended
	second := float64(c.All) / wait.Seconds()
	m := measurement{got: fmt.Sprintf("%.1f", second), met: second <= wantedIdle}
	if !m.met && b.verbose {
		m.beside = c.Sent
	}
	return m, nil
}
