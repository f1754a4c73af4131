package pages

import (
	"errors"
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// seeAsPath is where an operator stops seeing the office as another one. It is below a
// segment of ours, so that it takes none from hosts.
const seeAsPath = "/account/see-as"

// SeeingPage refuses an operator who sees the office as another one (status 403): nothing can
// be changed, and neither account is open.
type SeeingPage struct {
	// Text says what is not possible, Name as whom they see the office.
	Text, Name string
}

func (SeeingPage) Template() string { return "seeing" }

// SeeingOverPage says that an operator no longer sees the office as another one (status 403),
// so that nothing they do next is done as themselves without their knowing. Back is where
// they can go on.
type SeeingOverPage struct{ Text, Back string }

func (SeeingOverPage) Template() string { return "seeing_over" }

// errSeeing refuses what is not possible while seeing the office as someone else; it is the
// key of the message that says so.
type errSeeing string

func (errSeeing) Error() string { return "not possible while seeing as someone else" }

const (
	seeingReads   errSeeing = "seeas.refused.change"
	seeingAccount errSeeing = "seeas.refused.account"
	seeingProof   errSeeing = "seeas.refused.proof"
	seeingSocket  errSeeing = "seeas.refused.connection"
)

// seeAs replaces the operator by the one as whom they see the office, if they do.
func (c *call) seeAs() error {
	kept := c.value(seeAsCookie)
	if kept == "" {
		return nil
	}
	seen, err := c.Desk.SeenAs(c.ctx(), c.visit, c.identity, kept)
	if over, ended := errors.AsType[*desk.SeeAsEndedError](err); ended {
		c.seeingOver = over
		return nil
	}
	if err != nil {
		return err
	}
	c.identity = seen
	return nil
}

// seeing reports whether the operator sees the office as another one.
func (c *call) seeing() bool { return c.identity != nil && c.identity.SeenBy != nil }

// checkSeeing lets an operator who sees the office as another one only look, wherever the
// request leads: to a page of ours, of a part or of the host. It comes before anything of
// the request is done, so that no handler can forget it.
//
// When it is over, the first request is refused whatever it is: it came from a page that
// shows the office as someone else sees it.
func (c *call) checkSeeing() error {
	switch {
	case c.seeingOver != nil && !c.leavesSeeing():
		return c.seeingOver
	case !c.seeing():
		return nil
	case c.leavesSeeing():
		return nil
	case c.extendedConnect(), len(c.r.Header["Upgrade"]) > 0:
		return seeingSocket // what is sent on it later cannot be told from a change
	case c.method() != http.MethodGet:
		return seeingReads
	case c.path == sessionPath, c.path == "/logout":
		return nil
	case within(c.path, "/account"), within(c.path, "/step-up"), within(c.path, "/mail/arrived"), c.path == companyPath:
		return seeingAccount // the last three are links that do something
	}
	return nil
}

// leavesSeeing reports whether the request is one of the two buttons that end it. They work
// after the end, too.
func (c *call) leavesSeeing() bool {
	return c.method() == http.MethodPost && (c.path == seeAsPath || c.path == "/logout")
}

// refuseSeeing answers what checkSeeing refused.
func (c *call) refuseSeeing(err errSeeing) {
	c.Desk.OnlyLooks(c.ctx(), c.visit, c.identity)
	c.problem(http.StatusForbidden, SeeingPage{Text: c.t(string(err)), Name: c.identity.Operator.Name})
}

// seeingEnded answers the first request after the end. A script does not show its answer, so
// only a page takes the cookie away.
func (c *call) seeingEnded(over *desk.SeeAsEndedError) {
	if c.navigation() {
		c.setCookie(seeAsCookie, "")
	}
	p := SeeingOverPage{Text: c.t("seeas.over." + over.Why()), Back: "/"}
	if over.ID != "" && c.identity.Can(desk.PermissionOperatorsView) {
		p.Back = operatorPath(over.ID)
	}
	c.problem(http.StatusForbidden, p)
}

// formOwner is what a form of this request belongs to: the session, or one time of seeing the
// office as someone else in it. So a form of the one is refused in the other, in every tab.
func (c *call) formOwner() (kind, owner string) {
	if c.seeing() {
		return c.formSeeing(c.identity.SeeingID())
	}
	return formOfSession, c.identity.Session.ID
}

func (c *call) formSeeing(id string) (kind, owner string) {
	return formOfSeeing, c.identity.Session.ID + " " + id
}

// bannered says on every page as whom the operator sees the office.
func (c *call) bannered() *view.Seeing {
	if !c.seeing() {
		return nil
	}
	id := c.identity
	return &view.Seeing{Name: id.Operator.Name, Role: c.say(id.Roles[0].Title()), Until: id.SeenUntil, Stop: seeAsPath}
}

var seeAsStopped = info("see-as-stopped")

// postSeeAs stops seeing the office as someone else, and leads back to them.
func (c *call) postSeeAs() error {
	target, err := c.stopSeeing(false)
	if err != nil {
		return err
	}
	if target == "" || !c.identity.Real().Can(desk.PermissionOperatorsView) {
		return c.redirect(seeAsStopped.at("/"))
	}
	return c.redirect(seeAsStopped.at(operatorPath(target)))
}

// stopSeeing ends it, if the browser keeps one.
func (c *call) stopSeeing(signingOut bool) (target string, err error) {
	kept := c.value(seeAsCookie)
	if kept == "" {
		return "", nil
	}
	if target, err = c.Desk.StopSeeingAs(c.ctx(), c.visit, c.identity, kept, signingOut); err != nil {
		return "", err
	}
	c.setCookie(seeAsCookie, "")
	return target, nil
}

// OperatorSeeAsPage asks before the office is shown as an operator sees it.
type OperatorSeeAsPage struct {
	view.Form
	desk.OperatorDetail
	// Minutes is how long it lasts.
	Minutes int
}

func (OperatorSeeAsPage) Template() string { return "operator_see_as" }

func (p OperatorSeeAsPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("seeas.act"))
}

func (c *call) operatorSeeAsPage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorSeeAsPage{Form: f, OperatorDetail: o, Minutes: int(desk.SeeAsLife.Minutes())}
}

func (c *call) getOperatorSeeAs() error {
	return c.ask(c.operatorSeeAsPage, func(may desk.OperatorRights) bool { return may.SeeAs })
}

func (c *call) postOperatorSeeAs() error {
	kept, err := c.Desk.SeeAs(c.ctx(), c.actor(), c.visit, c.id(), strings.TrimSpace(c.form.Get("reason")))
	if err == nil {
		c.setCookie(seeAsCookie, kept)
	}
	return c.acted(err, "/", c.operatorSeeAsPage)
}
