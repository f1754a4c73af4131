// Package site is the community's public side: its pages for visitors and
// members. It is written like any small net/http application, and knows of its
// back office only that one page of its own, the missing one, is all that
// strangers ever see of it.
package site

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/postern-go/postern/examples/community/garden"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/reset"
)

// Config is what New needs; every field but SSO is required.
type Config struct {
	Garden *garden.Garden
	// Links are the members' password reset links; off by themselves under SSO.
	Links *reset.Links
	// Counters count attempts, under keys made with Key.
	Counters reset.Store
	Key      []byte
	Sender   mail.Sender
	// Origin is where the community is reached, such as "https://garden.example".
	Origin string
	// EndOffice ends the sessions of a member in the back office: whoever has
	// their old password may be in there.
	EndOffice func(ctx context.Context, memberID string) error
	// SSO has members sign in with their company instead of with a password.
	SSO bool
	Now func() time.Time
	Log *slog.Logger
}

// Site serves the community.
type Site struct {
	Config
	templates templates
	missing   http.Handler
	outgoing  chan outgoing
	routes    *http.ServeMux
}

// New parses the templates and makes the routes.
func New(cfg Config) (*Site, error) {
	s := &Site{Config: cfg, outgoing: make(chan outgoing, 64)}
	var err error
	if s.templates, err = parseTemplates(); err != nil {
		return nil, err
	}
	if s.missing, err = s.missingPage(); err != nil {
		return nil, fmt.Errorf("render missing page: %w", err)
	}
	s.routes = http.NewServeMux()
	s.get("/{$}", s.getHome)
	s.get("/static/{file}", s.getStatic)
	s.get("/posts/new", s.member(s.getNewPost))
	s.post("/posts", s.member(s.postNewPost))
	s.post("/posts/{id}/report", s.member(s.postReport))
	s.get("/sign-in", s.getSignIn)
	s.post("/sign-out", s.postSignOut)
	s.get("/profile", s.member(s.getProfile))
	if cfg.SSO {
		// Members have no password here: nothing makes, asks for or resets one.
		s.get(companySignIn, s.getCompanySignIn)
		s.post(companySignIn, s.postCompanySignIn)
	} else {
		s.post("/sign-in", s.postSignIn)
		s.get("/sign-up", s.getSignUp)
		s.post("/sign-up", s.postSignUp)
		s.post("/profile/password", s.member(s.postPassword))
		s.get("/forgot", s.getForgot)
		s.post("/forgot", s.postForgot)
		s.get("/reset", s.getReset)
		s.post("/reset", s.postReset)
	}
	// Everything else, in every method, is the same missing page.
	s.routes.Handle("/", s.missing)
	return s, nil
}

// Handler is the whole community.
func (s *Site) Handler() http.Handler { return secured(cleanPaths(s.routes, s.missing)) }

// Missing is the missing page by itself, with the headers it has as an answer
// of Handler. The back office gives it to whoever asks for its pages outside.
func (s *Site) Missing() http.Handler { return secured(s.missing) }

type handler func(w http.ResponseWriter, r *http.Request) error

func (s *Site) get(path string, h handler) { s.routes.Handle("GET "+path, s.answer(h)) }

// maxForm is the most that a posted form may weigh, in bytes.
const maxForm = 64 << 10

// post registers a form. No form can forget the check for requests that other
// sites make a browser send, because it is made here.
func (s *Site) post(path string, h handler) {
	form := s.answer(func(w http.ResponseWriter, r *http.Request) error {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			return &plainError{http.StatusBadRequest, "This form could not be read", "Go back, and send it once more."}
		}
		return h(w, r)
	})
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(s.answer(func(http.ResponseWriter, *http.Request) error {
		return &plainError{http.StatusForbidden, "This form came from another site", "Open the page here, and send the form from there."}
	}))
	s.routes.Handle("POST "+path, protection.Handler(form))
}

// Run sends the mails that pages leave behind, until ctx ends. A mail is on its
// way only after the answer, so that its pace tells nobody who has an account.
func (s *Site) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-s.outgoing:
			s.deliver(ctx, m)
		}
	}
}

// client is the address that a request comes from, for counting.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
