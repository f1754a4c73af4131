package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/totp"
)

// Requirements for passwords, by default and with many parameters changed.
var (
	rules     = view.PasswordRules{Requirements: password.Policy{}.Requirements(), Words: []string{"Sunday Cyclists"}}
	manyRules = view.PasswordRules{
		Requirements: password.Policy{MinLength: 12, Classes: password.Classes{Lower: true, Upper: true, Digit: true, Symbol: true}, History: 5}.Requirements(),
		Words:        []string{"Sunday Cyclists", "Ada Lovelace"},
	}
)

// refused is a form with one error.
func refused(field, text string) view.Form { return view.Form{}.Refuse(field, text) }

// Errors that several pages show.
var (
	badPasswords = refused("password", password.Policy{}.Reason(password.CodeTooShort).Text).
			Refuse("password_again", "The two passwords are not the same. Enter the new password twice.")
	wrongFirstCode = refused("code", "This code does not match the QR code. Enter the newest code of the entry you just added.")
)

const (
	badEmail  = "Enter an email address like name@example.com."
	wrongCode = "This code is wrong, or was already used. Wait for the next one and enter that."
)

var recoveryCodes = []string{
	"K7QW-3MZD-PLX2-VN5A", "B4TR-Y6HJ-2SWE-QK3M", "ZP5L-N7CX-D3VA-W2GT", "H6MJ-R4KQ-T7YB-X5EC", "V3SD-G2NF-L6PW-M4ZQ",
	"Q5XA-J7TK-B3RH-Y2LD", "N4WE-C6VP-S5MG-K7XJ", "T2YH-F3QL-Z4BN-D6RS", "M7GK-P5WX-E2JT-C3VA", "L6RB-X4DN-H7SQ-F5YM",
}

// enrolment is a key that anyone may know.
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

// ago is a moment before Time.
func ago(d time.Duration) time.Time { return Time.Add(-d) }

// in is a moment after Time.
func in(d time.Duration) time.Time { return Time.Add(d) }
