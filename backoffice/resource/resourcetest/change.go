package resourcetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
)

func changeDuties[T any]() []duty[T] {
	return []duty[T]{
		{"a change is saved, and changes nothing else", changed[T]},
		{"a change of a row that was changed in the meantime fails", stale[T]},
		{"a change fails if a field that it holds was changed in the meantime", held[T]},
		{"a change of a row that is gone fails", changedGone[T]},
		{"of many changes at once, one succeeds", contested[T]},
		{"a new row is saved under the key that is returned", created[T]},
		{"a row is deleted once", deleted[T]},
		{"a row that was changed in the meantime is not deleted", staleDelete[T]},
	}
}

// edit makes a change of the first row as it is now.
func (s *subject[T]) edit(ctx context.Context, n int) (c resource.Change[T], err error) {
	f, change, err := s.editable()
	if err != nil {
		return c, err
	}
	if s.Data.Update == nil {
		return c, errSkipped
	}
	c.ID, c.Fields = s.ID(&s.rows[0]), []string{f.Name}
	if c.Was, err = s.Data.Get(ctx, c.ID); err != nil {
		return c, err
	}
	c.Now = c.Was
	return c, change(&c.Now, n)
}

func changed[T any](ctx context.Context, s *subject[T]) error {
	c, err := s.edit(ctx, 1)
	if err == nil {
		err = s.Data.Update(ctx, c)
	}
	if err != nil {
		return err
	}
	for i := range s.rows {
		want := s.rows[i]
		if i == 0 {
			want = c.Now
		}
		row, err := s.Data.Get(ctx, s.ID(&want))
		if err != nil {
			return err
		}
		if text := s.differs(&row, &want); text != "" {
			return fmt.Errorf("row %q: %s", s.ID(&want), text)
		}
	}
	again, err := s.edit(ctx, 2)
	return firstOf(err, s.Data.Update(ctx, again))
}

func stale[T any](ctx context.Context, s *subject[T]) error {
	first, err := s.edit(ctx, 1)
	if err != nil {
		return err
	}
	second, err := s.edit(ctx, 2)
	if err := firstOf(err, s.Data.Update(ctx, first)); err != nil {
		return err
	}
	if err := s.Data.Update(ctx, second); !errors.Is(err, backoffice.ErrChanged) {
		return fmt.Errorf("the error of the second of two changes to one row is %v, and should be backoffice.ErrChanged", err)
	}
	row, err := s.Data.Get(ctx, first.ID)
	if text := s.differs(&row, &first.Now); err == nil && text != "" {
		return fmt.Errorf("the second change was saved: %s", text)
	}
	return err
}

func held[T any](ctx context.Context, s *subject[T]) error {
	first, err := s.edit(ctx, 1)
	if err != nil {
		return err
	}
	second, err := s.edit(ctx, 2)
	if err := firstOf(err, s.Data.Update(ctx, first)); err != nil {
		return err
	}
	// Of the changed field, it says only that it must be as it was.
	second.Held, second.Fields = second.Fields, nil
	for _, f := range s.fields {
		if f.Name == first.Fields[0] || f.In&resource.Write == 0 || f.Kind == "key" || f.Kind == "version" {
			continue
		}
		second.Fields = []string{f.Name}
		break
	}
	if second.Fields == nil {
		return errSkipped
	}
	if err := s.Data.Update(ctx, second); !errors.Is(err, backoffice.ErrChanged) {
		return fmt.Errorf("the error is %v, and should be backoffice.ErrChanged: compare also what Change.Held names", err)
	}
	return nil
}

func changedGone[T any](ctx context.Context, s *subject[T]) error {
	c, err := s.edit(ctx, 1)
	if err != nil {
		return err
	}
	absent := s.row(many)
	c.ID, c.Was, c.Now = s.ID(&absent), absent, absent
	if err := s.Data.Update(ctx, c); !errors.Is(err, backoffice.ErrNotFound) {
		return fmt.Errorf("the error is %v, and should be backoffice.ErrNotFound", err)
	}
	return nil
}

func contested[T any](ctx context.Context, s *subject[T]) error {
	const changes = 8
	outcomes := make([]error, changes)
	var all sync.WaitGroup
	begin := make(chan struct{})
	for n := range outcomes {
		c, err := s.edit(ctx, n+1)
		if err != nil {
			return err
		}
		all.Go(func() {
			<-begin
			outcomes[n] = s.Data.Update(ctx, c)
		})
	}
	close(begin)
	all.Wait()
	won := 0
	for _, err := range outcomes {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, backoffice.ErrChanged):
			return fmt.Errorf("the error of a change that came too late is %w, and should be backoffice.ErrChanged", err)
		}
	}
	if won != 1 {
		return fmt.Errorf("%d changes of the same row succeeded", won)
	}
	return nil
}

func created[T any](ctx context.Context, s *subject[T]) error {
	if s.Data.Create == nil {
		return errSkipped
	}
	row := s.row(many)
	id, err := s.Data.Create(ctx, row)
	if err != nil {
		return err
	}
	got, err := s.Data.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("its key is %q: %w", id, err)
	}
	if text := s.differs(&got, &row); text != "" {
		return fmt.Errorf("row %q: %s", id, text)
	}
	whole, err := s.Data.List(ctx, s.query(s.key.Name, false))
	if err == nil && len(whole) != many+1 {
		err = fmt.Errorf("there are %d rows, and should be %d", len(whole), many+1)
	}
	if err != nil {
		return err
	}
	if _, err := s.Data.Create(ctx, row); err == nil {
		return fmt.Errorf("a second row with the key %q was saved", id)
	}
	return nil
}

func deleted[T any](ctx context.Context, s *subject[T]) error {
	if s.Data.Delete == nil {
		return errSkipped
	}
	id := s.ID(&s.rows[0])
	row, err := s.Data.Get(ctx, id)
	if err := firstOf(err, s.Data.Delete(ctx, row)); err != nil {
		return err
	}
	if _, err := s.Data.Get(ctx, id); !errors.Is(err, backoffice.ErrNotFound) {
		return fmt.Errorf("after it was deleted, the error is %v, and should be backoffice.ErrNotFound", err)
	}
	if err := s.Data.Delete(ctx, row); !errors.Is(err, backoffice.ErrNotFound) {
		return fmt.Errorf("the error of deleting it again is %v, and should be backoffice.ErrNotFound", err)
	}
	whole, err := s.Data.List(ctx, s.query(s.key.Name, false))
	return firstOf(err, sameSet(s.ids(whole), s.ids(s.rows[1:])))
}

func staleDelete[T any](ctx context.Context, s *subject[T]) error {
	if s.Data.Delete == nil {
		return errSkipped
	}
	c, err := s.edit(ctx, 1)
	if err == nil {
		err = s.Data.Update(ctx, c)
	}
	if err != nil {
		return err
	}
	if err := s.Data.Delete(ctx, c.Was); !errors.Is(err, backoffice.ErrChanged) {
		return fmt.Errorf("the error is %v, and should be backoffice.ErrChanged", err)
	}
	_, err = s.Data.Get(ctx, c.ID)
	return err
}
