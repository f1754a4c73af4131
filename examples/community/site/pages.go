package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/examples/community/garden"
)

//go:embed templates static
var files embed.FS

// page is what every template is executed with.
type page struct {
	Title string
	// Member is who is signed in, or nil.
	Member *garden.Member
	// SSO says that members sign in with their company.
	SSO bool
	// Notice tells what just happened.
	Notice string
	// Problems stand above the form; each field shows its own as well.
	Problems []garden.Problem
	Fields   []field
	Data     any
}

// field is one field of a form.
type field struct {
	Name, Label, Type, Value, Autocomplete, Hint string
	Rules                                        []string
	Problems                                     []string
}

// filled returns the fields with what was typed, but for passwords, and with
// what is wrong with it.
func filled(fields []field, r *http.Request, problems []garden.Problem) []field {
	for i := range fields {
		f := &fields[i]
		if f.Type != "password" {
			f.Value = r.PostFormValue(f.Name)
		}
		for _, p := range problems {
			if p.Field == f.Name {
				f.Problems = append(f.Problems, p.Text)
			}
		}
	}
	return fields
}

// templates are the pages by name, "home" for templates/home.html.
type templates map[string]*template.Template

func parseTemplates() (templates, error) {
	base, err := template.New("").Funcs(template.FuncMap{
		"asset": asset,
		"day":   func(t time.Time) string { return t.Format("2 January 2006") },
		"stamp": func(t time.Time) string { return t.Format(time.RFC3339) },
		"name":  func() string { return garden.Name },
	}).ParseFS(files, "templates/layout.html")
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	all := templates{}
	for _, name := range names {
		t, err := base.Clone()
		if err == nil {
			_, err = t.ParseFS(files, name)
		}
		if err != nil {
			return nil, fmt.Errorf("parse templates: %w", err)
		}
		all[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return all, nil
}

// write renders a page into memory first, so that half a page never goes out.
func (t templates) write(w http.ResponseWriter, status int, name string, p page) error {
	body, err := t.render(name, p)
	if err != nil {
		return err
	}
	send(w, status, body)
	return nil
}

func (t templates) render(name string, p page) ([]byte, error) {
	var b bytes.Buffer
	if err := t[name].ExecuteTemplate(&b, "layout", p); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body)
}

// show renders a page for whoever is signed in.
func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, name string, p page) error {
	m, err := s.signedIn(r)
	if err != nil {
		return err
	}
	p.Member, p.SSO = m, s.SSO
	if p.Notice == "" {
		p.Notice = notices[r.URL.Query().Get("done")]
	}
	return s.templates.write(w, status, name, p)
}

// notices are what a page may be told to say after a redirect: a fixed set, so
// that no link can put words into our mouth.
var notices = map[string]string{
	"welcome":    "Welcome. You are a member now.",
	"signed-out": "You are signed out.",
	"password":   "Your password is changed. Everywhere else you are signed out.",
	"reset":      "Your password is changed. Sign in with the new one.",
	"posted":     "Your post is out.",
	"reported":   "Thank you. A moderator will look at the post.",
}

// missingPage is rendered once: it is the same bytes for everybody.
func (s *Site) missingPage() (http.Handler, error) {
	body, err := s.templates.render("missing", page{Title: "There is nothing here", SSO: s.SSO})
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		send(w, http.StatusNotFound, body)
	}), err
}

// asset is the address of a static file, which changes with its content.
func asset(name string) (string, error) {
	content, err := files.ReadFile("static/" + name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return "/static/" + name + "?v=" + hex.EncodeToString(sum[:4]), nil
}

var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func (s *Site) getStatic(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	content, err := files.ReadFile("static/" + name)
	if err != nil {
		return garden.ErrNotFound
	}
	w.Header().Set("Content-Type", assetTypes[path.Ext(name)])
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.Header().Set("Cache-Control", "public, max-age=86400")
	w.Write(content)
	return nil
}
