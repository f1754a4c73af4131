package pages

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// fail is the one place where an error becomes an answer. Errors that the client
// can act on have their own pages. Any other error is a fault of the office: it
// is logged here, once, the page names only the request, and nothing opens.
func (c *call) fail(err error) {
	if err == nil {
		return
	}
	if c.wrote() {
		c.Desk.Log.ErrorContext(c.ctx(), "response interrupted", "request", c.visit.RequestID, "route", c.visit.Route, "error", err)
		return
	}
	c.takeOver()
	if to, ok := errors.AsType[errRedirect](err); ok {
		c.fail(c.lead(to.to))
		return
	}
	if waiting, ok := errors.AsType[*desk.WaitingError](err); ok {
		c.fail(c.waits(waiting))
		return
	}
	limited, busy := (*desk.LimitedError)(nil), (*password.BusyError)(nil)
	unread, lacking := badRequest(0), errDenied{}
	refused, misplaced := (*desk.RefusedError)(nil), (*desk.MisplacedError)(nil)
	seeing, over := errSeeing(""), (*desk.SeeAsEndedError)(nil)
	form, _ := c.refusal(err)
	switch {
	case errors.As(err, &limited):
		c.Desk.Limited(c.ctx(), c.visit, c.identity, limited)
		c.retryAfter(limited.RetryAt)
		c.problem(http.StatusTooManyRequests, TooManyTriesPage{Until: limited.RetryAt, Back: c.backLater()})
	case errors.As(err, &seeing):
		c.refuseSeeing(seeing)
	case errors.Is(err, desk.ErrSeeingAs):
		c.refuseSeeing(seeingReads)
	case errors.Is(err, desk.ErrStepUp) && c.seeing():
		c.refuseSeeing(seeingProof)
	case errors.As(err, &over):
		c.seeingEnded(over)
	case errors.As(err, &busy):
		c.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(busy.RetryAfter.Seconds()))))
		c.problem(http.StatusServiceUnavailable, BusyPage{Back: c.back(), Again: c.sameForm()})
	case errors.As(err, &refused):
		c.refuse(refused)
	case errors.Is(err, desk.ErrPasskeyNeeded), errors.Is(err, desk.ErrNoPasskeys) && c.identity != nil && c.identity.MustAddPasskey:
		c.withoutPasskeys()
	case form.Failed():
		c.notDone(form)
	case errors.Is(err, desk.ErrDirectory):
		c.noDirectory(err)
	case errors.Is(err, desk.ErrSecondPerson):
		c.notDone(view.Form{}.Refuse("", c.t("approvals.problem.needs")))
	case errors.Is(err, desk.ErrNoSession):
		next, kept := c.formAgain(keptForSignIn)
		if !kept {
			next = c.requested()
		}
		c.fail(c.lead(c.signInPage(next, kept)))
	case errors.Is(err, desk.ErrStepUp):
		next, _ := c.formAgain(keptForProof)
		c.fail(c.lead(withNext("/step-up", next)))
	case errors.Is(err, desk.ErrTooManyCodes):
		c.fail(c.lead(tooManyCodes.at("/login")))
	case errors.Is(err, desk.ErrSignInEnded):
		c.fail(c.lead(signInEnded.at("/login")))
	case errors.Is(err, desk.ErrPaused):
		c.problem(http.StatusServiceUnavailable, MaintenancePage{Text: c.state.Settings.PausedText})
	case errors.As(err, &misplaced):
		c.fail(c.showMisplaced(misplaced.Page))
	case errors.Is(err, desk.ErrLink), errors.Is(err, desk.ErrSetUp):
		c.problem(http.StatusGone, LinkPage{c.contact()})
	case errors.Is(err, errCrossSiteNavigation):
		c.bare = true
		c.problem(http.StatusOK, ContinuePage{Next: c.onward()})
	case errors.As(err, &lacking):
		c.problem(http.StatusForbidden, ForbiddenPage{Permission: lacking.label})
	case errors.Is(err, desk.ErrForbidden):
		c.problem(http.StatusForbidden, ForbiddenPage{})
	case errors.Is(err, desk.ErrNotFound):
		c.problem(http.StatusNotFound, NotFoundPage{})
	case errors.Is(err, desk.ErrChanged):
		back, kept := c.formAgain(keptChanged)
		c.problem(http.StatusForbidden, changed{StaleFormPage{Back: back, Kept: kept}})
	case errors.Is(err, errStaleForm):
		back, kept := c.formAgain(keptStale)
		c.problem(http.StatusForbidden, StaleFormPage{Back: back, Kept: kept})
	case errors.Is(err, errCrossOrigin):
		c.bare = true // CORS around the gate may let another origin read it.
		c.problem(http.StatusForbidden, CrossOriginPage{})
	case errors.Is(err, errUnknownAct), errors.Is(err, errUpgrade):
		c.Desk.Malformed(c.ctx(), c.visit, c.identity, err.Error())
		c.problem(http.StatusBadRequest, BadRequestPage{Back: c.returnTo()})
	case errors.As(err, &unread):
		c.Desk.Malformed(c.ctx(), c.visit, c.identity, err.Error())
		c.problem(int(unread), BadRequestPage{Back: c.returnTo()})
	default:
		c.broken(err)
	}
}

