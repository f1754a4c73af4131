package pages

import "time"

// The pages of this file refuse a request and say what to do. Back, on those that
// have it, is the path inside the office that the button leads to. Operators with
// a session see them inside the office's frame, everyone else on a card.

// TooManyTriesPage refuses until a moment (status 429). If Until is zero, the
// page does not name the moment.
type TooManyTriesPage struct {
	Until time.Time
	Back  string
}

func (TooManyTriesPage) Template() string { return "too_many_tries" }

// MaintenancePage says that sign-ins are paused (status 503). Text is the
// office's notice; if empty, a general one is shown.
type MaintenancePage struct{ Text string }

func (MaintenancePage) Template() string { return "maintenance" }

// BusyPage says that the queue for password checks is full (status 503).
type BusyPage struct {
	Back  string
	Again Resend
}

func (BusyPage) Template() string { return "busy" }

// StoreDownPage says that the store is busy, or does not respond (status 503).
type StoreDownPage struct {
	RequestID, Back string
	// Sent reports that a form was sent, of which it is not known whether it took
	// effect.
	Sent  bool
	Again Resend
}

func (StoreDownPage) Template() string { return "store_down" }

// ReadOnlyPage says that nothing can be stored at the moment (status 503).
type ReadOnlyPage struct {
	RequestID, Back string
	SignedIn        bool
	Again           Resend
}

func (ReadOnlyPage) Template() string { return "read_only" }

// StaleFormPage refuses a form that shows what is no longer so, or whose hidden token does
// not belong to the present session (status 403). Kept reports that what was typed is on the
// page that Back leads to.
type StaleFormPage struct {
	Back string
	Kept bool
}

func (StaleFormPage) Template() string { return "stale_form" }

// BadRequestPage refuses a request that cannot be read (status 400, 408, 413
// or 415).
type BadRequestPage struct{ Back string }

func (BadRequestPage) Template() string { return "bad_request" }

// CrossOriginPage refuses a request from another origin (status 403).
type CrossOriginPage struct{}

func (CrossOriginPage) Template() string { return "cross_origin" }

// MethodNotAllowedPage refuses a method (status 405).
type MethodNotAllowedPage struct{}

func (MethodNotAllowedPage) Template() string { return "method_not_allowed" }

// ForbiddenPage refuses an operator who lacks a permission (status 403).
// Permission is its label; if empty, the page does not name it.
type ForbiddenPage struct{ Permission string }

func (ForbiddenPage) Template() string { return "forbidden" }

// RefusedPage refuses a sign-in or a request by the host's rule (status 403,
// or 503 if the rule failed), or because it takes a passkey where there are none. It is
// shown in the signed-out frame.
type RefusedPage struct {
	// Text is the host's, or says that a passkey is needed. If empty, its rule failed, and the log has the cause
	// under RequestID.
	Text, RequestID string
	// SignedIn offers to sign out.
	SignedIn bool
}

func (RefusedPage) Template() string { return "refused" }

// NotDonePage refuses an act for a reason that belongs to no field of a form
// (status 422).
type NotDonePage struct{ Text, Back string }

func (NotDonePage) Template() string { return "not_done" }

// NotFoundPage says that there is no such page inside the office (status 404).
type NotFoundPage struct{}

func (NotFoundPage) Template() string { return "not_found" }

// UnexpectedPage says that the office failed (status 500). The cause is in the log under
// RequestID, and never on the page.
type UnexpectedPage struct {
	RequestID, Back string
	Again           Resend
}

func (UnexpectedPage) Template() string { return "unexpected" }
