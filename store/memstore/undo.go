package memstore

// undo remembers how to undo what a commit did so far.
type undo struct {
	steps []func()
}

// keep makes the changes final.
func (u *undo) keep() { u.steps = nil }

// unlessKept undoes everything, the last change first, unless keep was called.
func (u *undo) unlessKept() {
	for i := len(u.steps) - 1; i >= 0; i-- {
		u.steps[i]()
	}
}

// put sets a row, so that it can be undone.
func put[K comparable, V any](u *undo, rows map[K]V, key K, row V) {
	takeBack(u, rows, key)
	rows[key] = row
}

// remove removes a row, so that it can be undone.
func remove[K comparable, V any](u *undo, rows map[K]V, key K) {
	takeBack(u, rows, key)
	delete(rows, key)
}

func takeBack[K comparable, V any](u *undo, rows map[K]V, key K) {
	before, had := rows[key]
	u.steps = append(u.steps, func() {
		if had {
			rows[key] = before
		} else {
			delete(rows, key)
		}
	})
}
