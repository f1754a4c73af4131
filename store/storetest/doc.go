// Package storetest checks that a store fulfils the duties of package store. A
// store of your own needs one test:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { return mystore.Open(t.TempDir()) })
//	}
//
// Each case has a fresh store and is named after the duty it checks, so that a
// failure reads as a sentence. A store whose records are shared by several
// processes also runs [RunContests], with two handles to the same records; so does
// a store that can be opened in several ways, for each further way.
package storetest
