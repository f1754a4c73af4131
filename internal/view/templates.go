package view

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template/parse"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/weakmap"
)

// Templates are the files of pages: layout.html, partials/ and a file for each page. They
// are parsed once, when the first page is rendered, and then made into one set of
// templates for each language: all renderers that share the files share these too.
type Templates struct {
	files map[string]string
	// theirs are the names of the host's.
	theirs  map[string]string
	parsed  func() *parsed
	presses presses
	// theirPresses are those of languages with messages of hosts, and overridden the
	// templates with those of hosts, by a digest: an office that has the same as another one
	// shares them.
	theirPresses weakmap.Map[*messages.Language, press]
	overridden   weakmap.Map[[sha256.Size]byte, Templates]
}

// parsed is what the files say, in no language yet. A name that a page defines is kept
// after the page's, as "login:title", so that all pages are one set.
type parsed struct {
	trees map[string]*parse.Tree
	// defaults are the parts of pages that do not define them.
	defaults map[string]*parse.Tree
	// shared are the mistakes in what all pages share, pages those of each page; nil if
	// there are none.
	shared error
	pages  map[string]error
}

// slots are what a page may define for the layout. The layout includes them by these names.
var slots = []string{"content", "title", "width", "head"}

// Load reads the files of fsys.
func Load(fsys fs.FS) (*Templates, error) {
	files := map[string]string{}
	if err := readInto(files, fsys); err != nil {
		return nil, err
	}
	return newTemplates(files, nil), nil
}

func newTemplates(files, theirs map[string]string) *Templates {
	t := &Templates{files: files, theirs: theirs}
	t.parsed = sync.OnceValue(t.parse)
	return t
}

// has reports whether there is a page of that name.
func (t *Templates) has(page string) bool {
	_, ok := t.files[page+".html"]
	return ok && !shared(page+".html")
}

// override returns the templates with the host's files in place of ours, all
// parsed and checked against the pages that they are for.
func (t *Templates) override(fsys fs.FS, samples []Page) (*Templates, error) {
	theirs := map[string]string{}
	if err := readInto(theirs, fsys); err != nil {
		return nil, fmt.Errorf("overrides: %w", err)
	}
	return t.overridden.Get(digest(theirs), func() (*Templates, error) { return t.with(theirs, samples) })
}

// digest tells sets of files apart.
func digest(files map[string]string) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%d %s %d %s", len(name), name, len(files[name]), files[name])
	}
	h.Sum(sum[:0])
	return sum
}

// with is override for files that were read.
func (t *Templates) with(theirs map[string]string, samples []Page) (*Templates, error) {
	files := maps.Clone(t.files)
	names := slices.Sorted(maps.Keys(t.files))
	var mistakes []error
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		if _, ok := t.files[name]; !ok {
			mistakes = append(mistakes, fmt.Errorf("%s replaces nothing: there is no template of that name%s", name, near(name, names)))
		}
		files[name] = theirs[name]
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	merged := newTemplates(files, theirs)
	p := merged.parsed()
	if p.shared != nil {
		return nil, p.shared
	}
	types := map[string]reflect.Type{}
	for _, page := range samples {
		types[page.Template()] = reflect.TypeOf(page)
	}
	mistakes = append(mistakes, p.checkParts())
	said := map[string]bool{}
	all := slices.ContainsFunc(slices.Collect(maps.Keys(theirs)), shared)
	if all {
		mistakes = append(mistakes, p.checkForms(""))
	}
	for _, name := range slices.Sorted(maps.Keys(p.pages)) {
		if !all && !merged.isTheirs(name+".html") {
			continue // it is ours, and so is all that it is made of
		}
		err := p.pages[name]
		if err == nil {
			err = p.check(name, types[name])
		}
		if err == nil && merged.isTheirs(name+".html") {
			err = p.lacks(name, t.parsed())
		}
		// What is wrong in a file that all pages share is said once.
		if err != nil && !said[err.Error()] {
			said[err.Error()] = true
			mistakes = append(mistakes, err)
		}
	}
	if err := errors.Join(mistakes...); err != nil {
		return nil, err
	}
	return merged, merged.try(samples, all)
}

// lacks returns which fields a page of the host's lacks that ours posts.
func (p *parsed) lacks(page string, ours *parsed) error {
	var mistakes []error
	theirs := p.has(page)
	for _, name := range ours.needed(page) {
		if !slices.Contains(theirs, name) {
			mistakes = append(mistakes, fmt.Errorf("%s.html: its form lacks the field %q, which the original has: without it the office refuses what is sent", page, name))
		}
	}
	return errors.Join(mistakes...)
}

func readInto(files map[string]string, fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read templates: %w", err)
		}
		if d.IsDir() || path.Ext(name) != ".html" {
			return nil
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read template %s: %w", name, err)
		}
		files[name] = string(b)
		return nil
	})
}

// ownFuncs are the functions that every template may use. A host cannot replace
// them.
var ownFuncs = func() template.FuncMap {
	funcs := template.FuncMap{
		"words":    func(list []string) string { return strings.Join(list, "\n") },
		"device":   deviceIcon,
		"base64":   base64.StdEncoding.EncodeToString,
		"initials": Initials,
		"otpauth":  otpauth,
	}
	maps.Copy(funcs, fieldFuncs)
	maps.Copy(funcs, partFuncs)
	// These are replaced by those of a language; here they only have names.
	maps.Copy(funcs, wordFuncs(&messages.Language{}, nil))
	return funcs
}()

