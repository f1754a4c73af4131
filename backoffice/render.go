package backoffice

import (
	"io"
	"net/http"
)

// Render writes a page of Config.HandlerTemplates inside the office's layout. The title is
// looked up in Config.Messages, and the template gets data as .Page. If the template fails, the
// response is the office's error page, never half a page, and the error is logged. Outside the
// office the response is Config.NotFound.
func (o *Office) Render(w http.ResponseWriter, r *http.Request, page, title string, data any) {
	o.RenderStatus(w, r, http.StatusOK, page, title, data)
}

// RenderStatus is Render with another status, e.g. 422 for a form that was refused.
func (o *Office) RenderStatus(w http.ResponseWriter, r *http.Request, status int, page, title string, data any) {
	s, ok := o.scope(r)
	if !ok {
		o.notFound.ServeHTTP(w, r)
		return
	}
	s.To(w).Render(status, page, title, data)
}

// RenderBody writes a page inside the office's layout, with the HTML that body writes as its
// content. It is for templ, gomponents and anything else that writes HTML to an [io.Writer]:
//
//	office.RenderBody(w, r, "Reports", func(w io.Writer) error {
//		return list(reports).Render(r.Context(), w)
//	})
//
// The title is looked up in Config.Messages, and escaped. The HTML is not escaped: that is up
// to body. Its forms must post [FormToken] as the field "csrf", and its scripts must carry the
// [Nonce]. If body returns an error, panics, or writes more than 16 MiB, the response is the
// office's error page, never half a page, and the error is logged. Outside the office the
// response is Config.NotFound, and body is not called.
func (o *Office) RenderBody(w http.ResponseWriter, r *http.Request, title string, body func(io.Writer) error) {
	s, ok := o.scope(r)
	if !ok {
		o.notFound.ServeHTTP(w, r)
		return
	}
	s.To(w).RenderBody(title, body)
}
