package gallery

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func searches(g *gallery) {
	o := g.staffed(directory("Ada", "Grace", "Coco", "Katherine"))
	o.keep("empty", o.ada.Get("/search"))
	o.keep("filled", o.ada.Get("/search?q=co"))
	o.keep("none", o.ada.Get("/search?q="+url.QueryEscape(hostile+longName+" nowhere")))
	o.keep("reader", o.at(ago(2*time.Minute), o.person("joan", "Joan Clarke", "joan@community.example", store.Operator{}, desk.RoleModerator)).Get("/search?q=mod"))
}

// manyOperators is a whole page of operators, as an office of some years has them.
func manyOperators(g *gallery) {
	o := g.open()
	first := []string{"Ada", "Ben", "Chiara", "Dele", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jun"}
	last := []string{"Brook", "Castell", "Okafor", "Marchetti", "Lindqvist"}
	roles := []string{desk.RoleModerator, desk.RoleModerator, desk.RoleCommunityManager, desk.RoleModerator, desk.RoleAdministrator, desk.RoleModerator, desk.RoleModerator}
	for i := range 51 {
		name := first[i%10] + " " + last[i/10%5]
		op := store.Operator{CreatedAt: ago(time.Duration(400-i) * day), LastActiveAt: ago(time.Duration(i*i+1) * time.Hour)}
		switch {
		case i == 50:
			name = "Zora Adler"
		case i%17 == 3:
			op.State, op.LastActiveAt, op.InviteExpiresAt = store.OperatorInvited, time.Time{}, Time.Add(day)
		case i%19 == 8:
			op.State = store.OperatorDisabled
		}
		o.person(fmt.Sprint("o", i), name, strings.ToLower(strings.ReplaceAll(name, " ", "."))+"@sunday.example", op, roles[i%len(roles)])
	}
	o.Change("o0", func(op *store.Operator) { op.PrimaryRole = desk.RoleSuperAdministrator })
	o.keep("many", o.at(ago(2*time.Minute), o.Find("o0")).Get("/operators"))
}
