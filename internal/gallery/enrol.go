package gallery

import "github.com/postern-go/postern/internal/pages"

func enrolPage() []state {
	return []state{
		{"empty", pages.EnrolPage{Enrolment: enrolment()}},
		{"refused", pages.EnrolPage{Form: wrongFirstCode, Enrolment: enrolment()}},
		{"clock", pages.EnrolPage{
			Form:      refused("code", "The QR code was scanned correctly, but your phone’s clock is about 3 minutes slow. Set it to automatic, then enter the new code."),
			Enrolment: enrolment(),
		}},
		{"expired", pages.EnrolPage{Form: refused("", "That QR code has expired. Scan this new one."), Enrolment: enrolment()}},
	}
}

func recoveryCodesPage() []state { return one(pages.RecoveryCodesPage{Codes: recoveryCodes}) }
