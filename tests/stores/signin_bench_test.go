package stores_test

import (
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
	"github.com/postern-go/postern/totp"
)

// BenchmarkSignIns signs operators in at four replicas on one PostgreSQL, both
// steps, with hashes that cost nothing. Each operation is one sign-in, of an operator
// who is made first: run it with -benchtime=300x.
func BenchmarkSignIns(b *testing.B) {
	for _, parallel := range []int{1, 16} {
		b.Run(fmt.Sprintf("parallel=%d", parallel), func(b *testing.B) { benchmarkSignIns(b, parallel) })
	}
}

func benchmarkSignIns(b *testing.B, parallel int) {
	const replicas, connections = 4, 2
	dsn := postgres.Start(b)
	var desks []*desk.Desk
	var office *testoffice.Office
	for range replicas {
		db, err := sql.Open(postgres.Driver, dsn)
		require.NoError(b, err)
		b.Cleanup(func() { require.NoError(b, db.Close()) })
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		st, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{})
		require.NoError(b, err)
		require.NoError(b, st.Migrate(b.Context()))
		if office == nil {
			office = testoffice.Open(testoffice.NewRig(b, st), func(c *desk.Config) { c.Clock = time.Now })
		}
		desks = append(desks, office.Over(st))
	}
	office.Set(map[string]string{"two_factor.who": "recommended"})
	for _, d := range desks {
		_, err := d.Reload(b.Context())
		require.NoError(b, err)
	}
	// Each signs in once, because a code is good for once.
	secrets := make([]totp.Secret, b.N)
	visit := func(i int) desk.Visit { return testoffice.From(fmt.Sprintf("192.0.%d.%d", i/250, i%250)) }
	name := func(i int) string { return fmt.Sprint("Ada", i) }
	work := func(f func(d *desk.Desk, i int)) {
		jobs := make(chan int)
		var all sync.WaitGroup
		for n := range parallel {
			all.Go(func() {
				for i := range jobs {
					f(desks[n%replicas], i)
				}
			})
		}
		for i := range b.N {
			jobs <- i
		}
		close(jobs)
		all.Wait()
	}
	work(func(d *desk.Desk, i int) {
		office.Person(name(i), desk.RoleModerator)
		passed, err := d.SignIn(b.Context(), visit(i), desk.SignInForm{Login: name(i), Password: testoffice.Good})
		require.NoError(b, err)
		id, err := d.Authenticate(b.Context(), visit(i), passed.Token)
		require.NoError(b, err)
		e, err := d.BeginEnrolment(id)
		require.NoError(b, err)
		code := testoffice.CodeAt(b, e.Key.Secret, time.Now().Add(-totp.Period))
		_, _, err = d.ConfirmEnrolment(b.Context(), visit(i), id, e.Sealed, code, "Phone")
		require.NoError(b, err)
		secrets[i] = e.Key.Secret
	})
	var mu sync.Mutex
	var took []time.Duration
	b.ResetTimer()
	began := time.Now()
	work(func(d *desk.Desk, i int) {
		start := time.Now()
		passed, err := d.SignIn(b.Context(), visit(i), desk.SignInForm{Login: name(i), Password: testoffice.Good})
		require.NoError(b, err)
		passed, err = d.SubmitCode(b.Context(), visit(i), passed.Token, testoffice.CodeAt(b, secrets[i], time.Now()))
		require.NoError(b, err)
		require.True(b, passed.SignedIn)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, time.Since(start))
	})
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "sign-ins/s")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
