package sqlstore

import (
	"regexp"
	"strconv"
	"strings"
)

// serverError is an error of a MySQL or MariaDB server.
type serverError struct {
	number int
	// state is the SQLSTATE, or "" if the driver does not tell.
	state string
	// message is in the language of the server, and may quote what was written.
	message string
}

// The driver's own errors read so: this module imports no driver, and none has a method
// that would tell.
var mysqlErrorText = regexp.MustCompile(`(?s)^Error (\d+)(?: \((\w{5})\))?: (.*)$`)

// asMySQL returns the server's error among those that err wraps.
func asMySQL(err error) (serverError, bool) {
	if err == nil {
		return serverError{}, false
	}
	if found := mysqlErrorText.FindStringSubmatch(err.Error()); found != nil {
		number, _ := strconv.Atoi(found[1])
		return serverError{number, found[2], found[3]}, true
	}
	switch wrapped := err.(type) {
	case interface{ Unwrap() error }:
		return asMySQL(wrapped.Unwrap())
	case interface{ Unwrap() []error }:
		for _, one := range wrapped.Unwrap() {
			if found, ok := asMySQL(one); ok {
				return found, true
			}
		}
	}
	return serverError{}, false
}

// numberOf returns the number of a server's error, or 0.
func numberOf(err error) int {
	e, _ := asMySQL(err)
	return e.number
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
	e, ok := asMySQL(err)
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
	case e.number == 1064 && strings.Contains(e.message, "has an error in its body"):
		// Another node undid the transaction while this one read a trigger.
		return busy
	case e.number == 1030 && strings.Contains(e.message, " 28 "): // ENOSPC
		return full
	case mysqlConditions[e.number] != other:
		return mysqlConditions[e.number]
	case strings.HasPrefix(e.state, "40"): // transaction rolled back
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

var (
	quoted  = regexp.MustCompile(`(?s)'.*'`)
	lastKey = regexp.MustCompile(`'([\w.]+)'\W*$`)

	unknownNetwork = regexp.MustCompile(`(?s)default addr for network '.*' unknown`)
)

// quotesNames are errors that quote only names of tables, columns, accounts and
// settings, which help.
var quotesNames = map[int]bool{
	1036: true, 1044: true, 1045: true, 1046: true, 1049: true, 1052: true, 1054: true, 1114: true, 1142: true, 1143: true, 1146: true, 1193: true,
	1227: true, 1231: true, 1290: true, 1298: true, 1364: true, 1370: true, 1406: true, 1419: true, 1449: true, 1698: true,
}

// keyTaken returns the name of the key that two rows would have had in common.
func keyTaken(err error) (key string, ok bool) {
	e, _ := asMySQL(err)
	if e.number != 1062 && e.number != 1586 {
		return "", false
	}
	if found := lastKey.FindStringSubmatch(e.message); found != nil {
		key = found[1]
	}
	return key, true
}

// hushMySQL takes the values out of what the server says: names, addresses and digests
// that were to be written, which do not belong in a log. It keeps the name of the key
// that two rows would have had in common. The driver takes what stands before the last
// slash of a data source name for a network, which may be half of a password.
func hushMySQL(err error) error {
	e, ok := asMySQL(err)
	if text := err.Error(); !ok && unknownNetwork.MatchString(text) {
		return &hushed{err, unknownNetwork.ReplaceAllString(text, "default addr for network (…) unknown")}
	}
	if !ok || quotesNames[e.number] || !quoted.MatchString(e.message) {
		return err
	}
	hush := quoted.ReplaceAllString(e.message, "(…)")
	if key, ok := keyTaken(err); ok {
		hush = "(…), for key '" + key + "'"
	}
	return &hushed{err, strings.ReplaceAll(err.Error(), e.message, hush)}
}
