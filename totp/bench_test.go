package totp_test

import (
	"testing"

	"github.com/postern-go/postern/totp"
)

func BenchmarkVerify(b *testing.B) {
	s := rfcSecret(b, totp.SHA1)
	code := codeAt(b, s, noon, totp.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := totp.Verify(s, code, noon, totp.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDriftFindingNothing(b *testing.B) {
	s := rfcSecret(b, totp.SHA1)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := totp.Drift(s, "000000", noon, totp.Options{}); ok {
			b.Fatal("found")
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	k := newKey(b, "ACME Co", "ada@example.org", totp.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.PNG(256); err != nil {
			b.Fatal(err)
		}
	}
}
