package sqlstore

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func TestAnOperatorIsKnownByTheMarkAndForAMinute(t *testing.T) {
	var k knownOperators
	require.Nil(t, k.find("ada", 7, time.Hour))
	ada := &knownOperator{mark: 7, readAt: time.Hour, operator: store.SessionOperator{ID: "ada"}}
	k.keep(ada)
	require.Same(t, ada, k.find("ada", 7, time.Hour))
	require.Same(t, ada, k.find("ada", 7, time.Hour+59*time.Second))
	require.Nil(t, k.find("ada", 8, time.Hour), "changed by a write")
	require.Nil(t, k.find("ben", 7, time.Hour))
	require.Nil(t, k.find("ada", 7, time.Hour+time.Minute), "perhaps changed with SQL, which sets no mark")
}
