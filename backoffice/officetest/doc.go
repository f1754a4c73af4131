// Package officetest makes an office for the tests of an application: in memory, with a clock
// that the test moves, an outbox that it reads, and one call to sign in an operator with two
// factors. Everything else is as in production: the same pages, checks and audit log.
//
//	func TestModeratorsDoNotSeeAnalytics(t *testing.T) {
//		office := officetest.Mount(t, backoffice.Config{}, newOffice)
//		mia := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.Moderator}})
//		mia.Get("/analytics").Want(t, http.StatusForbidden)
//	}
//
// Here newOffice is the application's own, func(backoffice.Config) (*backoffice.Office, error).
//
// Package memberstest, below it, checks a community's directory.
package officetest
