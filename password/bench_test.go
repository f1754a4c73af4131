package password_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

func BenchmarkHashAtDefaultCost(b *testing.B) {
	h, err := password.NewHasher(password.Config{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, err := h.Hash(b.Context(), "correct horse battery staple")
		require.NoError(b, err)
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, bc := range []struct{ name, password string }{
		{"a passphrase", "violet harbour nine kettles"},
		{"a common password", "baseballbaseball"},
		{"look-alikes at full length", strings.Repeat("4@8({[<36910!|7$5+%2", 12)},
		{"keyboard walks at full length", strings.Repeat("qwertyuiop1asdfghjkl", 12) + "x"},
		{"affixes at full length", "1!2@3#" + strings.Repeat("p@55w0rd|xk", 22) + "4$5%6^"},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				password.Policy{}.Check(bc.password, []string{"quillmere", "annabel"})
			}
		})
	}
}
