package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var (
	approvalWaits     = info("approval-waits")
	approvalGiven     = mailed("approval-given")
	approvalRefused   = mailed("approval-refused")
	approvalWithdrawn = success("approval-withdrawn")
)

func init() { mailing[approvalWaits.code] = true }

// approvalsPath lists what waits for a second operator.
const approvalsPath = "/office/approvals"

func approvalPath(id string) string { return approvalsPath + "/" + id }

// ApprovalsPage lists the requests that wait for a second operator: those that the reader
// can decide, and the others that they may see.
type ApprovalsPage struct {
	Waiting, Others []ApprovalLine
	// On reports that the two-person rule is on; Parameters is where it is switched, empty
	// without the permission.
	On         bool
	Parameters string
}

// ApprovalLine is a request of the list, with the complete path of its page.
type ApprovalLine struct {
	desk.Approval
	Href string
}

func (ApprovalsPage) Template() string { return "approvals" }

// ApprovalPage shows what a request would change, and asks for a decision.
type ApprovalPage struct {
	view.Form
	desk.ApprovalDetail
	// Title says what was asked for.
	Title string
	// Asker is the path of the operator who asked; empty without the permission.
	Asker string
	// Facts are what is changed, and what is added and taken away; Changes are values with
	// those that replace them.
	Facts, Changes []desk.ApprovalRow
	// Device is the browser of who asked.
	Device messages.Text
	// Loosens means that a change protects less.
	Loosens bool
}

func (ApprovalPage) Template() string { return "approval" }

func (p ApprovalPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("approvals.title"), Path: approvalsPath}, {Label: p.Title}}
}

func (c *call) getApprovals() error {
	list, err := c.Desk.Approvals(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	p := ApprovalsPage{On: c.state.Settings.Approvals.Any()}
	if c.identity.Can(desk.PermissionParametersManage) {
		p.Parameters = "/parameters/two-person"
	}
	for _, r := range list {
		line := ApprovalLine{r, c.base + approvalPath(r.ID)}
		if r.MayDecide {
			p.Waiting = append(p.Waiting, line)
		} else {
			p.Others = append(p.Others, line)
		}
	}
	return c.show(http.StatusOK, p)
}

func (c *call) getApproval() error { return c.showApproval(http.StatusOK, view.Form{}) }

func (c *call) showApproval(status int, f view.Form) error {
	r, err := c.Desk.Approval(c.ctx(), c.actor(), c.id())
	if err != nil {
		return err
	}
	p := ApprovalPage{Form: f, ApprovalDetail: r, Title: c.say(r.Title()), Device: letters.DeviceText(r.UserAgent)}
	if c.identity.Can(desk.PermissionOperatorsView) && !r.Own {
		p.Asker = operatorPath(r.AskerID)
	}
	for _, row := range r.Rows {
		p.Loosens = p.Loosens || row.Loosens
		if len(row.Values) > 0 {
			p.Facts = append(p.Facts, row)
		} else {
			p.Changes = append(p.Changes, row)
		}
	}
	return c.show(status, p)
}

// postApproval approves or withdraws.
func (c *call) postApproval() error {
	switch c.form.Get("action") {
	case "approve":
		return c.approve()
	case "withdraw":
		err := c.Desk.WithdrawRequest(c.ctx(), c.actor(), c.visit, c.id())
		return c.decided(err, approvalWithdrawn)
	}
	return errUnknownAct
}

func (c *call) postApprovalRefuse() error {
	err := c.Desk.RefuseRequest(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.decided(err, approvalRefused)
}

func (c *call) approve() error {
	r, err := c.Desk.ApproveRequest(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("seen"))
	if err == nil && r.Act == desk.ApprovalAddress {
		// The old address has stopped working, as after a change without a second person.
		c.base = c.Desk.Base(c.Desk.Alias())
		return c.redirect("/parameters")
	}
	return c.decided(err, approvalGiven)
}

// decided leads back to the list, or shows the request again with what is wrong. If it is
// gone, the error says so.
func (c *call) decided(err error, n notice) error {
	if err == nil {
		return c.redirect(n.at(approvalsPath))
	}
	if bad, ok := errors.AsType[*desk.InvalidError](err); ok {
		return c.showApproval(http.StatusUnprocessableEntity, c.problems(bad))
	}
	return err
}

// waits answers an act that was not done, but waits for a second operator.
func (c *call) waits(w *desk.WaitingError) error {
	if c.navigation() || c.boosted() {
		return c.redirect(approvalWaits.at(approvalPath(w.ID)))
	}
	return c.writeProblem(problem{
		Type: "waits-for-approval", Status: http.StatusAccepted, Title: c.t("refusal.waits.title"), Detail: c.t("refusal.waits.detail"),
		Location: c.base + approvalPath(w.ID),
	})
}

// approvalAttention is what the home page says about the two-person rule.
func (c *call) approvalAttention(t desk.Attention) (list []Attention) {
	if t.NoApprover {
		list = append(list, Attention{
			Level: view.LevelDanger, Title: c.t("home.attention.no_approver"), Text: c.t("home.attention.no_approver.text"),
			Link: c.t("home.attention.no_approver.link"), Path: "/parameters/two-person",
		})
	}
	for _, a := range []struct {
		id    string
		n     int
		level view.Level
	}{{"approvals", t.Approvals, view.LevelWarning}, {"own_approvals", t.OwnApprovals, view.LevelInfo}} {
		if a.n > 0 {
			key := "home.attention." + a.id
			list = append(list, Attention{Level: a.level, Title: c.t(key, "count", a.n), Text: c.t(key + ".text"), Link: c.t(key + ".link"), Path: approvalsPath})
		}
	}
	return list
}
