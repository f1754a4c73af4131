package pages

import "github.com/postern-go/postern/internal/view"

// CodePage asks for the code of the authenticator app, after the password.
type CodePage struct{ view.Form }

func (CodePage) Template() string { return "code" }
