package faults_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/store/storetest"
	"github.com/postern-go/postern/tests/galera"
)

// evicted is how long the nodes of a cluster wait for one that does not answer before they
// go on without it.
const evicted = 6 * time.Second

// galeraCluster has two replicas on each of the first two nodes of a cluster, and two on
// the last one, which is the one that breaks.
func galeraCluster(t *testing.T) []result {
	const last = 2
	faults := func(nodes []*galera.Node) []fault {
		// broken runs f, and returns the replicas of the last node.
		broken := func(f func(*cluster, *load)) func(*cluster, *load) []*replica {
			return func(c *cluster, l *load) []*replica {
				f(c, l)
				return c.replicas[2*last:]
			}
		}
		node := nodes[last]
		return []fault{
			{name: "Galera: nothing, writers on all nodes", run: during(func() { time.Sleep(hold / 2) }), othersGoOn: true, readsGoOn: true},
			{name: "Galera: somebody else writes the same rows on another node", othersGoOn: true, readsGoOn: true, run: rivals},
			{name: "Galera: a node killed", othersGoOn: true, slow: evicted, run: broken(func(*cluster, *load) {
				node.Kill()
				time.Sleep(hold)
				node.Start()
			})},
			{name: "Galera: a node killed and replaced by an empty one", othersGoOn: true, slow: evicted, run: broken(func(*cluster, *load) {
				node.Kill()
				time.Sleep(hold / 2)
				node.Renew()
			})},
			{name: "Galera: a node cut off", othersGoOn: true, slow: evicted, run: broken(func(c *cluster, l *load) {
				leave := c.leaver(l, c.replicas[2*last])
				node.Cut(true)
				leave()
				time.Sleep(hold)
				c.shut(l, c.replicas[2*last:], time.Now().Add(-storeTime))
				node.Cut(false)
				node.AwaitReady()
			})},
			{name: "Galera: a node frozen (SIGSTOP)", othersGoOn: true, slow: evicted, run: broken(func(c *cluster, l *load) {
				leave := c.leaver(l, c.replicas[2*last])
				node.Signal(syscall.SIGSTOP)
				leave()
				time.Sleep(hold)
				node.Signal(syscall.SIGCONT)
				time.Sleep(time.Second)
				node.AwaitReady()
			})},
			{name: "Galera: all nodes cut off from each other", run: func(c *cluster, l *load) []*replica {
				for _, n := range nodes {
					n.Cut(true)
				}
				time.Sleep(2 * hold)
				c.shut(l, c.replicas, time.Now().Add(-storeTime))
				for _, n := range nodes {
					n.Cut(false)
				}
				for _, n := range nodes {
					n.AwaitReady()
				}
				return nil
			}},
		}
	}
	duties := []struct {
		name string
		hold func(*testing.T, *galera.Cluster)
	}{
		{"Galera: many migrate at once", migrateAtOnce},
		{"Galera: contests on two nodes", contests},
		{"Galera: what one node acknowledges counts on the others", countsEverywhere},
	}
	var names []string
	for _, d := range duties {
		names = append(names, d.name)
	}
	for _, f := range faults(make([]*galera.Node, last+1)) {
		names = append(names, f.name)
	}
	if !slices.ContainsFunc(names, wanted) {
		return nil
	}
	g := galera.Start(t)
	for _, d := range duties {
		if wanted(d.name) {
			t.Run(strings.TrimPrefix(d.name, "Galera: "), func(t *testing.T) { d.hold(t, g) })
		}
	}
	g.Create("office")
	c := newClusterOn(t, "office", sqlstore.MySQL(), g.Nodes[0].Open("office"))
	for _, n := range g.Nodes {
		c.add("", n.DSN("office"), nil)
		c.add("", n.DSN("office"), nil)
	}
	return c.all(faults(g.Nodes))
}

// rivals changes what every commit of the office changes, on a node of its own choice.
func rivals(c *cluster, _ *load) []*replica {
	for end := time.Now().Add(hold / 2); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		for _, statement := range []string{
			"UPDATE postern_operators SET touch = touch + 1 WHERE name LIKE 'signer%'",
			"UPDATE postern_guards SET touch = touch + 1",
		} {
			_, _ = c.db.Exec(statement) // it may fail as anyone's
		}
	}
	return nil
}

// leaver signs somebody in at a replica who keeps asking for a page. The function that it
// returns ends their sessions through the other nodes, and sees to it that whoever asks
// after that was acknowledged is not let in.
func (c *cluster) leaver(l *load, r *replica) (leave func()) {
	p := &person{l: l, r: r, name: c.operator("leaver"), agent: "leaver"}
	c.eventually(recoverWithin, "nobody can sign in", func() bool { return p.signIn() == "ok" })
	var left atomic.Pointer[time.Time]
	l.every(5*time.Millisecond, func() {
		asked, at := time.Now(), left.Load()
		if status, _, _ := p.send(http.MethodGet, c.base+"/page", nil); at != nil && status == "200" {
			c.complain("somebody got in %d seconds after their session ended", asked.Sub(*at)/time.Second)
		}
	})
	return func() {
		c.eventually(2*evicted, "the others do not go on", func() bool {
			ctx, cancel := context.WithTimeout(context.Background(), storeTime)
			defer cancel()
			return c.store().Commit(ctx, store.EndSessions{OperatorID: "id-of-" + p.name, All: true}) == nil
		})
		at := time.Now()
		left.Store(&at)
	}
}

