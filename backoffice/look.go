package backoffice

import (
	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/mail"
)

// Look is a logo and colours. The zero value is the library's own look. Text stays
// readable with any colours.
type Look struct {
	// Logo is a picture of at most 256 KiB: PNG, JPEG, WebP or SVG. It is shown 40
	// px high, beside the office's name. Emails carry it if it is a PNG or JPEG of at
	// most 64 KiB, and have only the name otherwise.
	Logo []byte
	// LogoURL is the path of a picture that you serve yourself, such as
	// "/assets/logo.svg". It must begin with one "/": the office's
	// Content-Security-Policy allows no pictures from elsewhere. Set at most one of
	// Logo and LogoURL.
	LogoURL string
	// Accent is the colour of buttons and links, as "#rrggbb". If empty, it is the
	// library's own.
	Accent string
	// AccentDark is the same for dark pages. If empty, it is made from Accent.
	AccentDark string
}

// mailLogo returns the logo for emails, or nil: mail programs show no SVG and not all show
// WebP, and each email carries its own copy.
func mailLogo(look brand.Brand) *mail.Picture {
	contentType, _ := look.LogoType()
	if len(look.Logo) > mail.MaxPicture || contentType != "image/png" && contentType != "image/jpeg" {
		return nil
	}
	return &mail.Picture{ContentID: mail.LogoID, ContentType: contentType, Body: look.Logo}
}
