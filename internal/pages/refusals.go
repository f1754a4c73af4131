package pages

import "time"

// The pages of this file refuse a request, and name what to do. Back, where
// they have it, is the path inside the office that the button leads to; empty
// is the home page. They show the frame of whoever asks: a card to who is
// signed out, the side navigation to who is signed in.

// TooManyTriesPage refuses until a moment (status 429).
type TooManyTriesPage struct {
	// Until is when to try again; zero does not name a moment.
	Until time.Time
	Back  string
}

func (TooManyTriesPage) Template() string { return "too_many_tries" }

func (TooManyTriesPage) states() []state {
	return []state{
		{"plain", TooManyTriesPage{Until: galleryTime.Add(5 * time.Minute), Back: "/login"}},
		{"open", TooManyTriesPage{Back: "/login"}},
	}
}

// MaintenancePage says that sign-ins are paused (status 503).
type MaintenancePage struct {
	// Text is the notice of the office; empty is a general one.
	Text string
	// Until is when the pause is expected to end; zero leaves it out.
	Until time.Time
}

func (MaintenancePage) Template() string { return "maintenance" }

func (MaintenancePage) states() []state {
	return []state{
		{"plain", MaintenancePage{}},
		{"filled", MaintenancePage{Text: "We are moving to a new server.", Until: galleryTime.Add(3 * time.Hour)}},
	}
}

// BusyPage says that the queue for password checks is full (status 503).
type BusyPage struct{ Back string }

func (BusyPage) Template() string { return "busy" }
func (BusyPage) states() []state  { return one(BusyPage{Back: "/login"}) }

// StoreDownPage says that the store does not answer (status 503).
type StoreDownPage struct{ RequestID, Back string }

func (StoreDownPage) Template() string { return "store_down" }
func (StoreDownPage) states() []state {
	return one(StoreDownPage{RequestID: "7Q2M-K4XD", Back: "/login"})
}

// StaleFormPage refuses a form whose hidden token is not that of the present
// session (status 403).
type StaleFormPage struct{ Back string }

func (StaleFormPage) Template() string { return "stale_form" }
func (StaleFormPage) states() []state  { return one(StaleFormPage{Back: "/login"}) }

// BadRequestPage refuses what cannot be read (status 400 or 413).
type BadRequestPage struct{ Back string }

func (BadRequestPage) Template() string { return "bad_request" }
func (BadRequestPage) states() []state  { return one(BadRequestPage{Back: "/login"}) }

// CrossOriginPage refuses what another site has sent (status 403).
type CrossOriginPage struct{}

func (CrossOriginPage) Template() string { return "cross_origin" }
func (CrossOriginPage) states() []state  { return one(CrossOriginPage{}) }

// MethodNotAllowedPage refuses a method (status 405).
type MethodNotAllowedPage struct{}

func (MethodNotAllowedPage) Template() string { return "method_not_allowed" }
func (MethodNotAllowedPage) states() []state  { return one(MethodNotAllowedPage{}) }

// ForbiddenPage refuses an operator who lacks a right (status 403).
type ForbiddenPage struct {
	// Permission is the label of what is missing; empty does not name it.
	Permission string
}

func (ForbiddenPage) Template() string { return "forbidden" }

func (ForbiddenPage) states() []state {
	return []state{{"plain", ForbiddenPage{}}, {"named", ForbiddenPage{Permission: "View analytics"}}}
}

// RefusedPage refuses a sign-in or a request by a rule of the host's (status 403,
// or 503 where the rule failed). It is shown in the frame of who is signed out.
type RefusedPage struct {
	// Text is the host's; empty says that its rule failed, and RequestID which
	// log line has the cause.
	Text, RequestID string
	// SignedIn offers to sign out.
	SignedIn bool
}

func (RefusedPage) Template() string { return "refused" }

func (RefusedPage) states() []state {
	return []state{
		{"plain", RefusedPage{Text: "The back office is open from Monday to Friday, 8:00 to 18:00."}},
		{"signed-in", RefusedPage{Text: "Please use the network of the office, or the VPN.", SignedIn: true}},
		{"failed", RefusedPage{RequestID: "7Q2M-K4XD", SignedIn: true}},
	}
}

// NotDonePage says why something was not done that a page of the host's asked
// for (status 422).
type NotDonePage struct{ Text, Back string }

func (NotDonePage) Template() string { return "not_done" }
func (NotDonePage) states() []state {
	return one(NotDonePage{Text: "This is the last active super-administrator. Make somebody else one first.", Back: "/orders"})
}

// NotFoundPage says that there is no such page inside the office (status 404).
type NotFoundPage struct{}

func (NotFoundPage) Template() string { return "not_found" }
func (NotFoundPage) states() []state  { return one(NotFoundPage{}) }

// UnexpectedPage says that we failed (status 500). The cause is in the log
// under RequestID and never on the page.
type UnexpectedPage struct{ RequestID, Back string }

func (UnexpectedPage) Template() string { return "unexpected" }
func (UnexpectedPage) states() []state {
	return one(UnexpectedPage{RequestID: "7Q2M-K4XD", Back: "/analytics"})
}

// PlainHTTPPage refuses a request that did not come over HTTPS (status 403).
type PlainHTTPPage struct{}

func (PlainHTTPPage) Template() string { return "plain_http" }
func (PlainHTTPPage) states() []state  { return one(PlainHTTPPage{}) }