// shut complains about anyone who got anything but the calm page from replicas since a
// time.
func (c *cluster) shut(l *load, replicas []*replica, since time.Time) {
	for _, a := range l.since(since) {
		if slices.Contains(replicas, a.replica) && a.kind != visits && a.outcome != "503" {
			c.complain("%s on replica %s, whose node has no primary component: %s", a.kind, a.replica.name, a.outcome)
		}
	}
}

// migrateAtOnce migrates one database from all nodes at the same time, again and again.
func migrateAtOnce(t *testing.T, g *galera.Cluster) {
	for round := range 3 {
		name := fmt.Sprintf("migrated%d", round)
		g.Create(name)
		results := make(chan error)
		const each = 2
		for _, n := range g.Nodes {
			for range each {
				db := n.Open(name)
				t.Cleanup(func() { db.Close() })
				go func() { results <- over(t, db, "").Migrate(context.Background()) }()
			}
		}
		for range each * len(g.Nodes) {
			require.NoError(t, <-results)
		}
		for _, n := range g.Nodes {
			db := n.Open(name)
			t.Cleanup(func() { db.Close() })
			require.NoError(t, over(t, db, "").Check(t.Context()))
		}
	}
}

func over(t *testing.T, db *sql.DB, prefix string) *sqlstore.Store {
	t.Helper()
	st, err := sqlstore.New(db, sqlstore.MySQL(), sqlstore.Config{TablePrefix: prefix})
	require.NoError(t, err)
	return st
}

// pools are kept connections to all nodes.
func pools(t *testing.T, g *galera.Cluster, name string) (all []*sql.DB) {
	t.Helper()
	g.Create(name)
	for _, n := range g.Nodes {
		db, err := sql.Open("mysql", n.DSN(name))
		require.NoError(t, err)
		t.Cleanup(func() { db.Close() })
		db.SetMaxOpenConns(16)
		db.SetMaxIdleConns(16)
		all = append(all, db)
	}
	return all
}

// contests are those of storetest, between two nodes.
func contests(t *testing.T, g *galera.Cluster) {
	all := pools(t, g, "contests")
	cases := 0
	storetest.RunContests(t, func(t *testing.T) (a, b store.Store) {
		cases++
		prefix := fmt.Sprintf("case%d_", cases)
		one, other := over(t, all[0], prefix), over(t, all[1], prefix)
		require.NoError(t, one.Migrate(t.Context()))
		return one, other
	})
}

// countsEverywhere changes something on one node and asks the others at once.
func countsEverywhere(t *testing.T, g *galera.Cluster) { everywhere(t, pools(t, g, "everywhere")) }

func everywhere(t *testing.T, all []*sql.DB) {
	var stores []*sqlstore.Store
	for _, db := range all {
		stores = append(stores, over(t, db, ""))
	}
	ctx := t.Context()
	require.NoError(t, stores[0].Migrate(ctx))
	require.NoError(t, stores[0].Commit(ctx, store.PutOperator{Operator: store.Operator{
		ID: "ada", NameKey: "ada", EmailKey: "ada", State: store.OperatorActive, PrimaryRole: store.RoleSuperAdministrator,
	}}))
	// They need a second one, so that this one may be disabled.
	require.NoError(t, stores[0].Commit(ctx, store.PutOperator{Operator: store.Operator{
		ID: "bob", NameKey: "bob", EmailKey: "bob", State: store.OperatorActive, PrimaryRole: store.RoleSuperAdministrator,
	}}))
	parameters := store.Parameters{}
	for round := range 200 {
		change, asks := stores[round%3], stores[(round+1)%3]
		digest := store.DigestOf(fmt.Sprint(round))
		require.NoError(t, change.Commit(ctx, store.PutSession{Session: store.Session{
			Digest: digest, ID: fmt.Sprint(round), OperatorID: "ada", EndsAt: time.Now().Add(time.Hour),
		}}))
		v, err := asks.FindSession(ctx, digest)
		require.NoError(t, err, "a session counts at once, round %d", round)

		o, err := asks.FindOperator(ctx, "ada")
		require.NoError(t, err)
		o.State = store.OperatorDisabled
		if v.Operator.State == store.OperatorDisabled {
			o.State = store.OperatorActive
		}
		require.NoError(t, change.Commit(ctx, store.PutOperator{Operator: o}))
		v, err = asks.FindSession(ctx, digest)
		require.NoError(t, err)
		require.Equal(t, o.State, v.Operator.State, "whether an operator is disabled counts at once, round %d", round)

		parameters.Alias = fmt.Sprintf("alias-%d", round)
		require.NoError(t, change.Commit(ctx, store.PutParameters{Parameters: parameters}))
		parameters.Revision++
		read, err := asks.ParametersRevision(ctx)
		require.NoError(t, err)
		require.Equal(t, parameters.Revision, read.Revision, "a retired address is retired at once, round %d", round)

		require.NoError(t, change.Commit(ctx, store.EndSessions{OperatorID: "ada", All: true}))
		_, err = asks.FindSession(ctx, digest)
		require.ErrorIs(t, err, store.ErrNotFound, "a session that ended has ended at once, round %d", round)
	}
}
