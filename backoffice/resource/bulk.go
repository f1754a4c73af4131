package resource

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
)

const (
	// mostTicked is how many rows can be ticked, mostMatching how many an act takes that
	// is done to all that match.
	mostTicked, mostMatching = 100, 1000
	// bulkTime is how long an act on several rows begins with another row.
	bulkTime = 20 * time.Second
	// mostNamed is how many rows are named on a page of an act.
	mostNamed = 100
)

// selection is what an act on several rows was shown for, as its form carries it, sealed: no
// row that was not shown is acted on, whatever matches by then.
type selection struct {
	// IDs are the rows, States what they were when they were shown.
	IDs    []string `json:"i"`
	States []string `json:"d"`
	// Query is what they matched, if it was all that match: they must still do.
	Query string `json:"q,omitempty"`
}

// plan is what an act does to several rows.
type plan[T any] struct {
	act  string
	of   *Act[T] // nil to delete
	rows []planned[T]
}

// planned is what becomes of one row. why is the message of why it is left out.
type planned[T any] struct {
	id, why, text string
	row           *T
	done          bool
}

// bulkAct returns the act that was asked for, if the operator has its permission. Without it,
// that is audited as on any page.
func (r *request[T]) bulkAct(act string) (*plan[T], error) {
	if !slices.Contains(r.bulkActs(), act) {
		return nil, nil
	}
	if !r.may(act) {
		return nil, r.Deny(r.permission(act))
	}
	p := &plan[T]{act: act}
	for i := range r.Acts {
		if r.Acts[i].Name == act {
			p.of = &r.Acts[i]
		}
	}
	return p, nil
}

// getBulk shows what an act would do to the rows that are ticked, or to all that match.
func (r *request[T]) getBulk() (pages.Answer, error) {
	given := r.Query()
	p, err := r.bulkAct(given.Get("act"))
	if err != nil {
		return nil, err
	}
	if p == nil {
		return r.showNone("resource.bulk.choose")
	}
	s := selection{IDs: unique(given["row"])}
	if given.Get("all") == "yes" {
		if s, err = r.matching(given); err != nil {
			return nil, err
		}
	}
	switch most := mostMatching; {
	case len(s.IDs) == 0:
		return r.showNone("resource.bulk.none")
	case s.Query == "" && len(s.IDs) > mostTicked:
		return r.showNone("resource.bulk.fewer", "most", mostTicked)
	case len(s.IDs) > most:
		return r.showNone("resource.bulk.too_many", "most", most)
	}
	return r.preview(p, s)
}

