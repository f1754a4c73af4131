// Package weakmap keeps what is expensive to make and the same for several offices of a
// process, for as long as one of them uses it.
package weakmap

import (
	"runtime"
	"sync"
	"weak"
)

// Map has values that were made for their keys, until nothing else refers to them. The zero
// value is empty. It is safe for concurrent use.
type Map[K comparable, V any] struct {
	mu  sync.Mutex
	all map[K]weak.Pointer[V]
}

// Get returns the value of a key, or makes it. Nobody waits for what another caller makes: of
// several at once, one counts. An error is returned and not kept.
func (m *Map[K, V]) Get(key K, make func() (*V, error)) (*V, error) {
	if known := m.known(key); known != nil {
		return known, nil
	}
	made, err := make()
	if err != nil {
		return nil, err
	}
	return m.keep(key, made), nil
}

func (m *Map[K, V]) known(key K) *V {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[key].Value()
}

func (m *Map[K, V]) keep(key K, made *V) *V {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.all[key].Value(); known != nil {
		return known
	}
	if m.all == nil {
		m.all = map[K]weak.Pointer[V]{}
	}
	m.all[key] = weak.Make(made)
	runtime.AddCleanup(made, m.forget, key)
	return made
}

// forget removes a key unless it has a new value by now.
func (m *Map[K, V]) forget(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all[key].Value() == nil {
		delete(m.all, key)
	}
}

// Len is how many keys have values.
func (m *Map[K, V]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.all)
}
