package resource

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/postern-go/postern/backoffice"
)

// words are the texts of what every resource can do: the keys of messages, so that they are
// read in the language of the operator.
var words = map[string]struct{ permission, happened, says string }{
	"view":   {permission: "rowacts.view.permission"},
	"create": {"rowacts.create.permission", "rowacts.create.happened", "rowacts.create.says"},
	"edit":   {"rowacts.edit.permission", "rowacts.edit.happened", "rowacts.edit.says"},
	"delete": {"rowacts.delete.permission", "rowacts.delete.happened", "rowacts.delete.says"},
	"export": {"rowacts.export.permission", "rowacts.export.happened", "rowacts.export.says"},
}

// About returns the permissions, the audit entries and the menu entry of the resource.
// There is a permission and a kind of audit entry for each thing that can be done, both
// called posts.edit, say; viewing has a permission only.
func (r *Resource[T]) About() backoffice.PartInfo {
	r.make()
	view := r.permission("view")
	info := backoffice.PartInfo{
		Path: r.path(), Permission: view,
		Menu: []backoffice.MenuItem{{
			Group: cmp.Or(r.Group, r.Many), Label: r.Many, Text: r.Text, Icon: r.Icon,
			Path: r.path(), Permission: view,
		}},
	}
	var private []string
	for _, c := range r.model.columns {
		if c.private() {
			private = append(private, c.name)
		}
		for _, permission := range []string{c.permission, c.to.Permission} {
			if permission != "" && !slices.Contains(info.Needs, permission) {
				info.Needs = append(info.Needs, permission)
			}
		}
	}
	add := func(act, label, happened, says string) {
		code := r.permission(act)
		info.Permissions = append(info.Permissions, backoffice.Permission{Key: code, Label: label, Group: r.Many, Roles: r.Roles[act]})
		if act == "view" {
			return
		}
		kind := backoffice.EventKind{Code: code, Label: happened, Group: r.Many, Says: says, Private: private}
		if act != "export" {
			kind.Settle = r.settle(act)
		}
		info.Events = append(info.Events, kind)
	}
	for _, act := range r.acts() {
		if w, own := words[act]; own {
			add(act, w.permission, w.happened, w.says)
		}
	}
	for _, a := range r.Acts {
		add(a.Name, a.Label, a.Label, a.Says)
	}
	info.Permissions = append(info.Permissions, r.Permissions...)
	return info
}

// settle returns what finds out, after a crash, whether a change was made: it compares the row
// with what the audit log has of the change.
func (r *Resource[T]) settle(name string) func(context.Context, backoffice.Act) (backoffice.Found, error) {
	return func(ctx context.Context, act backoffice.Act) (backoffice.Found, error) {
		if _, err := r.model.keyOf(act.ID); err != nil || strings.ContainsAny(act.ID, "…\uFFFD") {
			return backoffice.FoundUnknown, nil // of a new row, whose key nobody knew, or not the whole key
		}
		row, err := r.Data.Get(ctx, act.ID)
		switch {
		case errors.Is(err, backoffice.ErrNotFound) && name == "delete":
			return backoffice.FoundAfter, nil
		case errors.Is(err, backoffice.ErrNotFound) && name == "create":
			return backoffice.FoundBefore, nil
		case errors.Is(err, backoffice.ErrNotFound):
			return backoffice.FoundGone, nil
		case err != nil:
			return "", err
		case name == "delete":
			return backoffice.FoundBefore, nil
		}
		holds := func(values, others map[string]string) bool {
			compared := 0
			for _, c := range r.model.columns {
				want, ok := values[c.name]
				_, changed := others[c.name]
				if !c.stored() || c.private() || !ok && !changed {
					continue
				}
				compared++
				if want != c.record(c.value(&row)) {
					return false
				}
			}
			return compared > 0
		}
		switch {
		case holds(act.After, act.Before):
			return backoffice.FoundAfter, nil
		case holds(act.Before, act.After):
			return backoffice.FoundBefore, nil
		case len(act.Before)+len(act.After) == 0:
			return backoffice.FoundUnknown, nil // what a Do does is not in the row
		}
		return backoffice.FoundOther, nil
	}
}
