package sqlstore

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

var mysqlRequirements = []requirement{
	{"SELECT VERSION()", recentMySQL,
		"this is version %s; use MySQL 8.0.17 or later, or MariaDB 10.6 or later"},
	{"SELECT COALESCE(DATABASE(), '')", isNot(""),
		"the data source name names no database%s; add it after the slash: user:password@tcp(host:3306)/name"},
	{"SELECT @@SESSION.sql_mode", hasAny("STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"),
		"sql_mode is '%s', so the server would cut text that is too long and keep the rest; add STRICT_TRANS_TABLES to it, " +
			"or set it in the data source name: sql_mode=%27STRICT_TRANS_TABLES%27"},
	{"SELECT @@SESSION.sql_mode", hasNone("EMPTY_STRING_IS_NULL", "ORACLE"),
		"sql_mode is '%s', which gives text and words another meaning; take EMPTY_STRING_IS_NULL and ORACLE out of it"},
	{"SELECT CASE WHEN @@character_set_client <> 'utf8mb4' THEN @@character_set_client" +
		" WHEN @@character_set_connection <> 'utf8mb4' THEN @@character_set_connection" +
		" ELSE COALESCE(@@character_set_results, 'utf8mb4') END", is("utf8mb4"),
		"the connection sends text as %s, which cannot hold every name; take charset and collation out of the data source name, or add charset=utf8mb4"},
	{"SELECT @@SESSION.autocommit", is("1"),
		"autocommit is off, so each read would see an old state; take autocommit out of the data source name, and out of init_connect"},
	{"SELECT @@SESSION.completion_type", hasAny("NO_CHAIN", "0"),
		"completion_type is %s, so a COMMIT would begin another transaction or end the connection; set it to NO_CHAIN"},
	{"SELECT @@SESSION.unique_checks", is("1"),
		"unique_checks is off, so two operators could have the same name; take it out of the data source name"},
	{"SELECT @@SESSION.sql_safe_updates", is("0"),
		"sql_safe_updates is on, so changes of several rows would fail; take it out of the data source name"},
	{"SELECT CAST(@@SESSION.sql_select_limit AS CHAR)", atLeastNumber(1 << 40),
		"sql_select_limit is %s, so lists would end there; take it out of the data source name"},
	{"SELECT IF(@@log_bin AND @@SESSION.sql_log_bin, @@SESSION.binlog_format, 'ROW')", isNot("STATEMENT"),
		"binlog_format is %s, with which the server refuses what is written at READ COMMITTED; set it to ROW or MIXED"},
	{"SELECT CAST(@@SESSION.max_allowed_packet AS CHAR)", atLeastNumber(leastPacket),
		"max_allowed_packet is %s bytes; set it to 4M or more on the server"},
}

// leastPacket is what one statement may take: the values of a session are the longest.
const leastPacket = 4 << 20

// recentMySQL knows MySQL and its forks, which say so, from MariaDB, which does too.
func recentMySQL(version string) bool {
	if strings.Contains(version, "MariaDB") {
		return atLeast(10, 6)(strings.TrimPrefix(version, "5.5.5-"))
	}
	var major, minor, patch int
	if n, _ := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); n == 0 {
		return true
	}
	return major > 8 || major == 8 && (minor > 0 || patch >= 17)
}

// hasAny is for a list of words with commas between them.
func hasAny(words ...string) func(string) bool {
	return func(list string) bool {
		for has := range strings.SplitSeq(list, ",") {
			for _, word := range words {
				if strings.EqualFold(strings.TrimSpace(has), word) {
					return true
				}
			}
		}
		return false
	}
}

func hasNone(words ...string) func(string) bool {
	return func(list string) bool { return !hasAny(words...)(list) }
}

// atLeastNumber takes a number that cannot be read for one that is too large to be.
func atLeastNumber(least uint64) func(string) bool {
	return func(s string) bool {
		n, err := strconv.ParseUint(s, 10, 64)
		return err != nil || n >= least
	}
}

// checkMySQL is the check of a MySQL or MariaDB database that has its tables.
func checkMySQL(ctx context.Context, s *Store) error {
	if err := s.checkEngines(ctx); err != nil {
		return err
	}
	if err := s.checkGrantsMySQL(ctx); err != nil {
		return err
	}
	if err := s.checkColumns(ctx); err != nil {
		return err
	}
	n, err := s.node(ctx)
	if err != nil || n.wait != "" {
		return err // whichever node of a cluster a statement is sent to waits
	}
	return s.checkOneServer(ctx)
}

//go:embed grants_mysql.sql
var grantsMySQL string

