package backoffice

import (
	"io/fs"

	"github.com/postern-go/postern/internal/pages"
)

// OriginalPages returns the templates of the library's pages, to begin with when you replace
// some with [Config.PageTemplates]. The command "templates export DIR" writes them into a
// folder, together with those of emails, which [mail.OriginalTemplates] returns.
func OriginalPages() fs.FS { return pages.Originals() }
