package pages

// SignedOutPage confirms that the session is over.
type SignedOutPage struct {
	// Ended says that it ended by itself or from elsewhere.
	Ended bool
}

func (SignedOutPage) Template() string { return "signed_out" }

// ContinuePage goes on to Next by itself. A browser that follows a link from
// another site leaves out cookies that are SameSite=Strict; going on from a
// page of this site brings them along.
type ContinuePage struct {
	// Next is the path inside the office, checked by the handler.
	Next string
}

func (ContinuePage) Template() string { return "continue" }
