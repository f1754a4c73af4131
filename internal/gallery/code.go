package gallery

import "github.com/postern-go/postern/internal/pages"

func codePage() []state {
	return []state{
		{"empty", pages.CodePage{}},
		{"refused", pages.CodePage{Form: refused("code", wrongCode+" If it keeps failing, set your phone’s clock to automatic.")}},
		{"malformed", pages.CodePage{Form: refused("code", "Enter the 6 digits that your authenticator app shows.")}},
	}
}
