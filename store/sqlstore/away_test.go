package sqlstore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func TestAMarkSaysWhereTheOfficeIsAndWhatToDo(t *testing.T) {
	for phase, says := range map[phase]string{
		phaseMoving:    "being moved to another database (mysql): finish that",
		phaseHanding:   "being moved to another database (mysql): finish that",
		phaseMoved:     "was moved from this database to another one (mysql)",
		phaseReturning: "being taken back",
		phaseArriving:  "being moved to this database (from mysql)",
		phaseSettling:  "being moved to this database (from mysql)",
		phaseLeaving:   "copy of an office that was being moved to this database (from mysql) is being dropped",
	} {
		mark := awayMark{phase, "id", "mysql"}
		require.Equal(t, mark, parseMark(mark.String()))
		err := &awayError{awayMark: mark}
		require.ErrorContains(t, err, says, phase)
		require.ErrorIs(t, err, store.ErrIncompatible)
	}
}
