package resourcetest // the suite tests itself by its duties, which have no outside

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
)

type status string

type post struct {
	id, version int64
	title, body string
	section     string
	author      int
	status      status
	pinned      bool
	published   time.Time
}

func postRow(n int) post {
	return post{
		id: int64(100 + n), title: fmt.Sprintf("Roses number %d", n), body: "long", section: fmt.Sprintf("section %d", n),
		author: n + 1, status: []status{"draft", "live"}[n%2], pinned: n%2 == 0,
		published: time.Date(2026, 1, 31-n, 12, 0, n, 0, time.UTC),
	}
}

func posts(data resource.Data[post], more ...resource.Field[post]) *resource.Resource[post] {
	return &resource.Resource[post]{
		Path: "posts", One: "Post", Many: "Posts", Data: data, Sort: "-published",
		Fields: append([]resource.Field[post]{
			resource.Key[post, int64]{Name: "id", At: func(p *post) *int64 { return &p.id }},
			resource.Text[post]{Name: "title", Searched: true, Sorted: true, At: func(p *post) *string { return &p.title }, In: resource.Everywhere},
			resource.Text[post]{Name: "section", Filtered: true, Optional: true, At: func(p *post) *string { return &p.section }, In: resource.Everywhere},
			resource.Ref[post, int]{Name: "author", Filtered: true, At: func(p *post) *int { return &p.author }, In: resource.Everywhere},
			resource.Choice[post, status]{Name: "status", Filtered: true, Of: []resource.Option{{Value: "draft"}, {Value: "live"}},
				At: func(p *post) *status { return &p.status }, In: resource.Everywhere},
			resource.Bool[post]{Name: "pinned", Filtered: true, At: func(p *post) *bool { return &p.pinned }, In: resource.Everywhere},
			resource.Time[post]{Name: "published", Sorted: true, Filtered: true, At: func(p *post) *time.Time { return &p.published }, In: resource.Everywhere},
			resource.Text[post]{Name: "body", Long: true, At: func(p *post) *string { return &p.body }, In: resource.Detail | resource.Write},
		}, more...),
	}
}

func versioned() resource.Field[post] {
	return resource.Version[post]{Name: "version", At: func(p *post) *int64 { return &p.version }}
}

func TestASliceIsData(t *testing.T) {
	t.Run("with a version", func(t *testing.T) {
		Run(t, func(_ *testing.T, rows []post) *resource.Resource[post] {
			return posts(resource.Slice(rows...), versioned())
		}, postRow)
	})
	t.Run("without one", func(t *testing.T) {
		Run(t, func(_ *testing.T, rows []post) *resource.Resource[post] { return posts(resource.Slice(rows...)) }, postRow)
	})
}

// listed is a mistake in List.
func listed(change func(q *resource.Query)) func(resource.Data[post]) resource.Data[post] {
	return func(d resource.Data[post]) resource.Data[post] {
		list := d.List
		d.List = func(ctx context.Context, q resource.Query) ([]post, error) {
			change(&q)
			return list(ctx, q)
		}
		return d
	}
}

func updated(update func(d resource.Data[post], ctx context.Context, c resource.Change[post]) error) func(resource.Data[post]) resource.Data[post] {
	return func(d resource.Data[post]) resource.Data[post] {
		right := d
		d.Update = func(ctx context.Context, c resource.Change[post]) error { return update(right, ctx, c) }
		return d
	}
}

