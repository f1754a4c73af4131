package resource

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
)

// Names are those of columns, of keys in the audit log and, of a Path and an act together, of
// permissions and audit entries, which have at most 60 bytes.
var (
	nameForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)
	shortForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,28}$`)
)

const (
	wantName  = "must consist of at most 60 lower-case letters, digits and underscores, and begin with a letter"
	wantShort = "must consist of at most 29 lower-case letters, digits and underscores, and begin with a letter"
)

// ownActs are the names of what every resource can do.
var ownActs = []string{"view", "create", "edit", "delete", "export"}

// Check returns every mistake in the description, each with its cure. [backoffice.New]
// calls it.
func (r *Resource[T]) Check() error {
	r.make()
	return r.err
}

// make normalises Fields, once.
func (r *Resource[T]) make() {
	r.made.Do(func() {
		var errs []error
		bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
		r.model = r.describe(bad)
		r.checkResource(bad)
		r.checkData(bad)
		r.checkActs(bad)
		if len(errs) == 0 && r.Data.use != nil {
			if err := r.Data.use(r.model); err != nil {
				bad("Data: %w", err)
			}
		}
		if len(errs) > 0 {
			r.err = fmt.Errorf("resource %q: %w", r.Path, errors.Join(errs...))
		}
	})
}

// formNames and listNames are what forms and addresses of lists have besides fields.
var (
	formNames = []string{"csrf", "kept", "revision", "find"}
	listNames = []string{"csrf", "kept", "done", "q", "sort", "after", "before", "list", "act", "row", "all"}
)

// mostFields is how many values an audit entry can have.
const mostFields = desk.MaxActKeys

type complaint func(format string, args ...any)

// describe makes the model. After a mistake it is not to be used.
func (r *Resource[T]) describe(bad complaint) *model[T] {
	m := &model[T]{byName: make(map[string]*column[T])}
	for i, f := range r.Fields {
		if f == nil {
			bad("Fields[%d] is nil", i)
			continue
		}
		c := f.column()
		complain := func(format string, args ...any) {
			bad("Fields[%d], %s %q: %s", i, c.kind, c.name, fmt.Sprintf(format, args...))
		}
		c.examine(complain)
		switch {
		case m.byName[c.name] != nil:
			complain("another field has the same Name")
		case c.kind == keyKind && m.key != nil:
			complain("%q is a Key already; of a key of several columns, make one text", m.key.name)
		case c.kind == keyKind:
			m.key = c
		case c.kind == versionKind && m.version != nil:
			complain("%q is a Version already", m.version.name)
		case c.kind == versionKind:
			m.version = c
		}
		m.columns = append(m.columns, c)
		m.byName[c.name] = c
	}
	searched := slices.DeleteFunc(slices.Clone(m.columns), func(c *column[T]) bool { return !c.searched })
	if len(searched) > mostSearched {
		bad("Fields: %d fields are Searched, and more than %d make searches slow; leave some out", len(searched), mostSearched)
	}
	if len(m.columns) > mostFields {
		bad("Fields: %d fields are more than the %d that an audit entry can have; leave out what nobody reads", len(m.columns), mostFields)
	}
	if m.key == nil {
		bad("Fields has no Key, which says which row is meant")
		return m
	}
	r.order(m, bad)
	r.entitle(m, bad)
	return m
}

// examine finds mistakes in one field.
func (c *column[T]) examine(bad complaint) {
	for _, mistake := range c.mistakes {
		bad("%s", mistake)
	}
	if !nameForm.MatchString(c.name) {
		bad("its Name %s", wantName)
	}
	switch missing, crash := c.lacks(); {
	case crash != nil:
		bad("At panics with the zero row: %v; it must return a pointer into the row itself, so read a field behind a pointer with a Custom", crash)
	case missing:
		bad("At is nil or returns nil; return the address of the field: func(row *T) *V { return &row.Field }")
	}
	if c.long && c.in&List != 0 {
		bad("is Long, and long texts are not in lists; take it out of List: In: Detail|Write")
	}
	if c.long && (c.sorted || c.filtered || c.searched) {
		bad("is Long, so it cannot be Searched, Sorted or Filtered")
	}
	if c.secret && (c.in&List != 0 || c.sorted || c.filtered || c.searched) {
		bad("is Secret, so it cannot be in List, Searched, Sorted or Filtered; to show it to some only, set Permission instead")
	}
	if c.sorted && c.optional && !c.notNull {
		bad("is Sorted and can be NULL, so pages would leave rows out; make the column NOT NULL and set NotNull, or take out Sorted")
	}
	if c.notNull && !c.optional {
		bad("has NotNull without Optional, which is without effect; take it out, or set both")
	}
	if c.in&Nowhere != 0 && c.in != Nowhere {
		bad("is on pages and Nowhere; choose one")
	}
	if c.in&Read == 0 && (c.searched || c.filtered || c.sorted && c.kind != keyKind) {
		bad("is neither in List nor in Detail, so it cannot be Searched, Sorted or Filtered: operators would learn what it holds")
	}
	if c.in&Write != 0 && slices.Contains(formNames, c.name) || c.filtered && slices.Contains(listNames, c.name) {
		bad("its Name is one that forms and addresses of the office use; choose another, and name the column in Table.Columns")
	}
	if c.permission != "" && !strings.Contains(c.permission, ".") {
		bad("its Permission %q must look like area.verb", c.permission)
	}
}

// lacks reports that At is of no use.
func (c *column[T]) lacks() (missing bool, crash any) {
	defer func() { crash = recover() }()
	return c.missing(), nil
}

// order finds the order of the list at first.
func (r *Resource[T]) order(m *model[T], bad complaint) {
	name, desc := strings.CutPrefix(r.Sort, "-")
	m.sort, m.desc = m.key, desc
	if r.Sort == "" || name == m.key.name {
		return
	}
	switch c := m.byName[name]; {
	case c == nil:
		bad("Sort: there is no field %q; the fields are %s", name, strings.Join(m.names(), ", "))
	case !c.sorted:
		bad("Sort: the field %q is not Sorted; set it, and see to an index on (%s, %s)", name, name, m.key.name)
	default:
		m.sort = c
	}
}

// entitle finds the field that says which row it is.
func (r *Resource[T]) entitle(m *model[T], bad complaint) {
	m.title = m.key
	i := slices.IndexFunc(m.columns, func(c *column[T]) bool {
		return c.kind == textKind && c.in&List != 0 && c.permission == "" && !c.secret && !c.long
	})
	if i >= 0 {
		m.title = m.columns[i]
	}
	if r.Title == "" {
		return
	}
	switch c := m.byName[r.Title]; {
	case c == nil:
		bad("Title: there is no field %q; the fields are %s", r.Title, strings.Join(m.names(), ", "))
	case c.kind != textKind && c.kind != keyKind || c.long || c.secret || c.permission != "" || c.in == Nowhere:
		bad("Title: the field %q must be the Key or a Text on a page, and neither Long nor Secret, without a Permission, as everyone who may see the row reads it", r.Title)
	default:
		m.title = c
	}
}

func (m *model[T]) names() (names []string) {
	for _, c := range m.columns {
		names = append(names, c.name)
	}
	return names
}

func (r *Resource[T]) checkResource(bad complaint) {
	if !shortForm.MatchString(r.Path) {
		bad("Path %q %s; it has no slash", r.Path, wantShort)
	}
	if strings.TrimSpace(r.One) == "" || strings.TrimSpace(r.Many) == "" {
		bad("One and Many are required: what people call one row, and many")
	}
	for act := range r.Roles {
		if !r.has(act) {
			bad("Roles: there is nothing called %q to do; there are %s", act, strings.Join(r.acts(), ", "))
		}
	}
	for _, act := range r.StepUp {
		if act == "view" || act == "export" || !slices.Contains(ownActs, act) || !r.has(act) {
			bad("StepUp: %q is not one of create, edit and delete that the resource has; acts have a StepUp of their own", act)
		}
	}
	seen := make(map[string]bool)
	for _, act := range r.acts() {
		seen[r.permission(act)] = true
	}
	for _, p := range r.Permissions {
		if seen[p.Key] {
			bad("Permissions: %q is declared twice; the resource declares those of its acts itself", p.Key)
		}
		seen[p.Key] = true
	}
}

// acts are the names of everything that can be done, and has.
func (r *Resource[T]) acts() (names []string) {
	for _, own := range []struct {
		name string
		has  bool
	}{
		{"view", true},
		{"create", r.any(New)},
		{"edit", r.any(Edit)},
		{"delete", r.Data.Delete != nil},
		{"export", !r.NoExport},
	} {
		if own.has {
			names = append(names, own.name)
		}
	}
	for _, a := range r.Acts {
		names = append(names, a.Name)
	}
	return names
}

// named returns the act in Acts with this name, or nil.
func (r *Resource[T]) named(act string) *Act[T] {
	i := slices.IndexFunc(r.Acts, func(a Act[T]) bool { return a.Name == act })
	if i < 0 {
		return nil
	}
	return &r.Acts[i]
}

func (r *Resource[T]) has(act string) bool { return slices.Contains(r.acts(), act) }

// any reports whether a field is on a page.
func (r *Resource[T]) any(in Place) bool {
	return r.model != nil && slices.ContainsFunc(r.model.columns, func(c *column[T]) bool { return c.in&in != 0 })
}

func (r *Resource[T]) checkData(bad complaint) {
	if r.Data.List == nil || r.Data.Get == nil {
		bad("Data: List and Get are required; resource.SQL makes them for a table, resource.Slice for a test")
	}
	if r.Data.Create == nil && r.any(New) {
		bad("Data has no Create, and fields are in New; set it, or take New out of their In")
	}
	if r.Data.Update == nil && r.any(Edit) {
		bad("Data has no Update, and fields are in Edit; set it, or take Edit out of their In")
	}
	if r.BulkDelete && r.Data.Delete == nil {
		bad("BulkDelete needs Data.Delete")
	}
	if !r.any(List) {
		bad("Fields: no field is in List, so its rows would be empty")
	}
}

func (r *Resource[T]) checkActs(bad complaint) {
	seen := make(map[string]bool)
	for i, a := range r.Acts {
		complain := func(text string) { bad("Acts[%d], %q: %s", i, a.Name, text) }
		switch {
		case !shortForm.MatchString(a.Name):
			complain("its Name " + wantShort)
		case slices.Contains(ownActs, a.Name):
			complain("every resource has an act of this name; use another one")
		case seen[a.Name]:
			complain("another act has the same Name")
		}
		seen[a.Name] = true
		if strings.TrimSpace(a.Label) == "" {
			complain("it has no Label: what its button says")
		}
		if (a.Set == nil) == (a.Do == nil) {
			complain("set either Set, which changes the row, or Do, which does anything else")
		}
		if a.Set != nil && r.Data.Update == nil {
			complain("it has Set, which needs Data.Update to save the row")
		}
		if a.Reason < NoReason || a.Reason > MustReason {
			complain("its Reason is none of NoReason, MayReason and MustReason")
		}
	}
}
