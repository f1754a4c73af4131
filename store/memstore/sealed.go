package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

// ListSealed implements [store.SealedStore].
func (s *Store) ListSealed(ctx context.Context, q store.SealedQuery) (store.SealedPage, error) {
	if err := ctx.Err(); err != nil {
		return store.SealedPage{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []store.Sealed
	add := func(id, name, operatorID string, data []byte) {
		if len(data) > 0 && (q.After == nil || cmp.Or(cmp.Compare(id, q.After.ID), cmp.Compare(name, q.After.Name)) > 0) {
			found = append(found, store.Sealed{Kind: q.Kind, ID: id, Name: name, OperatorID: operatorID, Data: data})
		}
	}
	switch q.Kind {
	case store.SealedFactor:
		for id, f := range s.factors {
			add(id, "", f.OperatorID, f.Secret)
		}
	case store.SealedMail:
		for id, m := range s.mails {
			add(id, "", m.OperatorID, m.Body)
		}
	case store.SealedValues:
		for id, values := range s.values {
			for name, data := range values {
				add(id, name, s.sessions[s.sessionIDs[id]].OperatorID, data)
			}
		}
	}
	slices.SortFunc(found, func(a, b store.Sealed) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name))
	})
	page := store.SealedPage{Rows: slices.Clone(found[:min(len(found), store.PageLimit(q.Limit))])}
	for i := range page.Rows {
		page.Rows[i].Data = bytes.Clone(page.Rows[i].Data)
	}
	if n := len(page.Rows); n < len(found) {
		page.Next = &store.SealedCursor{ID: page.Rows[n-1].ID, Name: page.Rows[n-1].Name}
	}
	return page, nil
}

func (s *Store) reseal(u *undo, w store.Reseal) error {
	v, fresh := w.Value, bytes.Clone(w.New)
	check := func(data []byte) error {
		switch {
		case len(data) == 0:
			return store.ErrNotFound
		case !bytes.Equal(data, v.Data):
			return store.ErrConflict
		}
		return nil
	}
	switch v.Kind {
	case store.SealedFactor:
		f := s.factors[v.ID]
		if err := check(f.Secret); err != nil {
			return err
		}
		if len(fresh) == 0 {
			return s.removeFactors(u, store.RemoveFactors{OperatorID: v.OperatorID, ID: v.ID})
		}
		f.Secret = fresh
		put(u, s.factors, f.ID, f)
		return nil
	case store.SealedMail:
		m := s.mails[v.ID]
		if err := check(m.Body); err != nil {
			return err
		}
		if m.Body = fresh; len(fresh) == 0 {
			m.State, m.Reply = store.MailFailed, w.Reply
		}
		put(u, s.mails, m.ID, m)
		return nil
	case store.SealedValues:
		if err := check(s.values[v.ID][v.Name]); err != nil {
			return err
		}
		return s.putSessionValues(u, store.PutSessionValues{SessionID: v.ID, Name: v.Name, Data: fresh})
	}
	return store.ErrNotFound
}
