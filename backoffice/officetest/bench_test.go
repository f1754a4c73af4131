package officetest_test

import (
	"net/http"
	"testing"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
)

// What a test costs that signs someone in and opens a page. Each part should stay well below
// what a test has to say.
func BenchmarkATestThatSignsIn(b *testing.B) {
	b.Run("New", func(b *testing.B) {
		for b.Loop() {
			officetest.New(b, backoffice.Config{})
		}
	})
	b.Run("SignIn", func(b *testing.B) {
		office := officetest.New(b, backoffice.Config{})
		for b.Loop() {
			office.SignIn(b, officetest.Operator{})
		}
	})
	b.Run("Get", func(b *testing.B) {
		office := officetest.New(b, backoffice.Config{})
		mia := office.SignIn(b, officetest.Operator{})
		for b.Loop() {
			mia.Get("/account").Want(b, http.StatusOK)
		}
	})
}
