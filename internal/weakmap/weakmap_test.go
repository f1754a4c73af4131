package weakmap_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/weakmap"
)

func TestAValueLastsAsLongAsItIsUsed(t *testing.T) {
	var m weakmap.Map[string, [64]int]
	made := 0
	get := func() *[64]int {
		v, err := m.Get("key", func() (*[64]int, error) {
			made++
			return &[64]int{made}, nil
		})
		require.NoError(t, err)
		return v
	}
	first := get()
	runtime.GC()
	require.Same(t, first, get())
	require.Equal(t, 1, made)
	runtime.KeepAlive(first)

	first = nil
	require.Eventually(t, func() bool { runtime.GC(); return m.Len() == 0 }, 10*time.Second, time.Millisecond, "nobody uses it")
	require.Equal(t, 2, get()[0], "it is made again")
}

func TestAnErrorIsNotKept(t *testing.T) {
	var m weakmap.Map[string, int]
	_, err := m.Get("key", func() (*int, error) { return nil, errors.New("broken") })
	require.EqualError(t, err, "broken")
	v, err := m.Get("key", func() (*int, error) { return new(int), nil })
	require.NoError(t, err)
	require.NotNil(t, v)
}
