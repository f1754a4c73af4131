package backoffice

import (
	"context"
	"net/netip"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// EventCodes returns every [store.Event] Code, with what it means. A code keeps
// its meaning; any release may add new ones, so ignore those you do not know.
func EventCodes() map[string]string { return desk.Meanings() }

// Events returns the audit entries of all replicas in the order in which they
// were committed: at most limit of them (from 1 to 500) whose Seq is greater than
// after, and none if there is nothing new. Seq is 1 for the first entry and grows
// by one, so a program that keeps the last Seq it has processed misses no entry
// and gets none twice. Entries older than the parameter audit.keep are deleted:
// the first Seq is then more than one greater than after. Events requires the
// permission audit.view.
func (s *Services) Events(ctx context.Context, after int64, limit int) ([]store.Event, error) {
	var events []store.Event
	err := s.by(ctx, desk.PermissionAuditView, func(a desk.Actor, _ desk.Visit) (err error) {
		page, err := s.services.AuditPage(ctx, a, store.EventQuery{OldestFirst: true, AfterSeq: after, Limit: limit})
		events = page.Rows
		return err
	})
	return events, err
}

// Access is what [Config.Decide] decides about.
type Access struct {
	// SignIn means that a session is about to begin, after a correct password and
	// authenticator code. Otherwise this is one request of a session.
	SignIn bool
	// Operator is the operator who asks for access.
	Operator Operator
	// As is the operator as whom Operator asks to see the office, with that one's
	// permissions; nil for nearly all requests.
	As *Operator
	// IP is the client's, as far as Config.TrustedProxies and Config.Client let the
	// office know it. Otherwise it is the zero Addr, which is in no network.
	IP netip.Addr
	// UserAgent is the browser's User-Agent header.
	UserAgent string
	// Method and Path are those of the request; Path is without the alias. At
	// sign-in they are those of the last page, e.g. "/login/code".
	Method, Path string
	// Permission is the one that the page requires; of your own pages, by Menu or
	// Guards of the [Config], which are checked afterwards, as is [Office.Require]. It
	// is empty if the page requires none. The page of an act on several rows of a resource
	// is asked about again with the permission of the act.
	Permission string
	// Header returns a header of the request. It returns "" if there is none or
	// more than one, and for Cookie. It is never nil, and must not be called after
	// Decide has returned. Anyone can send any header: rely only on one that your
	// proxy always sets itself. In a test, use [http.Header.Get].
	Header func(name string) string
}

// Refuse returns an error for [Config.Decide] to return. The operator sees the
// text, a sentence or two, on a page of its own, and the audit log keeps it. If
// the text is empty, a general one is shown.
func Refuse(text string) error {
	if strings.TrimSpace(text) == "" {
		text = "The back office is not open to you right now."
	}
	return &desk.RefusedError{Text: text}
}

// decider puts the host's rule into the desk's types.
func decider(decide func(context.Context, Access) error) func(context.Context, desk.Question) error {
	if decide == nil {
		return nil
	}
	return func(ctx context.Context, q desk.Question) error {
		a := Access{
			SignIn: q.SignIn, Operator: operatorOf(q.Identity), UserAgent: q.Visit.UserAgent,
			Permission: q.Permission, Header: q.Visit.Header,
		}
		if q.As != nil {
			as := operatorOf(q.As)
			a.As = &as
		}
		if a.Header == nil {
			a.Header = func(string) string { return "" }
		}
		a.Method, a.Path, _ = strings.Cut(q.Visit.Route, " ")
		if addr, err := netip.ParseAddr(q.Visit.IP); err == nil {
			a.IP = addr
		}
		return decide(ctx, a)
	}
}
