package browse

import (
	"strings"

	"github.com/postern-go/postern/backoffice"
)

// Open guards these paths of the host, of a word or more, so that every operator may open
// them.
func Open(paths ...string) map[string]string {
	guards := map[string]string{}
	for _, p := range paths {
		guards["/"+strings.TrimPrefix(p, "/")] = backoffice.AnyOperator
	}
	return guards
}

// inside are the first words of the pages that tests give to [Site.Inside].
var inside = strings.Fields(`
	accounts added api app ask asks assets bad body breaks can change cleared close delete denied do draft error fail
	fails favicon.ico files flushed form free garden gone hello host json keep kept late late-panic leave list live
	lower managers missing moderation nobody notifications numbers orders own page panic parts photos plots posts
	proved proxied proxy quick redirect render reports save seen send set shop silent socket soon stats status team theirs
	tool undeclared value values whole wipe work`)
