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

// signInColumns is a row for one operator, up to the known browsers: everything else is
// an array of arrays, with the columns that the fields below name, in their order.
const signInColumns = operatorColumns + `,
	COALESCE((SELECT p.revision FROM postern_parameters p WHERE p.id = 1), 0),
	(SELECT json_agg(json_build_array(encode(p.digest, 'hex'), p.operator_id, p.operator_version, p.created_at,
		p.expires_at, p.next, p.ip, p.user_agent, p.method, p.provider))
		FROM postern_pre_sessions p WHERE p.digest = ?),
	(SELECT json_agg(json_build_array(r.id, r.version, r.name, r.name_key, r.description,
		CASE WHEN r.require_two_factor THEN 1 ELSE 0 END, CASE WHEN r.require_passkey THEN 1 ELSE 0 END,
		r.permissions::json, r.created_at, r.updated_at))
		FROM postern_roles r WHERE r.id = o.primary_role OR o.roles::jsonb @> to_jsonb(r.id)),
	(SELECT json_agg(json_build_array(f.id, f.operator_id, f.kind, f.label, encode(f.secret, 'hex'), f.step,
		f.created_at, f.confirmed_at, f.last_used_at, f.ip, encode(f.handle, 'hex')))
		FROM postern_factors f WHERE f.operator_id = o.id),
	(SELECT json_agg(json_build_array(s.operator_id, encode(s.salt, 'hex'), s.created_at))
		FROM postern_recovery_sets s WHERE s.operator_id = o.id),
	(SELECT json_agg(json_build_array(encode(c.hash, 'hex')))
		FROM postern_recovery_codes c WHERE c.operator_id = o.id),
	(SELECT json_agg(json_build_array(encode(s.digest, 'hex'), s.id, s.operator_id, s.created_at, s.seen_at, s.ends_at,
		s.proved_at, s.ip, s.user_agent, s.method, s.provider))
		FROM (SELECT digest, id, operator_id, created_at, seen_at, ends_at, proved_at, ip, user_agent, method, provider
		FROM postern_sessions WHERE operator_id = o.id ORDER BY seen_at DESC, id LIMIT ?) s),
	(SELECT json_agg(json_build_array(d.operator_id, encode(d.digest, 'hex'), d.first_at, d.last_at))
		FROM postern_devices d WHERE d.operator_id = o.id AND d.digest = ?),
	(SELECT json_agg(json_build_array(encode(b.digest, 'hex'), encode(b.previous, 'hex'), b.id, b.operator_id, b.created_at,
		b.seen_at, b.ip, b.user_agent))
		FROM (SELECT b.* FROM postern_browsers b WHERE b.operator_id = o.id AND `

// signInCounters follow.
const signInCounters = ` ORDER BY b.seen_at DESC, b.id LIMIT 1) b),
	(SELECT json_agg(json_build_array(c.id, c.hits, c.first_at, c.last_at, c.expires_at))
		FROM (`

// FindSignIn implements [store.SignIns].
func (s *Store) FindSignIn(ctx context.Context, q store.SignInQuery) (store.SignInView, error) {
	query, args := s.signIn(q)
	v, err := find(ctx, s, scanSignIn, query, args...)
	return v, s.wrap("find sign-in", err)
}

// signIn returns the query and its arguments.
func (s *Store) signIn(q store.SignInQuery) (string, []any) {
	keys := make([]string, 0, len(q.Counters)+len(q.OperatorCounters))
	browsers, found := foundBy(q.Browsers)
	args := append([]any{q.PreSession, maxListedSessions, q.Device}, found...)
	for _, key := range q.Counters {
		keys, args = append(keys, `?`), append(args, key)
	}
	for _, kind := range q.OperatorCounters {
		keys, args = append(keys, `CAST(? AS TEXT) || o.id`), append(args, kind)
	}
	if len(keys) == 0 {
		keys = []string{`NULL`}
	}
	query := `SELECT ` + s.dialect.now + `, ` + signInColumns + browsers + signInCounters + eachCounter(keys) + `) c)
		FROM postern_operators o WHERE `
	switch {
	case q.Login != "":
		return query + `o.name_key = ? OR o.email_key = ?`, append(args, q.Login, q.Login)
	case q.MemberID != "":
		return query + `o.member_id = ?`, append(args, q.MemberID)
	case q.Subject != "":
		return query + `o.subject = ?`, append(args, q.Subject)
	case !q.PreSession.IsZero():
		return query + `o.id = (SELECT p.operator_id FROM postern_pre_sessions p WHERE p.digest = ?)`, append(args, q.PreSession)
	}
	return query + `o.id = ?`, append(args, q.OperatorID)
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
