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
// It asks with what an operator could type and with what a program could mix up, such as ids
// of another type: a directory that answers "invalid syntax for type integer" in place of
// [backoffice.ErrNoMember] is taken for one that is down. It changes nothing. Run it with -race.
//
// It checks more than a hundred passwords. Give the directory a hasher for tests, and its
// members hashes of that, or a run takes half a minute. At this cost it still measures whether
// unknown members are refused as slowly as known ones:
//
//	password.NewHasher(password.Config{
//		Params: password.Params{MemoryKiB: 4096, Time: 1, Threads: 1}, InsecureParams: true,
//	})
package memberstest
