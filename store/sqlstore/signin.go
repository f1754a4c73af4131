package sqlstore

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/postern-go/postern/store"
)

// FindSignIn implements [store.SignIns].
func (s *Store) FindSignIn(ctx context.Context, q store.SignInQuery) (store.SignInView, error) {
	from := s.signIn(q)
	query, args := s.dialect.nest(from)
	var v store.SignInView
	err := s.dialect.readNested(ctx, s, from, func(r row) (err error) {
		v, err = scanSignIn(r)
		return err
	}, query, args)
	if err == nil {
		err = s.fence(v.Revision)
	}
	if err != nil {
		return store.SignInView{}, s.wrap("find sign-in", err)
	}
	return v, nil
}

func (s *Store) signIn(q store.SignInQuery) view {
	v := view{
		columns: s.dialect.now + `, ` + operatorColumns + `, COALESCE((SELECT ` + s.revisionIn("p.") + ` FROM postern_parameters p WHERE p.id = 1), 0)`,
		width:   len(operatorFields(&store.Operator{})) + 2,
		from:    `postern_operators o`,
		arrays:  s.signInArrays(q),
	}
	switch {
	case q.Login != "":
		v.where, v.args = `o.name_key = ? OR o.email_key = ?`, []any{q.Login, q.Login}
	case q.MemberID != "":
		v.where, v.args = `o.member_id = ?`, []any{q.MemberID}
	case q.Subject != "":
		v.where, v.args = `o.subject = ?`, []any{q.Subject}
	case !q.PreSession.IsZero():
		v.where, v.args = `o.id = (SELECT p.operator_id FROM postern_pre_sessions p WHERE p.digest = ?)`, []any{q.PreSession}
	default:
		v.where, v.args = `o.id = ?`, []any{q.OperatorID}
	}
	return v
}

// signInArrays are what is read beside the operator. Their columns are those that
// [scanSignIn] names, in its order.
func (s *Store) signInArrays(q store.SignInQuery) []array {
	which, digests := foundBy(q.Browsers)
	counters := array{
		columns: plainColumn.of("id", "hits", "first_at", "last_at", "expires_at"),
		table:   `postern_counters`, name: `c`,
	}
	// One by one, as in eachCounter.
	for _, key := range q.Counters {
		counters.where, counters.args = append(counters.where, `c.id = ?`), append(counters.args, key)
	}
	for _, kind := range q.OperatorCounters {
		counters.where, counters.args = append(counters.where, `c.id = `+s.dialect.joined(`?`, `o.id`)), append(counters.args, kind)
	}
	if len(counters.where) == 0 {
		counters.where = []string{`c.id IS NULL`}
	}
	return []array{
		{
			columns: slices.Concat(bytesColumn.of("digest"),
				plainColumn.of("operator_id", "operator_version", "created_at", "expires_at", "next", "ip", "user_agent", "method", "provider")),
			table: `postern_pre_sessions`, name: `p`, where: []string{`p.digest = ?`}, args: []any{q.PreSession},
		}, {
			columns: slices.Concat(plainColumn.of("id", "version", "name", "name_key", "description"),
				flagColumn.of("require_two_factor", "require_passkey"), jsonColumn.of("permissions"), plainColumn.of("created_at", "updated_at")),
			table: `postern_roles`, name: `r`, where: []string{`(r.id = o.primary_role OR ` + s.dialect.has(`o.roles`, `r.id`) + `)`},
		}, {
			columns: slices.Concat(plainColumn.of("id", "operator_id", "kind", "label"), bytesColumn.of("secret"),
				plainColumn.of("step", "created_at", "confirmed_at", "last_used_at", "ip"), bytesColumn.of("handle")),
			table: `postern_factors`, name: `f`, where: []string{`f.operator_id = o.id`},
		}, {
			columns: slices.Concat(plainColumn.of("operator_id"), bytesColumn.of("salt"), plainColumn.of("created_at")),
			table:   `postern_recovery_sets`, name: `s`, where: []string{`s.operator_id = o.id`},
		}, {
			columns: bytesColumn.of("hash"),
			table:   `postern_recovery_codes`, name: `c`, where: []string{`c.operator_id = o.id`},
		}, {
			columns: slices.Concat(bytesColumn.of("digest"), plainColumn.of("id", "operator_id", "created_at", "seen_at", "ends_at",
				"proved_at", "ip", "user_agent", "method", "provider")),
			table: `postern_sessions`, name: `s`, where: []string{`s.operator_id = o.id`},
			order: ` ORDER BY s.seen_at DESC, s.id LIMIT ?`, args: []any{maxListedSessions},
		}, {
			columns: slices.Concat(plainColumn.of("operator_id"), bytesColumn.of("digest"), plainColumn.of("first_at", "last_at")),
			table:   `postern_devices`, name: `d`, where: []string{`d.operator_id = o.id AND d.digest = ?`}, args: []any{q.Device},
		}, {
			columns: slices.Concat(bytesColumn.of("digest", "previous"), plainColumn.of("id", "operator_id", "created_at",
				"seen_at", "ip", "user_agent")),
			table: `postern_browsers`, name: `b`, where: []string{`b.operator_id = o.id AND ` + which},
			order: ` ORDER BY b.seen_at DESC, b.id LIMIT 1`, args: digests,
		},
		counters,
	}
}

