package resource

import (
	"cmp"

	"github.com/postern-go/postern/backoffice"
)

// About returns the permissions, the audit entries and the menu entry of the resource.
// There is a permission and an audit entry for each thing that can be done, "posts.edit"
// say; seeing needs a permission only.
func (r *Resource[T]) About() backoffice.PartInfo {
	r.make()
	view := r.Path + ".view"
	info := backoffice.PartInfo{
		Path: "/" + r.Path, Permission: view,
		Menu: []backoffice.MenuItem{{
			Group: cmp.Or(r.Group, r.Many), Label: r.Many, Text: r.Text, Icon: r.Icon,
			Path: "/" + r.Path, Permission: view,
		}},
	}
	add := func(act, label, happened, says string) {
		code := r.Path + "." + act
		info.Permissions = append(info.Permissions, backoffice.Permission{
			Key: code, Label: label, Group: r.Many, Roles: r.Roles[act],
		})
		if act != "view" {
			info.Events = append(info.Events, backoffice.EventKind{Code: code, Label: happened, Group: r.Many, Says: says})
		}
	}
	own := r.acts()[:len(r.acts())-len(r.Acts)]
	for _, act := range own {
		key := "rowacts." + act
		add(act, key+".permission", key+".happened", key+".says")
	}
	for _, a := range r.Acts {
		add(a.Name, a.Label, a.Label, a.Says)
	}
	info.Permissions = append(info.Permissions, r.Permissions...)
	return info
}
