package pages

import (
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// notice is what a page says after a redirect to it. The redirect carries only
// the code, so that a link cannot make the office say anything else. A page
// declares its notices beside its POST, as package variables.
type notice struct{ code string }

// notices are the levels of all declared notices, by code. What one says is the message
// "notice." with its code.
var notices = map[string]view.Level{}

func declare(level view.Level, code string) notice {
	if _, taken := notices[code]; taken {
		panic("two notices have the code " + code)
	}
	notices[code] = level
	return notice{code}
}

func success(code string) notice { return declare(view.LevelSuccess, code) }
func warning(code string) notice { return declare(view.LevelWarning, code) }
func info(code string) notice    { return declare(view.LevelInfo, code) }

// mailed is a success that queued an email; see [call.mailTrouble].
func mailed(code string) notice {
	mailing[code] = true
	return success(code)
}

var mailing = map[string]bool{}

// counting are the figures that notices add, by code.
var counting = map[string]func(*call) (string, error){}

// notice returns what the page was asked to say.
func (c *call) notice() (view.Notice, bool) {
	code := c.query().Get("done")
	level, ok := notices[code]
	if !ok || c.unsafe() {
		return view.Notice{}, false
	}
	n := view.Notice{Level: level, Text: c.t("notice." + code)}
	if count := counting[code]; count != nil && c.identity != nil {
		more, err := count(c)
		if err != nil {
			c.Desk.Log.WarnContext(c.ctx(), "notice not completed", "request", c.visit.RequestID, "error", err)
		}
		n.Text += more
	}
	return n, true
}

// mailTrouble returns what a page says that follows an act which queued an email, while
// emails do not leave.
func (c *call) mailTrouble() (view.Notice, bool) {
	if c.identity == nil || !c.queued && (c.unsafe() || !mailing[c.query().Get("done")]) {
		return view.Notice{}, false
	}
	queue, err := c.Desk.MailQueue(c.ctx())
	if err != nil {
		// The act succeeded, so its page does not fail because of this.
		c.Desk.Log.WarnContext(c.ctx(), "mail queue not read", "request", c.visit.RequestID, "error", err)
		return view.Notice{}, false
	}
	if !queue.Trouble() {
		return view.Notice{}, false
	}
	n := view.Notice{Level: view.LevelWarning, Text: c.t("frame.mail.refused")}
	if queue.Unattended {
		n.Text = c.t("frame.mail.unattended")
	}
	if c.identity.Can(desk.PermissionMailView) {
		n.Link, n.Path = c.t("frame.mail.link"), queuedEmails
	}
	return n, true
}

// at returns the path with the notice added.
func (n notice) at(path string) string { return path + "?done=" + n.code }

// with is at for a path that may have a query.
func (n notice) with(path string) string {
	if strings.Contains(path, "?") {
		return path + "&done=" + n.code
	}
	return n.at(path)
}

// nothingChanged follows a form that was posted as it was shown.
var nothingChanged = info("nothing")
