package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// ForgotPage asks where to send a link for a new password.
type ForgotPage struct {
	view.Form
	// Email is what was typed.
	Email string
}

func (ForgotPage) Template() string { return "forgot" }

// ForgotSentPage is the answer to every request for a link, whether there is
// such an account or not.
type ForgotSentPage struct {
	// Life is how long a link works.
	Life time.Duration
}

func (ForgotSentPage) Template() string { return "forgot_sent" }
