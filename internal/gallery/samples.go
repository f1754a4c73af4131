package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/totp"
)

var rules = view.PasswordRules{
	Requirements: []view.Requirement{
		{Code: "too_short", Text: "At least 15 characters", Min: 15},
		{Code: "context", Text: "Not your name, your e-mail or the name of this office"},
		{Code: "too_common", Text: "Not a common password"},
		{Code: "weak", Text: "Not easy to guess; a few unrelated words are good", Min: 3},
	},
	Words: []string{"Sunday Cyclists", "community.example"},
}

var manyRules = view.PasswordRules{
	Requirements: []view.Requirement{
		{Code: "too_short", Text: "At least 12 characters", Min: 12},
		{Code: "class_lower", Text: "A small letter", Min: 1},
		{Code: "class_upper", Text: "A capital letter", Min: 1},
		{Code: "class_digit", Text: "At least 2 digits", Min: 2},
		{Code: "class_symbol", Text: "Something that is neither a letter nor a digit", Min: 1},
		{Code: "context", Text: "Not your name, your e-mail or the name of this office"},
		{Code: "reused", Text: "None of your last 5 passwords"},
	},
	Words: []string{"Sunday Cyclists"},
}

// galleryForm is what most refused forms of the gallery say.
var passwordErrors = []view.FieldError{
	{Field: "password", Text: "Use at least 15 characters. Yours has 9."},
	{Field: "password_again", Text: "The two passwords differ. Type the same one again."},
}

var recoveryCodes = []string{
	"K7QW-3MZD-PLX2-VN5A", "B4TR-Y6HJ-2SWE-QK3M", "ZP5L-N7CX-D3VA-W2GT", "H6MJ-R4KQ-T7YB-X5EC", "V3SD-G2NF-L6PW-M4ZQ",
	"Q5XA-J7TK-B3RH-Y2LD", "N4WE-C6VP-S5MG-K7XJ", "T2YH-F3QL-Z4BN-D6RS", "M7GK-P5WX-E2JT-C3VA", "L6RB-X4DN-H7SQ-F5YM",
}

// enrolment is a key that anybody may know.
func enrolment() pages.Enrolment {
	secret, err := totp.ParseSecret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
	if err != nil {
		panic(err) // our own constant
	}
	key, err := totp.NewKey("Sunday Cyclists", "ada@community.example", secret, totp.Options{})
	if err != nil {
		panic(err)
	}
	picture, err := key.PNG(480)
	if err != nil {
		panic(err)
	}
	return pages.Enrolment{Secret: secret.Base32(), QR: picture, Sealed: "c2VhbGVk"}
}

const (
	longName   = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh de la Fuente y Zaragoza"
	longEmail  = "wolfeschlegelsteinhausenbergerdorff@subdomain.community.example"
	arabicName = "سارة بنت عبد الرحمن"
	hostile    = `"><script>alert(1)</script>`
)

// Time is the moment at which all samples happen.
var Time = time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)

// Ago is a moment before Time.
func ago(d time.Duration) time.Time { return Time.Add(-d) }

// In is a moment after Time.
func in(d time.Duration) time.Time { return Time.Add(d) }
