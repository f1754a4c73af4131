package replica

import (
	_ "github.com/go-sql-driver/mysql" // the driver "mysql"

	"github.com/postern-go/postern/store/sqlstore"
)

// Apart, because earlier versions have no such dialect.
func init() { dialects["mysql"] = sqlstore.MySQL() }
