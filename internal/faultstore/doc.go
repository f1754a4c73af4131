// Package faultstore makes a store fail on purpose, so that tests can see what
// is left behind: at the nth call, at every call of a method, before anything
// happened, or after it did, as when the connection breaks while committing. Or
// it lets a test end everything at a call.
//
//	for n := 1; ; n++ {
//		st := faultstore.Wrap(memstore.New())
//		... bring about the situation ...
//		st.Reset()
//		st.FailAt(n, errors.New("down"))
//		... do what is tested ...
//		if len(st.Calls()) < n {
//			break // it needs no more calls than that
//		}
//		st.Reset()
//		... look at what is left ...
//	}
package faultstore
