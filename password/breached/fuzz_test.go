package breached_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/postern-go/postern/password/breached"
)

// FuzzLine states that a line that is accepted has one meaning: written again from what was read, it is the same but for
// case and leading zeros of the count.
func FuzzLine(f *testing.F) {
	for _, line := range []string{"", ":", sum(known) + ":1", sum(known)[5:] + ":52256179", sum(known)[:32] + ":1", sum(known) + ":0001", sum(known) + ": 1", strings.Repeat("é", 20) + ":1"} {
		f.Add(false, line)
		f.Add(true, line)
	}
	f.Fuzz(func(t *testing.T, part bool, line string) {
		prefix := ""
		if part {
			prefix = "5BAA6"
		}
		hash, count, err := breached.ParseLine(prefix, line)
		if err != nil {
			if hash != [20]byte{} || count != 0 || strings.Contains(err.Error(), line) && len(line) > 8 {
				t.Fatalf("%q: %X, %d, %v", line, hash, count, err)
			}
			return
		}
		digits, counted, _ := strings.Cut(line, ":")
		n, err := strconv.ParseUint(counted, 10, 64)
		if err != nil || n != count || fmt.Sprintf("%X", hash) != strings.ToUpper(prefix+digits) {
			t.Fatalf("%q was read as %X:%d", line, hash, count)
		}
	})
}
