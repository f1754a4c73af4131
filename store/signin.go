package store

import "context"

// SignInQuery selects an operator, by whichever of Login, MemberID, Subject, OperatorID
// and PreSession is set, and what else to read.
type SignInQuery struct {
	// Login is the operator's NameKey or EmailKey.
	Login string
	// MemberID is the member to whom the operator is linked.
	MemberID string
	// Subject is that of the operator's account at the identity provider.
	Subject    string
	OperatorID string
	// PreSession is the digest of a pre-session of the operator.
	PreSession Digest
	// Device is the digest of the device to look for.
	Device Digest
	// Browsers are the digests of the tokens of known browsers to look for, current or
	// previous. A zero digest finds none.
	Browsers []Digest
	// Counters are the keys of counters to read. OperatorCounters are keys of more,
	// without the operator's ID at their end.
	Counters, OperatorCounters []string
}

// SignInView is everything by which a step of a sign-in is decided, from one read.
type SignInView struct {
	Operator Operator
	// PreSession is the one of the query; zero if it was not asked for.
	PreSession PreSession
	// Roles are the operator's custom roles, each once, in no particular order.
	Roles []Role
	// Factors are the operator's factors, oldest first.
	Factors []Factor
	// Recovery is the operator's set of recovery codes; zero if there is none.
	Recovery RecoverySet
	// Sessions are at most 100 of the operator's sessions, last seen first.
	Sessions []Session
	// Device is the operator's device of the query; zero if they have none such.
	Device Device
	// Browser is the operator's browser of the query, the last seen if there are
	// several; zero if there is none.
	Browser Browser
	// Counters are those of the query that exist, in no particular order.
	Counters []Counter
	// Reading has the revision of the parameters, and the time of this read.
	Reading
}

// SignIns reads what signing in needs.
type SignIns interface {
	// FindSignIn returns the view of the operator, in one read, or ErrNotFound if
	// there is no such operator. It does not check whether the pre-session has
	// expired.
	FindSignIn(ctx context.Context, q SignInQuery) (SignInView, error)
}
