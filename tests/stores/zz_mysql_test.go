package stores_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/store/storetest"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/populate"
)

func mysqlDB(t *testing.T) func(*testing.T) database {
	dsn := mariadb.Start(t)
	params := os.Getenv("PARAMS")
	d := database{driver: mariadb.Driver, dsn: dsn + params, dialect: sqlstore.MySQL()}
	admin := d.open(t)
	cases := 0
	return func(t *testing.T) database {
		cases++
		d := d
		d.prefix = fmt.Sprintf("case%d_", cases)
		require.NoError(t, d.over(t, admin).Migrate(t.Context()))
		return d
	}
}

func TestZZStore(t *testing.T) {
	empty := mysqlDB(t)
	t.Run("MariaDB", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store { return empty(t).store(t) })
	})
}

func TestZZContests(t *testing.T) {
	empty := mysqlDB(t)
	storetest.RunContests(t, func(t *testing.T) (a, b store.Store) {
		shared := empty(t)
		return shared.store(t), shared.store(t)
	})
}

// the head is not locked by lockOperators
func TestZZHeadLock(t *testing.T) {
	d := mysqlDB(t)(t)
	s := d.store(t)
	fill(t, s)
	db := d.open(t)
	c1, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer c1.Close()
	c2, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer c2.Close()
	must := func(c *sql.Conn, q string, args ...any) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := c.ExecContext(ctx, strings.ReplaceAll(q, "postern_", d.prefix), args...)
		require.NoError(t, err, q)
	}
	for _, level := range []string{"READ COMMITTED"} {
		must(c1, "SET TRANSACTION ISOLATION LEVEL "+level)
		must(c1, "START TRANSACTION READ WRITE")
		q := `SELECT o.id, o.version, (SELECT h.seq FROM postern_event_head h WHERE h.id = 1), (SELECT h.mac FROM postern_event_head h WHERE h.id = 1) FROM postern_operators o WHERE o.id IN (?) ORDER BY o.id FOR UPDATE`
		rows, err := c1.QueryContext(t.Context(), strings.ReplaceAll(q, "postern_", d.prefix), "ada")
		require.NoError(t, err)
		n := 0
		for rows.Next() {
			n++
		}
		require.Equal(t, 1, n)
		rows.Close()
		must(c2, "SET innodb_lock_wait_timeout=1")
		must(c2, "UPDATE postern_event_head SET seq = seq WHERE id = 1")
		_, err = c2.ExecContext(t.Context(), strings.ReplaceAll("UPDATE postern_operators SET touch = touch+1 WHERE id='ada'", "postern_", d.prefix))
		require.ErrorContains(t, err, "1205")
		must(c1, "ROLLBACK")
	}
}

func TestZZPlans(t *testing.T) {
	d := mysqlDB(t)(t)
	s := d.store(t)
	require.NoError(t, populate.Fill(t.Context(), s, populate.Size{Operators: 300, Events: 3000, Mails: 3000}))
	require.NoError(t, s.Commit(t.Context(), store.EnqueueMail{Mail: store.Mail{ID: "due", State: store.MailQueued, NextAttemptAt: noon}}))
	db, sent := d.record(t)
	s = d.over(t, db)
	conn, err := d.open(t).Conn(t.Context())
	require.NoError(t, err)
	show := func(name string) {
		for i, st := range sent.take() {
			if strings.HasPrefix(st.query, "SET") || strings.HasPrefix(st.query, "START") || st.query == "COMMIT" || strings.HasPrefix(st.query, "INSERT") {
				continue
			}
			fmt.Printf("== %s #%d: %.150s\n", name, i, strings.Join(strings.Fields(strings.ReplaceAll(st.query, d.prefix, "p_")), " "))
			rows, err := conn.QueryContext(t.Context(), "EXPLAIN "+st.query, st.args...)
			require.NoError(t, err)
			cols, _ := rows.Columns()
			for rows.Next() {
				line := make([]any, len(cols))
				for j := range line {
					line[j] = new(sql.NullString)
				}
				require.NoError(t, rows.Scan(line...))
				fmt.Print("   ")
				for j := range line {
					if cols[j] == "possible_keys" || cols[j] == "ref" {
						continue
					}
					fmt.Print(strings.ReplaceAll((line[j].(*sql.NullString)).String, d.prefix, ""), " | ")
				}
				fmt.Println()
			}
			rows.Close()
			before := handler(t, conn)
			r2, err := conn.QueryContext(t.Context(), st.query, st.args...)
			require.NoError(t, err)
			for r2.Next() {
			}
			r2.Close()
			fmt.Println("   rows read:", handler(t, conn)-before)
		}
	}
	for _, p := range append(append(append(append(append(operatorCounts(), mailPages()...), tokenPages()...), sealedPages()...), eventPages()...), mixedPages()...) {
		require.NoError(t, p.read(t, s))
		show(p.name)
	}
	_, err = s.ListOperators(t.Context(), store.OperatorQuery{Search: "ad example", Show: store.ShowActive, Now: noon, RoleID: "editors", TwoFactor: store.Yes, Member: store.No, Sort: store.ByLastActive})
	require.NoError(t, err)
	show("operators")
	_, err = s.FindSignIn(t.Context(), store.SignInQuery{Login: "ada", Counters: []string{"a", "b"}, OperatorCounters: []string{"x"}})
	show("signin")
	_, err = s.Pulse(t.Context())
	require.NoError(t, err)
	show("pulse")
	_, err = s.ClaimMail(t.Context(), store.MailClaim{Now: noon.Add(time.Hour), Until: noon.Add(2 * time.Hour), Urgent: true, Others: true})
	require.NoError(t, err)
	show("claim")
}

func handler(t *testing.T, c *sql.Conn) (sum int64) {
	rows, err := c.QueryContext(t.Context(), "SHOW SESSION STATUS LIKE 'Handler_read%'")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int64
		require.NoError(t, rows.Scan(&name, &n))
		if name != "Handler_read_rnd_deleted" {
			sum += n
		}
	}
	return sum
}
