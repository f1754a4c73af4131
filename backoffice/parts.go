package backoffice

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

// Part is a set of pages that Config.Parts mounts as a whole: with its place in the
// navigation, its permissions and its audit entries. A *resource.Resource is one; a package
// of yours can have others.
type Part interface {
	// About returns what the part brings. New calls it once.
	About() PartInfo
	// Pages returns the handler of About().Path and every path below it. The handler gets
	// requests as Config.Handler does, but only from operators who have About().Permission.
	// It must not be nil, and must be safe for concurrent use. New calls Pages once, at the
	// end.
	Pages(*Office) http.Handler
	// Check returns the mistakes in how the part is set up, or nil. New reports them as
	// "Config.Parts[i]: …".
	Check() error
}

// PartInfo is what a [Part] brings.
type PartInfo struct {
	// Path is one segment of lower-case letters, digits, "-" and "_", such as "/posts". The
	// part has this path and all below it; Config.Handler never gets them. Required.
	Path string
	// Permission is required for each of its pages. An operator without it gets the office's
	// page with status 403, and the part is not called. New refuses a part without a
	// Permission.
	Permission string
	// Needs are further permissions that its pages ask for. New refuses one that is declared
	// nowhere, as no one could have it. It may be empty.
	Needs []string
	// Menu are its entries in the navigation, after those of Config.Menu.
	Menu []MenuItem
	// Permissions are added to Config.Permissions, and Events to Config.Events.
	Permissions []Permission
	Events      []EventKind
}

// mount adds to the configuration what its parts bring, and returns that, and every mistake.
func (c *Config) mount() (infos []PartInfo, err error) {
	var errs []error
	owner := map[string]string{} // of what may be there once, as errors call it
	taken := func(of, what string) (by string) {
		if by = owner[what]; by == "" {
			owner[what] = of
		}
		return by
	}
	for _, p := range c.Permissions {
		taken("Config.Permissions", "the permission "+p.Key)
	}
	for _, k := range c.Events {
		taken("Config.Events", "the audit entry "+k.Code)
	}
	for _, m := range c.Menu {
		taken("Config.Menu", "the menu entry "+m.Path)
	}
	menu, permissions, events := c.Menu, c.Permissions, c.Events
	for i, p := range c.Parts {
		name := fmt.Sprintf("Config.Parts[%d]", i)
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
		}
		if p == nil {
			bad("is nil")
			continue
		}
		if err := p.Check(); err != nil {
			bad("%v", err)
			continue // what it says of itself may be wrong
		}
		info := p.About()
		infos = append(infos, info)
		switch {
		case pages.Reserved(info.Path):
			bad("the office has pages of its own at %q; use another path", info.Path)
		case !pages.PathOfPart(info.Path):
			bad("Path: %q must be one segment of lower-case letters, digits, \"-\" and \"_\", such as \"/posts\"", info.Path)
		default:
			if by := taken(name, "the path "+info.Path); by != "" {
				bad("Path: %s has %q, too", by, info.Path)
			}
			c.elsewhere(info.Path, bad)
		}
		if info.Permission == "" {
			bad("Permission is required: what its pages require")
		} else if !desk.Declared(inside(slices.Concat(c.Permissions, info.Permissions)), info.Permission) {
			bad("Permission: nobody could have %q; declare it in its Permissions", info.Permission)
		}
		for _, q := range info.Permissions {
			if by := taken(name, "the permission "+q.Key); by != "" {
				bad("the permission %q is declared in %s, too", q.Key, by)
			}
		}
		for _, k := range info.Events {
			if by := taken(name, "the audit entry "+k.Code); by != "" {
				bad("the audit entry %q is declared in %s, too", k.Code, by)
			}
		}
		for _, m := range info.Menu {
			switch by := taken(name, "the menu entry "+m.Path); {
			case by != "":
				bad("the menu entry for %q is in %s, too", m.Path, by)
			case !pages.Below(m.Path, info.Path):
				bad("the menu entry for %q leads elsewhere than to its pages", m.Path)
			}
		}
		menu = slices.Concat(menu, info.Menu)
		permissions = slices.Concat(permissions, info.Permissions)
		events = slices.Concat(events, info.Events)
	}
	if len(errs) > 0 {
		return infos, errors.Join(errs...) // without what they bring, or each mistake would be reported twice
	}
	c.Menu, c.Permissions, c.Events = menu, permissions, events
	for i, info := range infos { // each may need what another declares
		for _, q := range info.Needs {
			if !desk.Declared(inside(permissions), q) {
				errs = append(errs, fmt.Errorf("Config.Parts[%d]: nobody could have the permission %q, which its pages ask for; declare it in Permissions", i, q))
			}
		}
	}
	return infos, errors.Join(errs...)
}

// elsewhere finds what the host says of paths that a part has.
func (c *Config) elsewhere(path string, bad func(format string, args ...any)) {
	for field, paths := range map[string][]string{
		"Menu": each(c.Menu, func(m MenuItem) string { return m.Path }), "Guards": slices.Sorted(maps.Keys(c.Guards)), "Passive": c.Passive, "Tokenless": c.Tokenless,
	} {
		for _, p := range paths {
			if pages.Below(p, path) {
				bad("Path: %q is below %q, and Config.%s names it as a path of yours; use another path", p, path, field)
			}
		}
	}
}

// mounted has the server serve the parts.
func (o *Office) mounted(parts []Part, infos []PartInfo) error {
	var errs []error
	for i, p := range parts {
		h := p.Pages(o)
		if h == nil {
			errs = append(errs, fmt.Errorf("Config.Parts[%d]: Pages returned nil", i))
			continue
		}
		o.server.Mount(infos[i].Path, infos[i].Permission, h)
	}
	return errors.Join(errs...)
}
