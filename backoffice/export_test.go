package backoffice

import (
	"context"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
)

// HashRuns is how many slow hashes the office has computed.
func (o *Office) HashRuns() int64 { return o.desk.Hasher.Runs() }

// Permissions are all that are declared.
func (o *Office) Permissions() []desk.Permission { return o.desk.Permissions() }

// RotateAlias does what the command "alias rotate" does.
func (o *Office) RotateAlias(ctx context.Context) (address string, err error) {
	_, err = o.desk.RotateAlias(ctx, desk.CommandLine(), desk.Visit{})
	return o.HomeURL(), err
}

// AskFor asks the community for a page.
var AskFor = askFor

// UnderAlias is how the gate of a community under a path decides.
func UnderAlias(r *http.Request, path, alias string) int { return underAlias(r, path, alias) }

// Desk has the office's services.
func (o *Office) Desk() *desk.Desk { return o.desk }

// Greet says what Run says when it begins.
func (o *Office) Greet(ctx context.Context) { o.greet(ctx) }
