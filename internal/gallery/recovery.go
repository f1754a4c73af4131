package gallery

import "github.com/postern-go/postern/internal/pages"

func recoveryPage() []state {
	return []state{
		{"empty", pages.RecoveryPage{}},
		{"refused", pages.RecoveryPage{Form: refused("code", "This is not one of your unused recovery codes. Check it, or use another one.")}},
		{"malformed", pages.RecoveryPage{Form: refused("code", "A recovery code has 16 letters and digits, like ABCD-EFGH-IJKL-MNOP. Check that none is missing.")}},
	}
}

func lostPhonePage() []state { return one(pages.LostPhonePage{}) }
