package backoffice

import (
	"io"
	"net/http"
)

// Render writes a page of Config.HandlerTemplates inside the office's layout, with this
// title, which is looked up in Config.Messages. The template gets data as .Page. If the
// template fails, the response is the office's error page, never half a page, and the
// error is logged. Outside the office the response is Config.NotFound.
func (o *Office) Render(w http.ResponseWriter, r *http.Request, page, title string, data any) {
	o.RenderStatus(w, r, http.StatusOK, page, title, data)
}

// RenderStatus is Render with another status, e.g. 422 for a form that was
// refused.
func (o *Office) RenderStatus(w http.ResponseWriter, r *http.Request, status int, page, title string, data any) {
	s, ok := o.scope(r)
	if !ok {
		o.notFound.ServeHTTP(w, r)
		return
	}
	s.To(w).Render(status, page, title, data)
}

// RenderBody writes a page inside the office's layout whose content is the HTML that body
// writes, for templ, gomponents and whatever else writes HTML to an [io.Writer]:
//
//	office.RenderBody(w, r, "Reports", func(w io.Writer) error {
//		return list(reports).Render(r.Context(), w)
//	})
//
// The title is looked up in Config.Messages, and escaped. The HTML is not: body must escape
// what is in it. Its forms post the field "csrf" with [FormToken], and its scripts carry the
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
