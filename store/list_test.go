package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func TestPageLimit(t *testing.T) {
	for limit, want := range map[int]int{-1: 50, 0: 50, 1: 1, 2: 2, 50: 50, 499: 499, 500: 500, 501: 50, 1 << 30: 50} {
		require.Equal(t, want, store.PageLimit(limit), "limit %d", limit)
	}
}