func unique(ids []string) []string {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// showNone says why there is nothing to do, and leads back.
func (r *request[T]) showNone(key string, args ...any) (pages.Answer, error) {
	p := pages.ResourceBulkPage{Form: r.only(key, args...), ResourceNames: r.names(), Act: r.T("resource.bulk.ticked")}
	return pages.ShowPage(http.StatusUnprocessableEntity, p), nil
}

// matching selects all rows of the list as it was filtered, or one more than an act takes.
func (r *request[T]) matching(given url.Values) (s selection, err error) {
	q, found := r.asked(given)
	if len(found) > 0 {
		return s, nil
	}
	s.Query = r.narrowed(given)
	q.Limit = mostMatching + 1
	rows, _, err := r.Resource.page(r.ctx, r.viewable, q)
	for i := range rows {
		s.IDs = append(s.IDs, r.model.id(&rows[i]))
	}
	return s, err
}

// narrowed is what narrows the list. It is never empty, and says so.
func (r *request[T]) narrowed(given url.Values) string {
	kept := url.Values{}
	for _, name := range r.listFields() {
		if v := given.Get(name); v != "" {
			kept.Set(name, v)
		}
	}
	return cmp.Or(kept.Encode(), everything)
}

const everything = "everything"

// preview shows what an act would do.
func (r *request[T]) preview(p *plan[T], s selection) (pages.Answer, error) {
	if err := r.look(p, s); err != nil {
		return nil, err
	}
	page := r.bulkPage(p, false)
	page.Selection = r.selected(p, s.Query)
	return pages.ShowPage(http.StatusOK, page), nil
}

// look reads the rows, and finds out which the act leaves out.
func (r *request[T]) look(p *plan[T], s selection) error {
	for i, id := range s.IDs {
		one, err := r.candidate(p, id)
		if err != nil {
			return err
		}
		if one.why == "" && i < len(s.States) && !r.is(s.States[i], one.row) {
			one.why = "changed"
		}
		p.rows = append(p.rows, one)
	}
	return nil
}

// candidate is one row of an act on several, as every other page would find it.
func (r *request[T]) candidate(p *plan[T], id string) (one planned[T], err error) {
	one.id = id
	row, err := r.row(r.ctx, r.viewable, id)
	if errors.Is(err, backoffice.ErrNotFound) {
		one.why = "gone"
		return one, nil
	}
	if err != nil {
		return one, err
	}
	one.row = &row
	rows, err := r.rows(p.act)
	switch {
	case err != nil:
		return one, err
	case !r.model.allows(rows, &row):
		one.why = "not_yours"
	case p.of != nil && !p.of.fits(&row):
		one.why = "not_now"
	}
	return one, nil
}

// selected seals the rows that an act is to be done to.
func (r *request[T]) selected(p *plan[T], query string) string {
	s := selection{Query: query}
	for _, one := range p.rows {
		if one.why == "" && !one.done {
			s.IDs, s.States = append(s.IDs, one.id), append(s.States, r.state(one.row))
		}
	}
	b, _ := json.Marshal(s) // texts have JSON
	return r.Seal("rows "+r.Path+" "+p.act, b)
}

// postBulk does an act to the rows that were shown. A form without the confirmation is shown
// them again.
func (r *request[T]) postBulk() (pages.Answer, error) {
	p, err := r.bulkAct(r.Form().Get("act"))
	if err != nil {
		return nil, err
	}
	if p == nil {
		return r.showNone("resource.bulk.choose")
	}
	var s selection
	plain, ok := r.Open("rows "+r.Path+" "+p.act, r.Form().Get("selection"))
	if !ok || json.Unmarshal(plain, &s) != nil || len(s.IDs) > mostMatching {
		return r.showNone("resource.bulk.again")
	}
	if r.stepUp(p.act) && !r.Proved() {
		return nil, backoffice.ErrStepUp
	}
	if r.Form().Get("confirm") != "yes" {
		return r.preview(p, s)
	}
	reason, f := r.reason(p.reason())
	if f.Failed() {
		if err := r.look(p, s); err != nil {
			return nil, err
		}
		page := r.bulkPage(p, false)
		page.Form, page.Selection = f, r.selected(p, s.Query)
		return pages.ShowPage(http.StatusUnprocessableEntity, page), nil
	}
	unreached, err := r.doAll(p, s, reason.Reason)
	if err != nil {
		return nil, err
	}
	page := r.bulkPage(p, true)
	page.Unreached = len(unreached.IDs)
	if page.Unreached > 0 {
		b, _ := json.Marshal(unreached) // texts have JSON
		page.Selection = r.Seal("rows "+r.Path+" "+p.act, b)
	}
	return pages.ShowDone(page), nil
}

func (p *plan[T]) reason() Reason {
	if p.of == nil {
		return MayReason
	}
	return p.of.Reason
}

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
		case i < len(s.States) && !r.is(s.States[i], one.row):
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

// bulkPage is the page about an act on several rows, those that are left out first.
func (r *request[T]) bulkPage(p *plan[T], done bool) pages.ResourceBulkPage {
	page := pages.ResourceBulkPage{
		ResourceNames: r.names(), Act: r.label(p.act), Code: p.act, Done: done, Danger: p.of == nil,
		Post: r.path() + "/" + ofNone + "/" + bulkPage,
	}
	page.ResourceReason, _ = r.reason(p.reason())
	if p.of != nil {
		page.Text, page.Danger = r.host(p.of.Help), p.of.Danger
	}
	for _, one := range p.rows {
		row := pages.ResourceOutcome{Name: one.id, Done: one.done, Why: one.text}
		if one.row != nil {
			row.Name = r.model.name(one.row)
			if !(one.done && p.of == nil) {
				row.Path = r.rowPath(one.id)
			}
		}
		if one.why != "" {
			row.Why = r.T("resource.why." + one.why)
		}
		if row.Why == "" {
			page.Those++
		} else {
			page.Left++
		}
		page.Rows = append(page.Rows, row)
	}
	slices.SortStableFunc(page.Rows, func(a, b pages.ResourceOutcome) int { return int(number(a.Why == "") - number(b.Why == "")) })
	if page.Unnamed = max(0, len(page.Rows)-mostNamed); page.Unnamed > 0 {
		page.Rows = page.Rows[:mostNamed]
	}
	return page
}