// mistakes are some that the author of a Data could make, and the duty that finds each.
var mistakes = map[string]struct {
	fails string
	make  func(resource.Data[post]) resource.Data[post]
}{
	"includes the cursor": {"pages of every size make up the list", listed(func(q *resource.Query) {
		if q.After != nil {
			q.After.Key = q.After.Key.(int64) + map[bool]int64{false: -1, true: 1}[q.Desc]
		}
	})},
	"compares keys only": {"pages of every size make up the list", func(d resource.Data[post]) resource.Data[post] {
		list := d.List
		d.List = func(ctx context.Context, q resource.Query) ([]post, error) {
			after, limit := q.After, q.Limit
			q.After, q.Limit = nil, 1000
			rows, err := list(ctx, q)
			if after != nil {
				rows = slices.DeleteFunc(rows, func(p post) bool { return (p.id > after.Key.(int64)) == q.Desc || p.id == after.Key })
			}
			return rows[:min(len(rows), limit)], err
		}
		return d
	}},
	"ignores the direction": {"the reverse order is the exact reverse, also of rows that are equal in it", listed(func(q *resource.Query) { q.Desc = false })},
	"ignores conditions":    {"a condition on values selects the rows that have one of them", listed(func(q *resource.Query) { q.Where = nil })},
	"ignores the search":    {"a search finds rows by the beginning of a text, whatever its case", listed(func(q *resource.Query) { q.Search = "" })},
	"ignores the limit":     {"a list has no more rows than its limit", listed(func(q *resource.Query) { q.Limit = 1000 })},
	"forgets fields":        {"rows of a list have the fields that are asked for", listed(func(q *resource.Query) { q.Fields = q.Fields[:2] })},
	"includes the end":      {"a condition on bounds includes the first and excludes the second", listed(func(q *resource.Query) { stretch(q, time.Nanosecond) })},
	"ignores what is held": {"a change fails if a field that it holds was changed in the meantime", updated(func(d resource.Data[post], ctx context.Context, c resource.Change[post]) error {
		now, err := d.Get(ctx, c.ID)
		c.Was.version = now.version
		return firstOf(err, d.Update(ctx, c))
	})},
	"ignores the context": {"a call whose context is done returns an error", func(d resource.Data[post]) resource.Data[post] {
		get := d.Get
		d.Get = func(ctx context.Context, id string) (post, error) { return get(context.WithoutCancel(ctx), id) }
		return d
	}},
	"finds what is not there": {"a key that no row has is not found, whatever it looks like", func(d resource.Data[post]) resource.Data[post] {
		get := d.Get
		d.Get = func(ctx context.Context, id string) (post, error) {
			p, err := get(ctx, id)
			if errors.Is(err, backoffice.ErrNotFound) && strings.HasPrefix(id, "1e") {
				return post{}, nil
			}
			return p, err
		}
		return d
	}},
	"overwrites": {"a change of a row that was changed in the meantime fails", updated(func(d resource.Data[post], ctx context.Context, c resource.Change[post]) (err error) {
		if c.Was, err = d.Get(ctx, c.ID); err != nil {
			return err
		}
		return d.Update(ctx, c)
	})},
	"compares first and saves then": {"of many changes at once, one succeeds", racy()},
	"saves all that it is given": {"a change is saved, and changes nothing else", updated(func(d resource.Data[post], ctx context.Context, c resource.Change[post]) error {
		c.Now.pinned, c.Fields = !c.Now.pinned, append(c.Fields, "pinned")
		return d.Update(ctx, c)
	})},
	"deletes blindly": {"a row that was changed in the meantime is not deleted", func(d resource.Data[post]) resource.Data[post] {
		right := d
		d.Delete = func(ctx context.Context, was post) error {
			row, err := right.Get(ctx, fmt.Sprint(was.id))
			if err != nil {
				return err
			}
			return right.Delete(ctx, row)
		}
		return d
	}},
	"returns no key": {"a new row is saved under the key that is returned", func(d resource.Data[post]) resource.Data[post] {
		create := d.Create
		d.Create = func(ctx context.Context, row post) (string, error) {
			_, err := create(ctx, row)
			return "", err
		}
		return d
	}},
}

func stretch(q *resource.Query, by time.Duration) {
	for i, w := range q.Where {
		if until, ok := w.Until.(time.Time); ok {
			q.Where = slices.Clone(q.Where)
			q.Where[i].Until = until.Add(by)
		}
	}
}

// racy lets both of two changes compare before either saves.
func racy() func(resource.Data[post]) resource.Data[post] {
	return updated(func(d resource.Data[post], ctx context.Context, c resource.Change[post]) (err error) {
		// As if it had compared when nobody had saved yet, and saves now.
		if c.Was, err = d.Get(ctx, c.ID); err != nil {
			return err
		}
		if err = d.Update(ctx, c); errors.Is(err, backoffice.ErrChanged) {
			return nil
		}
		return err
	})
}

func TestTheSuiteFindsMistakes(t *testing.T) {
	for name, m := range mistakes {
		t.Run(name, func(t *testing.T) {
			open := func(rows []post) *resource.Resource[post] { return posts(m.make(resource.Slice(rows...)), versioned()) }
			i := slices.IndexFunc(duties[post](), func(d duty[post]) bool { return d.name == m.fails })
			require.GreaterOrEqual(t, i, 0, "there is no such duty")
			rows, err := mixed(open(nil), postRow)
			require.NoError(t, err)
			s, err := begin(open(rows), rows, postRow)
			require.NoError(t, err)
			err = duties[post]()[i].check(t.Context(), s)
			require.Error(t, err)
			require.NotErrorIs(t, err, errSkipped)
		})
	}
}
