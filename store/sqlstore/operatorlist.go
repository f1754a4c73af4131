package sqlstore

import (
	"context"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// holds selects those who have a role, as the primary or an additional one.
func (d *dialect) holds() string {
	return `(o.primary_role = ? OR o.roles <> '[]' AND ` + d.has(`o.roles`, `?`) + `)`
}

// endsBefore selects those whose access ends before a time, by the index of the accounts
// that end.
const endsBefore = `o.ends_at <> 0 AND o.state <> '` + string(store.OperatorDisabled) + `' AND o.ends_at < ?`

// ListOperators implements [store.Operators]. It may look at every operator, of
// whom there are some thousands.
func (s *Store) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	var f filter
	f.show(q)
	if q.RoleID != "" {
		f.and(s.dialect.holds(), q.RoleID, q.RoleID)
	}
	switch q.TwoFactor {
	case store.Either:
	case store.Yes:
		f.and(`o.two_factor = TRUE`)
	default:
		f.and(`o.two_factor = FALSE`)
	}
	switch q.Member {
	case store.Either:
	case store.Yes:
		f.and(`o.member_id IS NOT NULL`)
	default:
		f.and(`o.member_id IS NULL`)
	}
	if !q.RefreshedBefore.IsZero() {
		f.and(`o.refreshed_at < ?`, q.RefreshedBefore)
	}
	if !q.EndsBefore.IsZero() {
		f.and(endsBefore, q.EndsBefore)
	}
	if !q.InactiveBefore.IsZero() {
		f.and(`o.state = ? AND o.last_active_at < ? AND o.created_at < ?`, store.OperatorActive, q.InactiveBefore, q.InactiveBefore)
	}
	f.search(s.dialect, `o.search_key`, q.Search)

	order := `o.name_key, o.id`
	switch column := sortedBy(q.Sort); {
	case column != "":
		order = column + ` DESC, o.id`
		if q.After != nil {
			f.and(`(`+column+` < ? OR `+column+` = ? AND o.id > ?)`, q.After.At, q.After.At, q.After.ID)
		}
	case q.After != nil:
		from, args := s.dialect.after([]string{`o.name_key`, `o.id`}, `>`, []any{q.After.NameKey, q.After.ID})
		f.and(from, args...)
	}
	// The page is found first, so that columns that are only shown are read and
	// sorted only for its rows.
	query := `SELECT ` + operatorColumns + `, o.two_factor, o.passkey FROM postern_operators o WHERE o.id IN (SELECT page.id FROM (
		SELECT o.id FROM postern_operators o` + f.where() + ` ORDER BY ` + order + ` LIMIT ?) page) ORDER BY ` + order
	limit := store.PageLimit(q.Limit)
	found, err := list(ctx, s, scanOperatorRow, query, f.with(limit+1)...)
	if err != nil {
		return store.OperatorPage{}, s.wrap("list operators", err)
	}
	if len(found) <= limit {
		return store.OperatorPage{Rows: found}, nil
	}
	last := found[limit-1]
	next := &store.OperatorCursor{ID: last.ID}
	switch q.Sort {
	case store.ByLastActive:
		next.At = last.LastActiveAt
	case store.ByCreated:
		next.At = last.CreatedAt
	default:
		next.NameKey = last.NameKey
	}
	return store.OperatorPage{Rows: found[:limit], Next: next}, nil
}

// sortedBy returns the time column that a list is sorted by; empty if by name.
func sortedBy(sort store.OperatorSort) string {
	switch sort {
	case store.ByLastActive:
		return `o.last_active_at`
	case store.ByCreated:
		return `o.created_at`
	}
	return ""
}

// show selects those in a state, as [store.Operator.Show] defines it.
func (f *filter) show(q store.OperatorQuery) {
	switch q.Show {
	case "":
	case store.ShowActive:
		f.and(`o.state = ? AND o.locked_until <= ?`, store.OperatorActive, q.Now)
	case store.ShowLocked:
		f.and(`o.state = ? AND o.locked_until > ?`, store.OperatorActive, q.Now)
	case store.ShowInvited:
		f.and(`o.state = ? AND o.invite_expires_at > ?`, store.OperatorInvited, q.Now)
	case store.ShowExpired:
		f.and(`o.state = ? AND o.invite_expires_at <= ?`, store.OperatorInvited, q.Now)
	default: // disabled, and unknown states
		f.and(`o.state = ?`, string(q.Show))
	}
}

// search selects rows that contain every word of a search. No character is
// special, unlike with LIKE.
func (f *filter) search(d *dialect, column, search string) {
	for word := range strings.FieldsSeq(search) {
		f.and(d.contains(column), word)
	}
}

func scanOperatorRow(r row) (o store.OperatorRow, err error) {
	err = r.Scan(append(operatorFields(&o.Operator), &o.TwoFactor, &o.Passkey)...)
	return o, err
}

// CountOperators implements [store.Operators]. For each count, an index begins with
// what it counts.
func (s *Store) CountOperators(ctx context.Context, now time.Time, most int) (store.OperatorCounts, error) {
	count := func(condition string) string {
		return `(SELECT COUNT(*) FROM (SELECT 1 FROM postern_operators o WHERE ` + condition + ` LIMIT ?) AS counted)`
	}
	var columns []string
	var args []any
	for _, q := range []store.OperatorQuery{{Show: store.ShowLocked}, {Show: store.ShowInvited}, {Show: store.ShowExpired}, {Show: store.ShowActive}} {
		q.Now = now
		var f filter
		f.show(q)
		if q.Show == store.ShowActive {
			f.and(`o.two_factor = FALSE`)
		}
		columns = append(columns, count(strings.Join(f.conditions, " AND ")))
		args = append(args, f.with(most)...)
	}
	columns, args = append(columns, count(endsBefore)), append(args, now.Add(store.EndingSoon), most)
	counts, err := find(ctx, s, scanCounts, `SELECT `+strings.Join(columns, ", "), args...)
	return counts, s.wrap("count operators", err)
}

func scanCounts(r row) (c store.OperatorCounts, err error) {
	err = r.Scan(&c.Locked, &c.Invited, &c.Expired, &c.WithoutTwoFactor, &c.Ending)
	return c, err
}

// CountHolders implements [store.Operators]. Many operators share few combinations
// of roles.
func (s *Store) CountHolders(ctx context.Context) (map[string]int, error) {
	const query = `SELECT o.primary_role, o.roles, COUNT(*) FROM postern_operators o GROUP BY o.primary_role, o.roles`
	found, err := list(ctx, s, scanHolders, query)
	if err != nil {
		return nil, s.wrap("count holders", err)
	}
	holders := map[string]int{}
	for _, h := range found {
		o := store.Operator{PrimaryRole: h.primary, Roles: h.roles}
		for _, id := range distinct(o.AllRoles()) {
			holders[id] += h.operators
		}
	}
	return holders, nil
}

func scanHolders(r row) (h held, err error) {
	err = r.Scan(&h.primary, fromJSON(&h.roles), &h.operators)
	return h, err
}
