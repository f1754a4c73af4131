package pages

import (
	"io"
	"mime"
	"net/http"
	"net/url"
)

// What follows answers at two paths outside the office, which the identity provider knows
// and which never have the alias. Both belong to the community until a request proves to
// come from the provider: then the office answers, and else the community, with the
// request as it came.

// CompanyPaths are the paths to which the identity provider leads back, and at which it
// says that someone signed out there; empty if there is none.
func (s *Server) CompanyPaths() (returns, logout string) {
	if company := s.Desk.Company; company != nil {
		return company.RedirectPath, company.LogoutPath
	}
	return "", ""
}

// ServeReturn answers a browser that the identity provider led back, if it began the flow
// with this answer under the alias that the office has now. It reads nothing from the
// store and waits for nothing. Otherwise it writes nothing and returns false.
//
// The answer is a page that goes on inside the office on its own: only from there does the
// browser send the cookies that are SameSite=Strict.
func (s *Server) ServeReturn(w http.ResponseWriter, r *http.Request) (ours bool) {
	if r.Method != http.MethodGet {
		return false
	}
	c := s.callAt(w, r, companyPath)
	flows := c.value(flowCookie)
	if !c.secure || flows == "" {
		return false
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return false
	}
	back, ok := s.Desk.ReturnCompany(c.visit, flows, query)
	if !ok {
		return false
	}
	defer c.answer.end()
	defer c.recoverPanic()
	c.setHeaders()
	c.bare = true // the browser has sent too few cookies to say which to replace
	c.keepFlows(back.Cookie)
	c.serve(func(c *call) error {
		return c.show(http.StatusOK, ContinuePage{Next: back.Path, Company: s.Desk.CompanyName()})
	})
	return true
}

// callAt returns the call of a request as if it were for a path of the office, without the
// query, which has the provider's code: that must enter no log and no page.
func (s *Server) callAt(w http.ResponseWriter, r *http.Request, path string) *call {
	alias := s.Desk.Alias()
	base, at := s.Desk.Base(alias), *r.URL
	at.Path, at.RawPath, at.RawQuery, at.ForceQuery = base+path, "", "", false
	r = r.WithContext(r.Context())
	r.URL, r.RequestURI, r.Body = &at, at.Path, http.NoBody
	return s.newCall(w, r, alias, len(base))
}

// maxLogout is the most bytes of a message that someone signed out.
const maxLogout = 16 << 10

// ServeCompanyLogout ends the sessions that a message of the identity provider names
// (OpenID Connect Back-Channel Logout 1.0, section 2.5). If the message is not the
// provider's, it leaves the request as it was, and returns false.
//
// It reads no body that was announced without its length, or that is only sent on demand:
// the demand would be an answer that the community does not give.
func (s *Server) ServeCompanyLogout(w http.ResponseWriter, r *http.Request) (ours bool) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || err != nil || kind != urlEncoded || r.ContentLength <= 0 || r.ContentLength > maxLogout || r.Header.Get("Expect") != "" {
		return false
	}
	c := s.callAt(w, r, s.Desk.Company.LogoutPath)
	if !c.secure {
		return false
	}
	kept := &spool{ReadCloser: r.Body}
	token, ok := logoutToken(kept)
	r.Body = kept.again()
	if !ok {
		return false
	}
	defer func() {
		if p := recover(); p != nil {
			s.Desk.Log.ErrorContext(r.Context(), "panic while signing out", "panic", p)
			ours = false
		}
	}()
	if !s.Desk.LogoutCompany(c.ctx(), c.visit, token) {
		return false
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	return true
}

// logoutToken reads the token of a message, or returns false if it is no such message.
func logoutToken(body *spool) (string, bool) {
	raw, err := io.ReadAll(body) // it ends at Content-Length
	if err != nil {
		return "", false
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil || len(form["logout_token"]) != 1 {
		return "", false
	}
	return form.Get("logout_token"), true
}
