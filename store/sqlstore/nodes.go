package sqlstore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A database may be one of several nodes that all take writes, and that agree on every
// commit when it is made: a Galera cluster. Two things differ there; decision 065 has
// what was tried.
//
// A lock is known to its own node alone. What nodes compare are the rows that
// transactions have written, and of two that wrote the same one the later is undone. So a
// lock that protects a decision is a write: the column touch is there to be written.
//
// A node may not have yet what another has committed, and one that is cut off does not
// know for seconds that it is. So whatever is read waits until the node has all that
// was committed before; on a node without a majority, it fails.

// node is what is known of the server.
type node struct {
	// touches means that locks must be writes.
	touches bool
	// wait begins a statement outside of transactions, or one that begins a transaction,
	// and makes it wait until the node is up to date.
	wait string
	// wrong says why the office cannot be right on this node, or is "".
	wrong string
	// at is when the server was asked, since began.
	at time.Duration
}

// waitInGalera is for statements that read, change, insert, or begin a transaction. It
// leaves the session, which is the host's, as it is. A node that serves dirty reads would
// not wait.
const waitInGalera = "SET STATEMENT wsrep_sync_wait = 7, wsrep_dirty_reads = OFF FOR "

// nodeVariables are what the server is asked; none has all of them.
var nodeVariables = []string{
	"version", "wsrep_on", "wsrep_provider", "wsrep_sync_wait", "wsrep_osu_method",
	"group_replication_group_name", "group_replication_single_primary_mode", "group_replication_consistency",
}

// node returns what is known of the server. It is asked again after a minute, as one can
// be made a node while this program runs.
func (s *Store) node(ctx context.Context) (*node, error) {
	if !s.dialect.nodes {
		return &alone, nil
	}
	if known := s.known.Load(); known != nil && time.Since(began)-known.at < knownFor {
		return known, nil
	}
	at := time.Since(began)
	rows, err := s.db.QueryContext(ctx, "SHOW VARIABLES WHERE Variable_name IN ('"+strings.Join(nodeVariables, "', '")+"')")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	variables := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		variables[strings.ToLower(name)] = value
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	n := nodeOf(variables)
	n.at = at
	s.known.Store(&n)
	return &n, nil
}

var alone node

// waiting returns such a statement so that it waits.
func (n *node) waiting(statement string) string { return n.wait + statement }

// touch writes rows that are about to be locked, where a lock must be a write.
func (t *tx) touch(ctx context.Context, table, key, which string, args []any) error {
	if !t.node.touches {
		return nil
	}
	_, err := t.exec(ctx, `UPDATE `+table+` SET touch = touch + 1 WHERE `+key+which+` ORDER BY `+key, args...)
	return err
}

// statement returns a statement of the transaction as it is sent. A node that undoes a
// transaction says so in its next answer. Drivers prepare statements that have arguments,
// execute and close them, and closing has no answer: MariaDB then forgets what it had to
// say, and what follows is no longer in a transaction. A statement without arguments is
// sent as it is.
func (t *tx) statement(query string, args []any) (string, []any, error) {
	query, args = t.store.sql(query), bind(args)
	if !t.node.touches || len(args) == 0 {
		return query, args, nil
	}
	query, err := withValues(query, args)
	return query, nil, err
}

// withValues puts values in the place of the question marks, which queries have nowhere
// else. Texts and bytes are hexadecimal digits, so that nothing in them is ever read as a
// part of the statement, whatever sql_mode says of quotes.
func withValues(query string, args []any) (string, error) {
	var b strings.Builder
	for i, arg := range args {
		before, after, found := strings.Cut(query, "?")
		if !found {
			return "", fmt.Errorf("%d values for %d places", len(args), i)
		}
		v, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return "", err
		}
		b.WriteString(before)
		switch v := v.(type) {
		case nil:
			b.WriteString("NULL")
		case int64:
			fmt.Fprintf(&b, "%d", v)
		case bool:
			fmt.Fprintf(&b, "%t", v)
		case string:
			fmt.Fprintf(&b, "_utf8mb4 x'%x'", v)
		case []byte:
			fmt.Fprintf(&b, "x'%x'", v)
		default:
			return "", fmt.Errorf("a value of type %T", v)
		}
		query = after
	}
	if strings.Contains(query, "?") {
		return "", fmt.Errorf("%d values for more places", len(args))
	}
	return b.String() + query, nil
}

// nodeOf decides by the variables of a server.
func nodeOf(v map[string]string) node {
	provided := v["wsrep_provider"] != "" && v["wsrep_provider"] != "none"
	switch {
	case v["version"] == "": // which every server has
		return node{touches: true, wrong: "a proxy answers SHOW VARIABLES without the version, so that a node of a cluster cannot be told from a single server; have it pass the statement on"}
	case provided && v["wsrep_on"] != "ON":
		return node{wrong: "wsrep_on is off, so what is written would stay on this node of the cluster; take it out of the data source name, or set it to ON on the server"}
	case provided:
		return galeraNode(v)
	case v["group_replication_group_name"] != "":
		return groupNode(v)
	}
	return alone
}

func galeraNode(v map[string]string) node {
	n := node{touches: true}
	switch mariaDB := strings.Contains(v["version"], "MariaDB"); {
	case v["wsrep_osu_method"] == "RSU":
		n.wrong = "wsrep_OSU_method is RSU, so tables would be made on this node of the cluster alone; set it to TOI"
	case mariaDB:
		n.wait = waitInGalera
	case !waits(v["wsrep_sync_wait"]):
		n.wrong = "a node of this cluster may not have yet what another has committed, so a session that has ended could go on there; " +
			"add wsrep_sync_wait=1 to the data source name"
	}
	return n
}

// waits reports whether a value of wsrep_sync_wait has the bit of reads.
func waits(value string) bool {
	var bits int
	_, err := fmt.Sscan(value, &bits)
	return err == nil && bits&1 != 0
}

// groupNode decides about MySQL's group replication. Its setting cannot be changed for one
// statement.
func groupNode(v map[string]string) node {
	n := node{touches: true}
	consistency := []string{"BEFORE", "AFTER", "BEFORE_AND_AFTER"}
	if v["group_replication_single_primary_mode"] == "ON" {
		// All reads and writes go to the primary, which may be a new one.
		consistency = append(consistency, "BEFORE_ON_PRIMARY_FAILOVER")
	}
	if !slices.Contains(consistency, v["group_replication_consistency"]) {
		n.wrong = fmt.Sprintf("group_replication_consistency is %s, so a member may not have yet what another has committed, and a session that has ended could go on there; "+
			"add group_replication_consistency=%%27BEFORE%%27 to the data source name", v["group_replication_consistency"])
	}
	return n
}
