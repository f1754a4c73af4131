// Package memberstest checks whether a community's directory does what [backoffice.Members]
// asks of it, as package storetest does for stores:
//
//	func TestTheDirectory(t *testing.T) {
//		memberstest.Run(t, newDirectory(t), memberstest.Fixture{Members: []memberstest.Member{
//			{Member: backoffice.Member{ID: "17", Name: "Ada", Email: "ada@example.org"}, Logins: []string{"Ada"}, Password: "…"},
//			{Member: backoffice.Member{ID: "18", Name: "Grace", Email: "grace@example.org"}},
//		}})
//	}
//
// It tries what an operator could type and what a program could mix up, such as ids of another
// type: if a directory returns "invalid syntax for type integer" instead of
// [backoffice.ErrNoMember], the office believes that the directory is down. The checks change
// nothing. Run them with -race.
//
// They verify more than a hundred passwords. Give the directory a cheap hasher, and its members
// hashes made by it, or a run takes half a minute. This one is still slow enough to measure
// whether unknown members are refused as slowly as known ones:
//
//	password.NewHasher(password.Config{
//		Params: password.Params{MemoryKiB: 4096, Time: 1, Threads: 1}, InsecureParams: true,
//	})
package memberstest
