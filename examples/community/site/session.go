package site

import (
	"errors"
	"net/http"
	"strings"

	"github.com/postern-go/postern/examples/community/garden"
)

const sessionCookie = "garden_session"

// signedIn returns who is signed in, or nil.
func (s *Site) signedIn(r *http.Request) (*garden.Member, error) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil, nil
	}
	m, err := s.Garden.FindSession(r.Context(), cookie.Value)
	if errors.Is(err, garden.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &m, nil
}

// member is a handler for members. Everybody else is led to sign in.
func (s *Site) member(h func(http.ResponseWriter, *http.Request, garden.Member) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		m, err := s.signedIn(r)
		if err != nil {
			return err
		}
		if m == nil {
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
			return nil
		}
		return h(w, r, *m)
	}
}

// begin signs a member in under a fresh token; the session that the browser had
// before is over.
func (s *Site) begin(w http.ResponseWriter, r *http.Request, m garden.Member) error {
	if err := s.end(r); err != nil {
		return err
	}
	token, err := s.Garden.BeginSession(r.Context(), m.ID)
	if err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(token, int(garden.SessionLife.Seconds())))
	return nil
}

func (s *Site) end(r *http.Request) error {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	return s.Garden.EndSession(r.Context(), cookie.Value)
}

func (s *Site) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(s.Origin, "https:"),
	}
}

func (s *Site) postSignOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.end(r); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie("", -1))
	http.Redirect(w, r, "/?done=signed-out", http.StatusSeeOther)
	return nil
}