func scanSignIn(r row) (v store.SignInView, err error) {
	var pre []store.PreSession
	var sets []store.RecoverySet
	var devices []store.Device
	var browsers []store.Browser
	fields := append([]any{at(&v.At)}, operatorFields(&v.Operator)...)
	err = r.Scan(append(fields, &v.Revision,
		arrays(&pre, func(p *store.PreSession) []any {
			return []any{digest(&p.Digest), &p.OperatorID, &p.OperatorVersion, at(&p.CreatedAt), at(&p.ExpiresAt),
				&p.Next, &p.IP, &p.UserAgent, &p.Method, &p.Provider}
		}),
		arrays(&v.Roles, roleFields),
		arrays(&v.Factors, factorFields),
		arrays(&sets, func(s *store.RecoverySet) []any {
			return []any{&s.OperatorID, blob(&s.Salt), at(&s.CreatedAt)}
		}),
		arrays(&v.Recovery.Hashes, func(hash *[]byte) []any { return []any{blob(hash)} }),
		arrays(&v.Sessions, sessionFields),
		arrays(&devices, func(d *store.Device) []any {
			return []any{&d.OperatorID, digest(&d.Digest), at(&d.FirstAt), at(&d.LastAt)}
		}),
		arrays(&browsers, browserFields),
		arrays(&v.Counters, counterFields),
	)...)
	slices.SortFunc(v.Factors, func(a, b store.Factor) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(v.Sessions, func(a, b store.Session) int {
		return cmp.Or(b.SeenAt.Compare(a.SeenAt), cmp.Compare(a.ID, b.ID))
	})
	for _, p := range pre {
		v.PreSession = p
	}
	for _, d := range devices {
		v.Device = d
	}
	for _, b := range browsers {
		v.Browser = b
	}
	for _, set := range sets {
		set.Hashes = v.Recovery.Hashes
		v.Recovery = set
	}
	return v, err
}

// arrays scans a JSON array of rows, each an array of columns. fields are those of
// a row, as they would be scanned from columns; bytes are in hexadecimal digits.
func arrays[T any](into *[]T, fields func(*T) []any) sql.Scanner {
	return scanFunc(func(v any) error {
		var rows [][]json.RawMessage
		if err := fromJSON(&rows).Scan(v); err != nil {
			return err
		}
		*into = nil
		for _, columns := range rows {
			var one T
			each := fields(&one)
			if len(columns) != len(each) {
				return fmt.Errorf("scan %d columns from %d", len(each), len(columns))
			}
			for i, column := range columns {
				if err := scanJSON(each[i], column); err != nil {
					return err
				}
			}
			*into = append(*into, one)
		}
		return nil
	})
}

// scanJSON scans a column that is JSON.
func scanJSON(field any, column json.RawMessage) error {
	switch field := field.(type) {
	case sql.Scanner:
		var v any
		switch column[0] {
		case 'n':
		case '[':
			v = []byte(column)
		case '"':
			b, err := hex.DecodeString(string(bytes.Trim(column, `"`)))
			if err != nil {
				return err
			}
			v = b
		default:
			var n int64
			if err := json.Unmarshal(column, &n); err != nil {
				return err
			}
			v = n
		}
		return field.Scan(v)
	case *bool:
		*field = string(column) == "1"
		return nil
	}
	return json.Unmarshal(column, field)
}
