package sqlstore

import "strings"

// fieldKind is what a column holds, by whatever type a database keeps it.
type fieldKind string

const (
	ofText   fieldKind = "text"
	ofNumber fieldKind = "number"
	ofFlag   fieldKind = "flag"
	ofBytes  fieldKind = "bytes"
)

// field is a column of a table.
type field struct {
	name string
	kind fieldKind
	// null means that it may be NULL.
	null bool
}

// table is one of an office's tables. Columns that the database computes are not in it, nor those
// that belong to the tables and not to the office: touch, which only locks, and min_version.
type table struct {
	// name is without the prefix.
	name    string
	columns []field
	// keys is how many of the first columns are the primary key.
	keys int
	// made means that migrations make its rows, all of them; they are only updated.
	made bool
}

// officeTables are all that an office keeps but the table of migrations, for what treats every
// table alike. A test compares them with the schema of each database.
var officeTables = []table{
	made("guards", 1, `name text`),
	made("parameters", 1, `id number, revision number, roles_mark number, office text, alias text, previous_alias text, confirm_by number,
		sessions_from number, settings text, setup text, updated_at number, updated_by text`),
	kept("roles", 1, `id text, version number, name text, name_key text, description text, require_two_factor flag, permissions text,
		created_at number, updated_at number, require_passkey flag`),
	kept("operators", 1, `id text, version number, name text, name_key text, email text, email_key text, search_key text, member_id text null,
		member_name text, member_email text, refreshed_at number, language text, state text, primary_role text, roles text, password text,
		password_set_at number, password_history text, must_change_password flag, password_by text, invite_expires_at number,
		created_by text, created_at number, updated_at number, last_active_at number, locked_until number, two_factor flag, mark number,
		subject text null, subject_name text, ends_at number, passkey flag`),
	kept("factors", 1, `id text, operator_id text, kind text, label text, secret bytes, step number, created_at number, confirmed_at number,
		last_used_at number, ip text, handle bytes null`),
	kept("recovery_sets", 1, `operator_id text, salt bytes, created_at number`),
	kept("recovery_codes", 2, `operator_id text, hash bytes`),
	kept("sessions", 1, `digest bytes, id text, operator_id text, created_at number, seen_at number, ends_at number, proved_at number, ip text,
		user_agent text, method text, provider text`),
	kept("session_values", 2, `session_id text, name text, data bytes`),
	kept("pre_sessions", 1, `digest bytes, operator_id text, operator_version number, created_at number, expires_at number, next text, ip text,
		user_agent text, method text, provider text`),
	kept("devices", 2, `operator_id text, digest bytes, first_at number, last_at number`),
	kept("browsers", 1, `id text, digest bytes, previous bytes, operator_id text, created_at number, seen_at number, ip text, user_agent text`),
	kept("tokens", 1, `digest bytes, purpose text, subject text, created_at number, expires_at number, used_at number, created_by text, home text,
		sealed bytes`),
	kept("mails", 1, `id text, kind text, operator_id text, recipient text, subject text, search_key text, body bytes, state text, attempts number,
		next_attempt_at number, lane text, reply text, created_at number, tried_at number, sent_at number, expires_at number`),
	kept("counters", 1, `id text, hits number, first_at number, last_at number, expires_at number`),
	kept("answers", 1, `digest bytes, claim text, data bytes, expires_at number`),
	made("event_head", 1, `id number, seq number, mac bytes, latest_at number, purged_seq number, purged_mac bytes, seal bytes`),
	kept("event_times", 1, `at number, seq number`),
	kept("events", 1, `seq number, id text, at number, code text, outcome text, actor_id text, actor_name text, target_kind text, target_id text,
		target_name text, ip text, user_agent text, route text, request_id text, session_id text, reason text, detail text, mac bytes,
		latest_at number`),
}

// kept describes a table by its columns, each a name, a kind, and perhaps "null".
func kept(name string, keys int, columns string) table {
	t := table{name: name, keys: keys}
	for one := range strings.SplitSeq(columns, ",") {
		words := strings.Fields(one)
		c := field{name: words[0], kind: fieldKind(words[1])}
		c.null = len(words) > 2
		t.columns = append(t.columns, c)
	}
	return t
}

// made describes a table whose rows migrations make.
func made(name string, keys int, columns string) table {
	t := kept(name, keys, columns)
	t.made = true
	return t
}

// full is the name of the table in queries.
func (t table) full() string { return DefaultTablePrefix + t.name }

// names lists columns in a query.
func names(columns []field) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.name
	}
	return strings.Join(all, ", ")
}
