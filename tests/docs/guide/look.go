package guide

import (
	"io/fs"

	"github.com/postern-go/postern/backoffice"
)

// Dress gives the office the community's look.
func Dress(cfg *backoffice.Config, logo []byte, pages, mails fs.FS) {
	// begin look
	cfg.Look = backoffice.Look{Logo: logo, Accent: "#2c6a3c"}
	cfg.PageTemplates = pages // e.g. a folder with login.html
	cfg.MailTemplates = mails // e.g. a folder with letter.html
	// end look
}
