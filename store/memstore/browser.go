package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// maxListedBrowsers is the maximum number of browsers that ListBrowsers returns.
const maxListedBrowsers = 100

// ListBrowsers implements [store.Browsers].
func (s *Store) ListBrowsers(ctx context.Context, operatorID string) ([]store.Browser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := s.browsersSeen(operatorID)
	return found[:min(len(found), maxListedBrowsers)], nil
}

// browsersSeen returns the operator's browsers, last seen first.
func (s *Store) browsersSeen(operatorID string) []store.Browser {
	var found []store.Browser
	for _, id := range s.browsersOf[operatorID] {
		found = append(found, s.browsers[id])
	}
	slices.SortFunc(found, func(a, b store.Browser) int {
		return cmp.Or(b.SeenAt.Compare(a.SeenAt), cmp.Compare(a.ID, b.ID))
	})
	return found
}

// findBrowser returns the operator's browser that one of the digests finds.
func (s *Store) findBrowser(operatorID string, digests []store.Digest) store.Browser {
	for _, b := range s.browsersSeen(operatorID) {
		for _, d := range digests {
			if !d.IsZero() && (d == b.Digest || d == b.Previous) {
				return b
			}
		}
	}
	return store.Browser{}
}

func (s *Store) putBrowser(u *undo, w store.PutBrowser) error {
	b := w.Browser
	b.CreatedAt, b.SeenAt = store.Time(b.CreatedAt), store.Time(b.SeenAt)
	if _, ok := s.operators[b.OperatorID]; !ok {
		return store.ErrNotFound
	}
	if id, had := s.browserIDs[b.Digest]; had && id != b.ID {
		return store.ErrExists
	}
	before, had := s.browsers[b.ID]
	if had && before.OperatorID != b.OperatorID {
		return store.ErrExists
	}
	if had {
		s.deleteBrowser(u, before)
	}
	if w.Keep > 0 {
		others := s.browsersSeen(b.OperatorID)
		for _, other := range others[min(len(others), w.Keep-1):] {
			s.deleteBrowser(u, other)
		}
	}
	put(u, s.browsers, b.ID, b)
	put(u, s.browserIDs, b.Digest, b.ID)
	put(u, s.browsersOf, b.OperatorID, append(slices.Clone(s.browsersOf[b.OperatorID]), b.ID))
	return nil
}

// deleteBrowser deletes an existing browser.
func (s *Store) deleteBrowser(u *undo, b store.Browser) {
	remove(u, s.browsers, b.ID)
	remove(u, s.browserIDs, b.Digest)
	rest := slices.DeleteFunc(slices.Clone(s.browsersOf[b.OperatorID]), func(id string) bool { return id == b.ID })
	if len(rest) == 0 {
		remove(u, s.browsersOf, b.OperatorID)
		return
	}
	put(u, s.browsersOf, b.OperatorID, rest)
}

func (s *Store) deleteBrowsers(u *undo, w store.DeleteBrowsers) error {
	n := 0
	for _, b := range s.browsersSeen(w.OperatorID) {
		if w.All && b.ID != w.Except || !w.All && b.ID == w.ID {
			s.deleteBrowser(u, b)
			n++
		}
	}
	if n == 0 && w.MustExist {
		return store.ErrNotFound
	}
	return nil
}

// purgeBrowsers deletes browsers not seen since before, and counts them.
func (s *Store) purgeBrowsers(before time.Time) (n int) {
	for _, b := range s.browsers {
		if b.SeenAt.Before(before) {
			s.deleteBrowser(&undo{}, b)
			n++
		}
	}
	return n
}