// mysqlPrivileges are the tables on which the account of an office needs each privilege,
// with the store's prefix. The one to delete events is not needed where none are purged.
func (s *Store) mysqlPrivileges() map[string][]string {
	tables := make(map[string][]string)
	for _, g := range grant.FindAllStringSubmatch(grantsMySQL, -1) {
		for privilege := range strings.SplitSeq(g[1], ", ") {
			if g[2] != "postern_events" || privilege != "DELETE" {
				tables[privilege] = append(tables[privilege], s.sql(g[2]))
			}
		}
	}
	return tables
}

// checkEngines reports tables that an engine without transactions keeps, as
// enforce_storage_engine or an edited dump would have it.
func (s *Store) checkEngines(ctx context.Context) error {
	var each []string
	for _, table := range s.mysqlPrivileges()["SELECT"] {
		// One by one, so that the server does not open every table of the host's.
		each = append(each, "SELECT CONCAT(table_name, ' (', engine, ')') FROM information_schema.tables"+
			" WHERE table_schema = DATABASE() AND table_name = '"+table+"' AND engine <> 'InnoDB'")
	}
	wrong, err := list(ctx, s, value[string], strings.Join(each, " UNION ALL "))
	if err == nil && len(wrong) > 0 {
		err = fmt.Errorf("%s cannot undo a change that fails halfway; run ALTER TABLE name ENGINE = InnoDB for each", strings.Join(wrong, ", "))
	}
	return err
}

// checkGrantsMySQL reports whether the account may use the tables, as grants_mysql.sql
// says. It tries with statements that concern no row, because roles and patterns make
// what SHOW GRANTS says hard to read: first all tables at once, and then, for the message,
// each that an account without the privilege may mean.
func (s *Store) checkGrantsMySQL(ctx context.Context) error {
	var lacking []string
	err := s.transact(ctx, s.dialect.begin, func(t *tx) error {
		lacking = nil
		denied := func(privilege string, tables ...string) (bool, error) {
			_, err := t.conn.ExecContext(ctx, s.trial(privilege, tables))
			switch numberOf(err) {
			case 1142, 1143: // command denied for a table, for a column
				return true, nil
			case 3105: // a generated column, at which MySQL looks later
				return false, nil
			}
			return false, err
		}
		for _, privilege := range []string{"SELECT", "INSERT", "UPDATE", "DELETE"} {
			tables := s.mysqlPrivileges()[privilege]
			if privilege != "INSERT" { // which names one table only
				if no, err := denied(privilege, tables...); err != nil || !no {
					if err != nil {
						return err
					}
					continue
				}
			}
			for _, table := range tables {
				no, err := denied(privilege, table)
				if err != nil {
					return err
				}
				if no {
					lacking = append(lacking, privilege+" ON "+table)
				}
			}
		}
		if len(lacking) > 0 {
			return nil
		}
		// The triggers run as the account that made them, which must still be there.
		_, err := t.exec(ctx, `UPDATE postern_event_head SET seq = seq WHERE id = 1`)
		return err
	})
	if err == nil && len(lacking) > 0 {
		err = fmt.Errorf("this account lacks %s; give it what store/sqlstore/grants_mysql.sql lists", strings.Join(lacking, ", "))
	}
	return err
}

// trial is a statement that needs a privilege on tables, and concerns no row of them.
func (s *Store) trial(privilege string, tables []string) string {
	all := strings.Join(tables, ", ")
	switch privilege {
	case "INSERT":
		return "INSERT INTO " + all + " SELECT * FROM " + all + " WHERE 1 = 0"
	case "UPDATE":
		var set []string
		for _, table := range tables {
			column := table + "." + s.firstColumn(table)
			set = append(set, column+" = "+column)
		}
		return "UPDATE " + all + " SET " + strings.Join(set, ", ") + " WHERE 1 = 0"
	case "DELETE":
		return "DELETE " + all + " FROM " + all + " WHERE 1 = 0"
	}
	return "SELECT 1 FROM " + all + " WHERE 1 = 0"
}

// firstColumn returns the name of a column of a table, from the migration that made it.
func (s *Store) firstColumn(table string) string {
	files, _ := s.files()
	for _, file := range files {
		statements, _ := s.statements(file)
		for _, statement := range statements {
			if _, columns, found := strings.Cut(statement, "CREATE TABLE IF NOT EXISTS "+table+" ("); found {
				return strings.Fields(columns)[0]
			}
		}
	}
	return ""
}

