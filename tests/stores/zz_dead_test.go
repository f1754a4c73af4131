package stores_test

import (
	"fmt"
	"testing"
)

func TestZZDead(t *testing.T) {
	onEachServer(t, func(t *testing.T, d database) {
		if d.dialect.String() != "mysql" {
			t.Skip()
		}
		t.Cleanup(func() {
			var a, b, c string
			d.open(t).QueryRow("SHOW ENGINE INNODB STATUS").Scan(&a, &b, &c)
			fmt.Println(c)
		})
		commitsOfEveryShapeAtOnce(t, d)
	})
}
