// Package storetest checks that a store keeps the duties of package store. A
// store that somebody else writes proves itself with one test:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { return mystore.Open(t.TempDir()) })
//	}
//
// Each case has a fresh store and is named after the duty it checks, so that a
// failure reads as a sentence. A store whose records are shared by several
// processes runs [RunContests] as well, with two handles to the same records; so
// does one that can be opened in several ways, for each of the others.
package storetest