// checkOneServer reports a proxy that sends reads to another server than transactions.
// What is read there may be old: a session that has ended would still be one.
func (s *Store) checkOneServer(ctx context.Context) error {
	var reads, writes string
	err := s.single(ctx, func(conn *sql.Conn) error {
		const server = "SELECT CONCAT_WS(' ', @@hostname, @@port, @@server_id)"
		if err := conn.QueryRowContext(ctx, server).Scan(&reads); err != nil {
			return err
		}
		defer s.rollback(ctx, conn, nil)
		for _, statement := range s.dialect.begin {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return conn.QueryRowContext(ctx, server).Scan(&writes)
	})
	if err == nil && reads != writes {
		err = fmt.Errorf("a proxy sends reads to %s and transactions to %s, where they may not have arrived yet; "+
			"have it send all that this account sends to the server that takes writes", reads, writes)
	}
	return err
}

// mendedMySQL are what can be done about errors of Migrate and Check, by number.
var mendedMySQL = map[int]string{
	1044: "create the database, and let this account use it: GRANT ALL ON name.* TO account",
	1045: "the account or its password is wrong, or it may only come over TLS, with tls=true; write the data source name as user:password@tcp(host:3306)/name, without mysql:// in front and with the password as it is",
	1049: "create the database first: CREATE DATABASE name",
	1130: "let the account in from this machine: CREATE USER 'account'@'host', or '%' for any",
	1142: privilegesMySQL,
	1143: privilegesMySQL,
	1153: "set max_allowed_packet to 4M or more on the server",
	1193: dsnMySQL,
	1227: privilegesMySQL,
	1231: dsnMySQL,
	1298: "the server does not know that time_zone; take it out of the data source name, as the office uses none",
	1419: "MySQL asks for more before it takes a trigger while it keeps a binary log: run SET GLOBAL log_bin_trust_function_creators = 1 " +
		"(on a managed server, in its parameters), migrate, and set it back",
	1449: "the account that made the triggers of the audit log is gone; create it again, or run the first migration with another, which makes them anew",
	1665: "set binlog_format to ROW or MIXED",
	1698: "this account signs in by the operating system; give it a password: ALTER USER account IDENTIFIED BY 'password'",
	3159: "the server wants TLS; add tls=true to the data source name",
}

const (
	privilegesMySQL = "migrate with an account that may create tables, indexes and triggers (GRANT CREATE, ALTER, INDEX, TRIGGER, " +
		"SELECT, INSERT, UPDATE, DELETE ON name.* TO account), and give the one that runs the office what store/sqlstore/grants_mysql.sql lists"
	dsnMySQL = "the data source name has a parameter that neither the driver nor the server knows: those of PostgreSQL and SQLite, " +
		"such as sslmode, are others here (tls=true), and values that are text need quotes: time_zone=%27Europe%2FParis%27"
)

// dsnMistakes are what the driver says of a data source name that it cannot use.
var dsnMistakes = []string{"invalid DSN", "default addr for network", "unknown network"}

// adviceMySQL returns what the server administrator can do about an error, or "".
func adviceMySQL(err error) string {
	text := err.Error()
	switch number := numberOf(err); {
	case number == 1054 && strings.Contains(text, unreachable): // the driver's own SET
		return dsnMySQL
	case number == 1142 && strings.Contains(text, "TRIGGER command denied"): // to whom makes them, or to whom made them
		return privilegesMySQL + "; in a database that was restored, the account named here made the triggers, and needs TRIGGER and SELECT there as well"
	case number != 0:
		return mendedMySQL[number]
	}
	if strings.Contains(text, "escape a param value") {
		return "write a slash in the value of a parameter as %2F: loc=Europe%2FParis, or leave that parameter out"
	}
	for _, mistake := range dsnMistakes {
		if strings.Contains(text, mistake) {
			return "write the data source name as user:password@tcp(host:3306)/name?parameter=value, without mysql:// in front; " +
				"on a socket: user@unix(/run/mysqld/mysqld.sock)/name"
		}
	}
	switch {
	case strings.Contains(text, "unknown driver"):
		return `import _ "github.com/go-sql-driver/mysql", and name the driver "mysql"`
	case strings.Contains(text, `duration "`):
		return "write a time in the data source name with its unit: timeout=2s"
	case strings.Contains(text, "invalid bool value"):
		return "write true or false in the data source name"
	case strings.Contains(text, "unknown config name"):
		return "tls is true, skip-verify, preferred, or a name that this program gave to mysql.RegisterTLSConfig before"
	case strings.Contains(text, "x509: "):
		return "connect to a name that is in the server's certificate, and if no public authority vouches for it, register yours: mysql.RegisterTLSConfig(\"own\", …), and tls=own"
	case strings.Contains(text, "packet for query is too large"):
		return "take maxAllowedPacket out of the data source name"
	case strings.Contains(text, "TLS requested but server does not support TLS"):
		return "let the server take TLS, or take tls out of the data source name where nobody can listen"
	}
	return ""
}
