package demo

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"sync"
)

//go:embed pages
var pages embed.FS

// Pages are templates for Config.HandlerTemplates: "reports.html" lists reports and has
// the form for a new one, "report.html" shows one.
func Pages() fs.FS {
	sub, err := fs.Sub(pages, "pages")
	if err != nil {
		panic(err)
	}
	return sub
}

// Report is one that an operator wrote. The tags are those of gin, echo and fiber.
type Report struct {
	Title string `form:"title" json:"title"`
	By    string `form:"-" json:"-"`
	File  string `form:"-" json:"-"` // what was attached
}

// ErrUntitled is why a report is refused.
var ErrUntitled = errors.New("a report needs a title")

// Reports are kept in memory. They are safe for concurrent use.
type Reports struct {
	mu  sync.Mutex
	all []Report
}

// Add adds a report, unless it has no title.
func (r *Reports) Add(added Report) error {
	if added.Title == "" {
		return ErrUntitled
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, added)
	return nil
}

// All are all reports, oldest first.
func (r *Reports) All() []Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Report(nil), r.all...)
}

// Find returns the report with a title.
func (r *Reports) Find(title string) (Report, bool) {
	for _, report := range r.All() {
		if report.Title == title {
			return report, true
		}
	}
	return Report{}, false
}

// Describe says what was attached to a report.
func Describe(attached *multipart.FileHeader) string {
	file, err := attached.Open()
	if err != nil {
		return "unreadable"
	}
	defer file.Close()
	n, err := io.Copy(io.Discard, file)
	if err != nil {
		return "unreadable"
	}
	return fmt.Sprintf("%s, %d bytes", attached.Filename, n)
}
