package stores_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func TestZZMillion(t *testing.T) {
	first := tunedSQLite(t)
	s := first.store(t)
	fill(t, s)
	db := first.open(t)
	_, err := db.ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i+1 FROM n WHERE i < 1000000)
	INSERT INTO postern_events (seq,id,at,code,outcome,actor_id,actor_name,target_kind,target_id,target_name,ip,user_agent,route,request_id,session_id,reason,detail,mac,latest_at)
	SELECT i, 'event-'||i, 1700000000000000+i, 'signin.succeeded','success','operator-'||(i%1000),'Ada Lovelace','operator','operator-'||(i%999),'Grace Hopper','192.0.2.'||(i%250),
	'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0','POST /login','0123456789abcdef','session-'||(i%5000),'','{"before":"a","after":"b"}',randomblob(32),1700000000000000+i FROM n`)
	require.NoError(t, err)
	from := s
	for _, next := range []database{postgreSQL(t), mariaDB(t), plainSQLite(t)} {
		to := next.over(t, next.open(t))
		var most uint64
		began, step := time.Now(), store.MoveStep("")
		_, err := from.Move(t.Context(), store.Move{Way: store.MoveAll, To: to, Progress: func(p store.MoveProgress) {
			if p.Step != step {
				t.Logf("%v: %s", time.Since(began).Round(time.Second), p.Step)
				step = p.Step
			}
			if p.Rows%50_000 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}})
		require.NoError(t, err)
		t.Logf("to %s: %v, heap %d MiB", next.dialect, time.Since(began).Round(time.Second), most>>20)
		from = to
	}
}
