package resource

import (
	"errors"
	"net/url"

	"github.com/postern-go/postern/backoffice"
)

// doAll does the act to each row for itself, as its own page would, until time is up. It
// returns the rest.
func (r *request[T]) doAll(p *plan[T], s selection, reason string) (unreached selection, err error) {
	still, err := r.stillMatch(s)
	if err != nil {
		return unreached, err
	}
	r.ctx = r.NoTimeLimit()
	begun := r.Now()
	for i, id := range s.IDs {
		if r.Now().Sub(begun) > bulkTime || r.ctx.Err() != nil {
			unreached = selection{IDs: s.IDs[i:], Query: s.Query}
			if i < len(s.States) {
				unreached.States = s.States[i:]
			}
			return unreached, nil
		}
		one, err := r.candidate(p, id)
		switch {
		case err != nil:
			r.Log("row of an act on several not read", err)
			one.why = "failed"
		case one.why != "":
		case still != nil && !still[id]:
			one.why = "no_match"
		case i < len(s.States) && s.States[i] != r.listState(one.row):
			one.why = "changed"
		default:
			r.doOne(p, &one, reason)
		}
		p.rows = append(p.rows, one)
	}
	return unreached, nil
}

// doOne does the act to one row.
func (r *request[T]) doOne(p *plan[T], one *planned[T], reason string) {
	var found []*problem
	var err error
	if p.of != nil {
		found, err = r.do(p.of, one.row, reason)
	} else {
		found, err = r.remove(one.row, reason)
	}
	switch {
	case len(found) > 0:
		one.text = r.sentence(found[0])
	case err == nil:
		one.done = true
	case errors.Is(err, errNotYours), errors.Is(err, backoffice.ErrForbidden):
		one.why = "not_yours"
	case errors.Is(err, backoffice.ErrChanged):
		one.why = "changed"
	case errors.Is(err, backoffice.ErrNotFound):
		one.why = "gone"
	default:
		r.Log("act on several rows failed for one", err)
		one.why = "failed"
	}
}

// stillMatch returns the rows that match what all of the selection matched; nil if rows were
// ticked.
func (r *request[T]) stillMatch(s selection) (map[string]bool, error) {
	if s.Query == "" {
		return nil, nil
	}
	given, err := url.ParseQuery(s.Query)
	if err != nil {
		return nil, err
	}
	if s.Query == everything {
		given = url.Values{}
	}
	now, err := r.matching(given)
	still := make(map[string]bool, len(now.IDs))
	for _, id := range now.IDs {
		still[id] = true
	}
	return still, err
}
