package backoffice

import (
	"context"

	"github.com/postern-go/postern/internal/pages"
)

// KeepHeaders leaves headers of the answer to your handler, where the office's own would
// win: Cache-Control (with Expires and Pragma), X-Frame-Options, Permissions-Policy,
// Cross-Origin-Opener-Policy and Cross-Origin-Resource-Policy; and Content-Security-Policy
// (with Content-Security-Policy-Report-Only), to which the office would add what no page
// may do without. Those that your handler does not set are as ever, and so are those of the
// office's own pages, such as that of [Office.Fail]. Names of other headers change nothing.
//
// Call it before the answer begins, from the goroutine of the handler, with constant
// names. Outside the office it does nothing.
func KeepHeaders(ctx context.Context, names ...string) {
	if s, ok := pages.FromContext(ctx); ok {
		s.KeepHeaders(names...)
	}
}
