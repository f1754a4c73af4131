package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// society fills a store with operators of every kind, many of them equal in what
// they are sorted by, and returns them.
func society(t *testing.T, st store.Store) []store.OperatorRow {
	t.Helper()
	var writes []store.Write
	for i, id := range names("o", 48) {
		o := newOperator(id)
		o.NameKey = fmt.Sprintf("%s %s %02d", []string{"ann", "anna", "bob"}[i%3], []string{"banks", "an"}[i%2], i)
		o.LastActiveAt = []time.Time{{}, noon, noon.Add(time.Hour)}[i%3]
		o.CreatedAt = noon.Add(time.Duration(i%2) * time.Microsecond)
		switch i % 8 {
		case 1:
			o.State = store.OperatorDisabled
		case 2:
			o.State, o.InviteExpiresAt = store.OperatorInvited, noon.Add(time.Hour)
		case 3:
			o.State, o.InviteExpiresAt = store.OperatorInvited, noon.Add(-time.Hour)
		case 4:
			o.LockedUntil = noon.Add(time.Hour)
		case 5:
			o.LockedUntil = noon.Add(-time.Hour)
		}
		if i%5 == 0 {
			o.MemberID = id
		}
		switch i % 4 {
		case 0:
			o.PrimaryRole = "editor"
		case 1:
			o.PrimaryRole, o.Roles = "edit", []string{"editor", "editors"}
		case 2:
			o.PrimaryRole, o.Roles = "editor", []string{"editor"}
		}
		writes = append(writes, store.PutOperator{Operator: o})
		if i%3 == 0 {
			writes = append(writes, store.PutFactor{Factor: newFactor(id, "factor of "+id)})
		}
	}
	commit(t, st, writes...)
	all := operators(t, st, store.OperatorQuery{Limit: 500})
	require.Len(t, all, 48)
	return all
}

func singleFilters() []store.OperatorQuery {
	all := []store.OperatorQuery{
		{}, {RoleID: "editor"}, {RoleID: "edit"}, {RoleID: "edito_"}, {RoleID: "nobody"}, {RoleID: "%"},
		{TwoFactor: store.Yes}, {TwoFactor: store.No}, {Member: store.Yes}, {Member: store.No},
	}
	for _, search := range []string{"a", "an", "ann", "anna", "annab", "bob b", "ban an", "an ann anna", "o03 exam", "org 1", "%", "nobody", "an nobody"} {
		all = append(all, store.OperatorQuery{Search: search})
	}
	for _, show := range []store.OperatorShow{store.ShowActive, store.ShowInvited, store.ShowExpired, store.ShowLocked, store.ShowDisabled} {
		all = append(all, store.OperatorQuery{Show: show, Now: noon})
	}
	return all
}

func mixedFilters() []store.OperatorQuery {
	var all []store.OperatorQuery
	for _, search := range []string{"", "an", "bob an"} {
		for _, show := range []store.OperatorShow{"", store.ShowActive, store.ShowExpired, store.ShowDisabled} {
			for _, roleID := range []string{"", "editor"} {
				for _, twoFactor := range []store.Choice{store.Either, store.Yes} {
					for _, member := range []store.Choice{store.Either, store.No} {
						all = append(all, store.OperatorQuery{
							Search: search, Show: show, Now: noon, RoleID: roleID, TwoFactor: twoFactor, Member: member,
						})
					}
				}
			}
		}
	}
	return all
}

// selected is what the contract says that the query selects.
func selected(all []store.OperatorRow, q store.OperatorQuery) []store.OperatorRow {
	var found []store.OperatorRow
	for _, o := range all {
		ok := (q.Show == "" || o.Show(q.Now) == q.Show) &&
			(q.RoleID == "" || slices.Contains(o.AllRoles(), q.RoleID)) &&
			(q.TwoFactor == store.Either || o.TwoFactor == (q.TwoFactor == store.Yes)) &&
			(q.Member == store.Either || (o.MemberID != "") == (q.Member == store.Yes))
		for _, word := range store.Words(q.Search) {
			ok = ok && slices.ContainsFunc(store.Words(o.NameKey+" "+o.EmailKey), func(w string) bool { return strings.HasPrefix(w, word) })
		}
		if ok {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b store.OperatorRow) int {
		first := strings.Compare(a.NameKey, b.NameKey)
		switch q.Sort {
		case store.ByLastActive:
			first = b.LastActiveAt.Compare(a.LastActiveAt)
		case store.ByCreated:
			first = b.CreatedAt.Compare(a.CreatedAt)
		}
		if first == 0 {
			return strings.Compare(a.ID, b.ID)
		}
		return first
	})
	return found
}

func idsOf(rows []store.OperatorRow) []string {
	var ids []string
	for _, o := range rows {
		ids = append(ids, o.ID)
	}
	return ids
}
