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

// bulkAct returns the act that was asked for, if the operator has its permission and the host's
// rule lets them. Otherwise that is audited as on the page of the act.
func (r *request[T]) bulkAct(act string) (*plan[T], error) {
	if !slices.Contains(r.bulkActs(), act) {
		return nil, nil
	}
	if !r.may(act) {
		return nil, r.Deny(r.permission(act))
	}
	if err := r.Decide(r.permission(act)); err != nil {
		return nil, err
	}
	p := &plan[T]{act: act}
	p.of = r.named(act)
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
		return r.showNone(r.T("resource.bulk.ticked"), "resource.bulk.choose")
	}
	s := selection{IDs: unique(given["row"])}
	if given.Get("all") == "yes" {
		if s, err = r.matching(given); err != nil {
			return nil, err
		}
	}
	switch most := mostMatching; {
	case len(s.IDs) == 0:
		return r.showNone(r.label(p.act), "resource.bulk.none")
	case s.Query == "" && len(s.IDs) > mostTicked:
		return r.showNone(r.label(p.act), "resource.bulk.fewer", "most", mostTicked)
	case len(s.IDs) > most:
		return r.showNone(r.label(p.act), "resource.bulk.too_many", "most", most)
	}
	return r.preview(p, s)
}

func unique(ids []string) []string {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// showNone says why there is nothing to do, and leads back. act is the title.
func (r *request[T]) showNone(act, key string, args ...any) (pages.Answer, error) {
	p := pages.ResourceBulkPage{Form: r.only(key, args...), ResourceNames: r.names(), Act: act}
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

// narrowed encodes the filters in use, or everything if there are none.
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

// look reads the rows as the list has them, and finds out which the act leaves out.
func (r *request[T]) look(p *plan[T], s selection) error {
	rows, err := r.read(s.IDs)
	if err != nil {
		return err
	}
	for i, id := range s.IDs {
		one, err := r.judge(p, id, rows[id])
		if err != nil {
			return err
		}
		if one.why == "" && i < len(s.States) && s.States[i] != r.listState(one.row) {
			one.why = "changed"
		}
		p.rows = append(p.rows, one)
	}
	return nil
}

// read reads rows that the operator may view, by their keys.
func (r *request[T]) read(ids []string) (map[string]*T, error) {
	found := make(map[string]*T, len(ids))
	for batch := range slices.Chunk(ids, mostLabels) {
		rows, err := r.byKeys(r.ctx, r.viewable, batch)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			found[r.model.id(&rows[i])] = &rows[i]
		}
	}
	return found, nil
}

// judge says whether the act leaves a row out, and why. A row that is nil is not there, as far
// as the operator may know.
func (r *request[T]) judge(p *plan[T], id string, row *T) (one planned[T], err error) {
	one.id, one.row = id, row
	if row == nil {
		one.why = "gone"
		return one, nil
	}
	rows, err := r.rows(p.act)
	switch {
	case err != nil:
		return one, err
	case !r.model.allows(rows, row):
		one.why = "not_yours"
	case p.of != nil && !p.of.fits(row):
		one.why = "not_now"
	}
	return one, nil
}

// candidate is one row of an act on several, read and judged as its own page would.
func (r *request[T]) candidate(p *plan[T], id string) (planned[T], error) {
	row, err := r.row(r.ctx, r.viewable, id)
	switch {
	case errors.Is(err, backoffice.ErrNotFound):
		return r.judge(p, id, nil)
	case err != nil:
		return planned[T]{id: id}, err
	}
	return r.judge(p, id, &row)
}

// selected seals the rows that an act is to be done to.
func (r *request[T]) selected(p *plan[T], query string) string {
	s := selection{Query: query}
	for _, one := range p.rows {
		if one.why == "" && !one.done {
			s.IDs, s.States = append(s.IDs, one.id), append(s.States, r.listState(one.row))
		}
	}
	return r.sealRows(p, s)
}

func (r *request[T]) sealRows(p *plan[T], s selection) string {
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
		return r.showNone(r.T("resource.bulk.ticked"), "resource.bulk.choose")
	}
	var s selection
	plain, ok := r.Open("rows "+r.Path+" "+p.act, r.Form().Get("selection"))
	if !ok || json.Unmarshal(plain, &s) != nil || len(s.IDs) > mostMatching {
		return r.showNone(r.label(p.act), "resource.bulk.again")
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
		page.Selection = r.sealRows(p, unreached)
	}
	return pages.ShowDone(page), nil
}

func (p *plan[T]) reason() Reason {
	if p.of == nil {
		return MayReason
	}
	return p.of.Reason
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
