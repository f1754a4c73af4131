package sqlstore

import (
	"strings"

	"github.com/postern-go/postern/internal/mysqlerror"
)

// numberOf returns the number of a server's error, or 0.
func numberOf(err error) int {
	e, _ := mysqlerror.As(err)
	return e.Number
}

// mysqlConditions are what the numbers mean,
// https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html and
// https://mariadb.com/docs/server/reference/error-codes.
var mysqlConditions = map[int]condition{
	1146: outdated, // no such table
	1054: outdated, // unknown column

	1213: busy, // deadlock, or another node of a cluster was first
	1205: busy, // lock wait timeout
	3572: busy, // a lock with NOWAIT
	1020: busy, // changed since last read: MariaDB with innodb_snapshot_isolation
	1412: busy, // a migration of another process changed a table
	1615: busy, // a statement must be prepared again
	3101: busy, // group replication undid it

	1053: lost, // shutdown in progress
	1047: lost, // a node that has no primary component; behind a proxy, another may have
	1152: lost, // aborted connection
	1158: lost, // network errors
	1159: lost,
	1160: lost,
	1161: lost,
	1184: lost, // aborted connection
	1927: lost, // connection killed
	3169: lost, // session killed
	4031: lost, // inactive for too long

	1290: readOnly, // --read-only, --super-read-only
	1792: readOnly, // a read-only transaction
	1207: readOnly,
	1836: readOnly, // read-only mode
	1874: readOnly, // InnoDB is read-only
	1036: readOnly, // table is read only
	3989: readOnly, // schema in read only mode

	1021: full, // disk full
	1114: full, // table is full

	1040: down, // too many connections
	1203: down, // too many connections of this account
	1226: down, // its limit for an hour
	1129: down, // too many failed connections of this host
	1037: down, // out of memory
	1038: down,
	1041: down,
	1135: down, // no thread
	1206: down, // too many locks
	1317: down, // statement killed
	1969: down, // max_statement_time
	3024: down, // max_execution_time
	1030: down, // error of the storage engine, such as I/O
	1180: down, // error during COMMIT
}

// conditionInMySQL decides by the number of the server's error, or by what
// go-sql-driver/mysql says of its connection.
func conditionInMySQL(err error) condition {
	e, ok := mysqlerror.As(err)
	switch {
	case !ok:
		for _, text := range []string{
			"invalid connection", "bad connection", // it broke, or was ended
			"commands out of sync", "malformed packet", "busy buffer",
		} {
			if strings.Contains(err.Error(), text) {
				return lost
			}
		}
		return other
	case e.Number == 1064 && strings.Contains(e.Message, "has an error in its body"):
		// Another node undid the transaction while this one read a trigger.
		return busy
	case e.Number == 1030 && strings.Contains(e.Message, " 28 "): // ENOSPC
		return full
	case mysqlConditions[e.Number] != other:
		return mysqlConditions[e.Number]
	case strings.HasPrefix(e.State, "40"): // transaction rolled back
		return busy
	}
	return other
}

// undoneInMySQL reports whether a COMMIT that failed so has certainly done nothing: what
// makes it busy or read-only is found before anything is kept, and a session that was
// ended because it was inactive never saw it.
func undoneInMySQL(err error) bool {
	switch conditionInMySQL(err) {
	case busy, readOnly:
		return true
	}
	return numberOf(err) == 4031
}
