package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// The statements of a commit wait until something must be read, or until the end.
// Then they are sent together: to PostgreSQL, as one statement.

// step is a statement whose only answer is how many rows it changed.
type step struct {
	// query is the statement. If each is set, it is repeated, times times, between
	// query and tail, with arguments for each repetition.
	query, each, tail string
	times             int
	args              []any
	// tables are the one that it changes, which is the first, and those that it
	// reads.
	tables []string
	// keys are the rows of its table that it changes. If nil, it may change any.
	keys []any
	// need is how many rows it has to change. If it changes fewer, the error is
	// otherwise, or the one that why returns.
	need      int
	otherwise error
	why       func(context.Context) error
	// apart means that it can be sent together with earlier steps of the same
	// write, although they change the same tables: they never change the same rows,
	// and it does not matter whether it sees their changes.
	apart bool
	// ifAbsent means that a key that is taken is no error: the statement then changes
	// nothing, or what or says.
	ifAbsent bool
	or       *upsert
	// write is the position, and of the type, of the write that it belongs to.
	write int
	of    string
}

func (s *step) text() string {
	if s.each == "" {
		return s.query
	}
	return s.query + repeated(s.each, ", ", s.times) + s.tail
}

// batch is what a commit has yet to send, and what it knows.
type batch struct {
	steps []step
	write int
	of    string
	// concerned are the operators on whose rows the commit depends, versions what is
	// known of them; an operator who does not exist has version 0.
	concerned []string
	versions  map[string]int64
	// seen is the head of the audit log as it was read on the way, without a lock;
	// moved is where the commit has moved it to.
	seen, moved *head
}

// These bound the number of different statements that a driver prepares.
const (
	maxTogether = 16
	maxTimes    = 32
)

// then adds a statement.
func (t *tx) then(query string, args ...any) *step {
	t.steps = append(t.steps, step{query: query, args: args, tables: tables(query), write: t.write, of: t.of})
	return &t.steps[len(t.steps)-1]
}

// must adds a statement whose condition is a precondition: if it changes no row, the
// commit fails with the error otherwise.
func (t *tx) must(otherwise error, query string, args ...any) *step {
	s := t.then(query, args...)
	s.need, s.otherwise = 1, otherwise
	return s
}

// insert adds an INSERT that fails with the error otherwise if a key is taken.
func (t *tx) insert(otherwise error, query string, args ...any) *step {
	s := t.must(otherwise, t.store.dialect.ifAbsent(query), args...)
	s.ifAbsent = true
	return s
}

// put adds an upsert.
func (t *tx) put(u upsert) *step {
	query, args := t.store.dialect.upsert(u)
	s := t.then(query, args...)
	s.ifAbsent, s.or = true, &u
	return s
}

// mustNow is must, but sends the statement immediately.
func (t *tx) mustNow(ctx context.Context, otherwise error, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	if err == nil && n == 0 {
		err = otherwise
	}
	return err
}

// again repeats each once more, for the row with the key, in the waiting
// statement that begins with query and ends with tail. If none waits, or one
// after it concerns the row, again adds a statement. If otherwise is set, it is an
// INSERT if absent, and each repetition has to add a row.
func (t *tx) again(otherwise error, key any, query, each, tail string, args ...any) {
	for i := len(t.steps) - 1; i >= 0; i-- {
		s := &t.steps[i]
		if s.query == query && s.times < maxTimes && !slices.Contains(s.keys, key) {
			s.times++
			s.args, s.keys = append(s.args, args...), append(s.keys, key)
			if otherwise != nil {
				s.need++
			}
			return
		}
		if slices.Contains(s.tables, tables(query)[0]) && (s.keys == nil || slices.Contains(s.keys, key)) || otherwise != nil && s.need > 0 {
			break
		}
	}
	s := t.then(query, args...)
	s.each, s.tail, s.times, s.keys, s.otherwise = each, tail, 1, []any{key}, otherwise
	if otherwise != nil {
		s.need, s.ifAbsent = 1, true
	}
}

// only says which rows a step changes.
func (s *step) only(keys ...any) { s.keys = keys }

