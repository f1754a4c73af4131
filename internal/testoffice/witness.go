package testoffice

import (
	"context"
	"slices"
	"sync"
)

// Witness is a witness in memory.
type Witness struct {
	mu    sync.Mutex
	marks []string
	err   error
}

// Keep implements backoffice.Witness.
func (w *Witness) Keep(_ context.Context, mark string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.marks = append(w.marks, mark)
	}
	return w.err
}

// Last implements backoffice.Witness.
func (w *Witness) Last(context.Context) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil || len(w.marks) == 0 {
		return "", w.err
	}
	return w.marks[len(w.marks)-1], nil
}

// Fail makes it fail with an error, or work again.
func (w *Witness) Fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
}

// Marks returns the marks that it keeps.
func (w *Witness) Marks() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.marks)
}

// Lose makes it forget all but the first n marks.
func (w *Witness) Lose(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.marks = w.marks[:n]
}
