package backoffice_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice/ways"
)

// TestNoOrderOfRequestsGetsAroundASecondFactor walks every way into an account, in every order
// of its requests, and then requests of all ways to each kind of account in some orders.
func TestNoOrderOfRequestsGetsAroundASecondFactor(t *testing.T) {
	for _, way := range ways.All() {
		require.Equal(t, way.Unwalked == "", len(way.Walks) > 0, "%s is walked, or says why it is not", way.Name)
		for _, s := range way.Walks {
			t.Run(way.Name+", at an account "+s.At.Name, func(t *testing.T) {
				seen := ways.Walk(t, s)
				require.Equal(t, s.Opens != "", seen.Opened[s.Opens], "the right order gives %q", s.Opens)
				t.Logf("%d requests, %d states", seen.Requests, seen.States)
			})
		}
	}
	for _, s := range ways.Together() {
		t.Run("all ways to an account "+s.At.Name, func(t *testing.T) {
			for seed := range uint64(2) {
				ways.Wander(t, s, 80, rand.New(rand.NewPCG(seed, 7)).IntN)
			}
		})
	}
}