// tables returns the tables in a query, in order. Only names of tables begin with
// the prefix: see rewrite.
func tables(query string) []string {
	var found []string
	for {
		i := strings.Index(query, DefaultTablePrefix)
		if i < 0 {
			return found
		}
		query = query[i:]
		end := strings.IndexFunc(query, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
		if end < 0 {
			end = len(query)
		}
		if !slices.Contains(found, query[:end]) {
			found = append(found, query[:end])
		}
		query = query[end:]
	}
}

// follows reports whether a step depends on an earlier one. If it does, they
// cannot be one statement: all parts of one see the database as it was before,
// and no two may change the same row.
func (s *step) follows(before *step) bool {
	if s.apart && s.write == before.write {
		return false
	}
	for i, table := range s.tables {
		if table != before.tables[0] {
			continue
		}
		if i > 0 || s.keys == nil || before.keys == nil {
			return true
		}
		if slices.ContainsFunc(s.keys, func(key any) bool { return slices.Contains(before.keys, key) }) {
			return true
		}
	}
	return false
}

// together returns how many of the first steps can be one statement.
func together(steps []step) int {
	for i := range steps {
		if i == maxTogether {
			return i
		}
		for j := range i {
			if steps[i].follows(&steps[j]) {
				return i
			}
		}
	}
	return len(steps)
}

// flush sends everything that waits.
func (t *tx) flush(ctx context.Context) error {
	_, _, err := t.flushWith(ctx, nil)
	return err
}

// flushBefore sends what waits if it changes a table of the query.
func (t *tx) flushBefore(ctx context.Context, query string) error {
	if len(t.steps) == 0 {
		return nil
	}
	asked := tables(query)
	if slices.ContainsFunc(t.steps, func(s step) bool { return slices.Contains(asked, s.tables[0]) }) {
		return t.flush(ctx)
	}
	return nil
}

// flushWith sends everything that waits, and the link, if there is one, with the
// last of it. moved reports that the link was appended. Otherwise the head of the
// audit log is not where the link begins but at is, and locked.
func (t *tx) flushWith(ctx context.Context, l *link) (moved bool, is head, err error) {
	steps := t.steps
	t.steps = nil
	for {
		n := together(steps)
		if n == len(steps) {
			return t.send(ctx, steps, l)
		}
		if _, _, err := t.send(ctx, steps[:n], nil); err != nil {
			return false, is, err
		}
		steps = steps[n:]
	}
}

// send sends steps that can be one statement, and judges them in their order.
func (t *tx) send(ctx context.Context, steps []step, l *link) (moved bool, is head, err error) {
	counts := make([]int64, len(steps))
	if !t.store.dialect.combines || len(steps) == 1 && l == nil {
		for i := range steps {
			counts[i], err = t.store.dialect.run(ctx, t, &steps[i])
			if err == nil {
				err = steps[i].judge(ctx, counts[i])
			}
			if err != nil {
				return false, is, err
			}
		}
		if l == nil {
			return false, is, nil
		}
		if moved, is, err = t.sendLink(ctx, l); err != nil {
			err = fmt.Errorf("write the audit: %w", err)
		}
		return moved, is, err
	}
	if len(steps) == 0 && l == nil {
		return false, is, nil
	}
	var into []any
	for i := range counts {
		into = append(into, &counts[i])
	}
	var held bool
	if l != nil {
		into = append(append(into, &moved, &held), is.into()...)
	}
	query, args := combine(steps, l)
	_, err = list(ctx, t, func(r row) (any, error) { return nil, r.Scan(into...) }, query, args...)
	if err != nil && l != nil {
		err = fmt.Errorf("write the audit: %w", err)
	}
	for i := 0; err == nil && i < len(steps); i++ {
		err = steps[i].judge(ctx, counts[i])
	}
	if err == nil && l != nil && !held {
		if is, err = t.lockHead(ctx); err != nil {
			err = fmt.Errorf("write the audit: %w", err)
		}
	}
	return moved, is, err
}

// judge judges a step that changed n rows.
func (s *step) judge(ctx context.Context, n int64) error {
	if n >= int64(s.need) {
		return nil
	}
	err := s.otherwise
	if s.why != nil {
		err = s.why(ctx)
	}
	return fmt.Errorf("%s: %w", s.of, err)
}

// refused returns the error of a write that was refused before it was sent,
// unless an earlier write fails, which is known only once that has been sent.
func (t *tx) refused(ctx context.Context, err error) error {
	if !store.IsAnswer(err) && !errors.Is(err, store.ErrUnknownWrite) {
		return err // the transaction no longer works
	}
	if earlier := t.flush(ctx); earlier != nil {
		return earlier
	}
	return err
}