// shared reports whether a file is part of every page.
func shared(name string) bool { return name == "layout.html" || strings.HasPrefix(name, "partials/") }

// builtins are the names of the functions that every template has.
var builtins = map[string]any{
	"and": true, "break": true, "call": true, "continue": true, "eq": true, "ge": true, "gt": true, "html": true, "index": true, "js": true,
	"le": true, "len": true, "lt": true, "ne": true, "not": true, "or": true, "print": true, "printf": true, "println": true, "slice": true, "urlquery": true,
}

func (t *Templates) isTheirs(name string) bool {
	_, ok := t.theirs[name]
	return ok
}

// parseFile returns the templates that a text defines, which may be the host's. The text
// around them is dropped. If funcs is nil, it may call all of ours.
func parseFile(name, text string, funcs map[string]any, theirs bool) (map[string]*parse.Tree, error) {
	if funcs == nil {
		funcs = ownFuncs
	}
	trees, err := parse.Parse(name, text, "", "", builtins, funcs)
	if err != nil {
		return nil, parseError(err, funcs)
	}
	delete(trees, name)
	if theirs {
		unfolded(trees)
	}
	return trees, nil
}

var undefined = regexp.MustCompile(`function "([^"]+)" not defined`)

// parseError says where a mistake is, and which function may have been meant.
func parseError(err error, funcs map[string]any) error {
	hint := ""
	if m := undefined.FindStringSubmatch(err.Error()); m != nil {
		hint = near(m[1], slices.Collect(maps.Keys(funcs)))
	}
	return fmt.Errorf("%s%s", strings.TrimPrefix(err.Error(), "template: "), hint)
}

// unfolded keeps the messages in templates of a host actions, which html/template escapes as
// their places need: in a script, they are strings of it. Those of ours stand where text may.
func unfolded(trees map[string]*parse.Tree) {
	for _, tree := range trees {
		walk(tree.Root, func(n parse.Node) {
			if action, ok := n.(*parse.ActionNode); ok && isConstant(action.Pipe) {
				inner := *action.Pipe
				action.Pipe.Cmds = []*parse.CommandNode{{NodeType: parse.NodeCommand, Pos: action.Pos, Args: []parse.Node{&inner}}}
			}
		})
	}
}

func (t *Templates) parse() *parsed {
	p := &parsed{trees: map[string]*parse.Tree{}, defaults: map[string]*parse.Tree{}, pages: map[string]error{}}
	for i, part := range slots {
		text := &parse.TextNode{NodeType: parse.NodeText, Text: []byte{slot, byte('0' + i)}}
		p.trees[part] = &parse.Tree{Name: part, Root: &parse.ListNode{NodeType: parse.NodeList, Nodes: []parse.Node{text}}}
	}
	var mistakes []error
	definedIn := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(t.files)) {
		if !shared(name) {
			continue
		}
		trees, err := parseFile(name, t.files[name], nil, t.isTheirs(name))
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		for _, defined := range slices.Sorted(maps.Keys(trees)) {
			if other := definedIn[defined]; other != "" {
				mistakes = append(mistakes, fmt.Errorf("%s: %q is defined in %s as well", name, defined, other))
			}
			definedIn[defined] = name
			if slices.Contains(slots, defined) {
				p.defaults[defined] = trees[defined]
				continue
			}
			p.trees[defined] = trees[defined]
		}
	}
	p.shared = errors.Join(mistakes...)
	p.pages[bodyPage] = p.addPage(bodyPage, bodyPage, `{{define "content"}}{{end}}`, nil, false)
	for name, text := range t.files {
		if !shared(name) {
			page := strings.TrimSuffix(name, ".html")
			p.pages[page] = p.addPage(page, name, text, nil, t.isTheirs(name))
		}
	}
	return p
}

// addPage adds the templates of a page under names of their own.
func (p *parsed) addPage(page, file, text string, funcs map[string]any, theirs bool) error {
	trees, err := parseFile(file, text, funcs, theirs)
	if err != nil {
		return err
	}
	if trees["content"] == nil {
		return fmt.Errorf(`%s: it does not define "content": put {{define "content"}} before the page and {{end}} after it`, file)
	}
	if strings.IndexByte(text, slot) >= 0 {
		return fmt.Errorf("%s: it has a NUL", file)
	}
	for name, tree := range p.defaults { // which its content may include, too
		if trees[name] == nil && !parse.IsEmptyTree(tree.Root) {
			trees[name] = tree.Copy()
		}
	}
	for name, tree := range trees {
		walk(tree.Root, func(n parse.Node) {
			if n, ok := n.(*parse.TemplateNode); ok && trees[n.Name] != nil {
				n.Name = partOf(page, n.Name)
			}
		})
		tree.Name = partOf(page, name)
		p.trees[tree.Name] = tree
	}
	return nil
}

// partOf is the name of a template that a page defines.
func partOf(page, name string) string { return page + ":" + name }

// deviceIcon names the icon for a device: what letters.DeviceText returns.
func deviceIcon(device messages.Text) string {
	switch device.Arg("system") {
	case "iPhone", "Android":
		return "phone"
	case "iPad":
		return "tablet"
	case nil:
		return "unknown"
	}
	return "device"
}
