package view

import (
	"html/template"
	"strings"
)

// otpauth returns a key URI as the target of a link. html/template knows no such scheme,
// and would remove it; so the scheme is checked here, and nothing else is trusted: as any
// attribute, the URI is escaped where it is printed.
func otpauth(uri string) template.URL {
	if !strings.HasPrefix(uri, "otpauth://totp/") {
		return ""
	}
	return template.URL(uri)
}