// storeAgain is how many seconds a client should wait before it tries again while
// the store does not answer or takes no writes.
const storeAgain = 10

// broken answers a fault of the office. The error decides whether the store is the
// cause, because the store may have recovered since.
func (c *call) broken(err error) {
	if c.Err() == context.Canceled && (errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable)) {
		// The client has left, or its body did not come in time. Without a status, the
		// server would answer 200.
		c.w.Header().Set("Connection", "close")
		http.Error(c.w, http.StatusText(http.StatusRequestTimeout), http.StatusRequestTimeout)
		return
	}
	c.Desk.Log.ErrorContext(c.ctx(), "request failed", "request", c.visit.RequestID, "route", c.visit.Route, "error", err)
	var p view.Page
	switch {
	case errors.Is(err, store.ErrReadOnly):
		p = ReadOnlyPage{RequestID: c.visit.RequestID, Back: c.returnTo(), SignedIn: c.identity != nil, Again: c.sameForm()}
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, errHost):
		p = StoreDownPage{RequestID: c.visit.RequestID, Back: c.returnTo(), Sent: c.unsafe(), Again: c.sameForm()}
	default:
		c.Desk.Failed(c.ctx(), c.visit, c.identity, "unexpected error")
		c.problem(http.StatusInternalServerError, UnexpectedPage{RequestID: c.visit.RequestID, Back: c.returnTo(), Again: c.sameForm()})
		return
	}
	c.w.Header().Set("Retry-After", strconv.Itoa(storeAgain))
	c.problem(http.StatusServiceUnavailable, p)
}

// notDone refuses an act whose page has no form to say why.
func (c *call) notDone(f view.Form) {
	var texts []string
	for _, e := range f.Errors {
		texts = append(texts, e.Text)
	}
	back, _ := c.formAgain(keptForLater)
	c.problem(http.StatusUnprocessableEntity, notDone{NotDonePage{Text: strings.Join(texts, " "), Back: back}, f.Errors})
}

// backLater is where a form that may be sent later is, with what was typed.
func (c *call) backLater() string {
	if back, kept := c.formAgain(keptForLater); kept {
		return back
	}
	return c.back()
}

// problem shows a refusal, to a script as a document. If that fails too, the answer is a
// bare line.
func (c *call) problem(status int, p view.Page) {
	var err error
	if c.navigation() || c.boosted() {
		err = c.show(status, p)
	} else {
		err = c.writeProblem(c.refusalOf(status, p))
	}
	if err == nil {
		return
	}
	c.Desk.Log.ErrorContext(c.ctx(), "page not shown", "request", c.visit.RequestID, "route", c.visit.Route, "error", err)
	if !c.wrote() {
		http.Error(c.w, http.StatusText(status), status)
	}
}

// contact is whom people can ask.
func (c *call) contact() string { return cmp.Or(c.Desk.Contact(c.words()), c.t("frame.contact")) }

// retryAfter sets Retry-After. The zero time means that waiting does not help,
// so it says an hour.
func (c *call) retryAfter(at time.Time) {
	seconds := 3600
	if !at.IsZero() {
		seconds = max(1, int(at.Sub(c.Desk.Now()).Seconds()+0.999))
	}
	c.w.Header().Set("Retry-After", strconv.Itoa(seconds))
}
