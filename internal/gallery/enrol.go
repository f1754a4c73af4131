package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func enrolPage() []state {
	return []state{
		{"empty", pages.EnrolPage{Enrolment: enrolment()}},
		{"refused", pages.EnrolPage{
			Form: view.Form{Errors: []view.FieldError{
				{Field: "code", Text: "This code does not match the picture below. Scan it again, and let your phone set its clock by itself."},
			}},
			Enrolment: enrolment(),
		}},
	}
}

func recoveryCodesPage() []state { return one(pages.RecoveryCodesPage{Codes: recoveryCodes}) }
