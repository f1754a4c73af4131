package backoffice

import (
	"context"

	"github.com/postern-go/postern/internal/pages"
)

// KeepHeaders leaves headers of the answer to your handler, where the office's own would
// win: Cache-Control (with Expires and Pragma), X-Frame-Options, Permissions-Policy,
// Cross-Origin-Opener-Policy and Cross-Origin-Resource-Policy; and Content-Security-Policy
// (with Content-Security-Policy-Report-Only), to which the office would add what no page
// may do without. Headers that your handler does not set stay the office's, and so do those
// of the office's own pages, such as that of [Office.Fail]. Other names are ignored.
//
// Call it before the answer begins, from the goroutine of the handler, with constant
// names. Outside the office it does nothing.
func KeepHeaders(ctx context.Context, names ...string) {
	if s, ok := pages.FromContext(ctx); ok {
		s.KeepHeaders(names...)
	}
}
