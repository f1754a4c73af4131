package backoffice_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// directory is a community whose members can be searched.
type directory struct{ members }

func (d directory) SearchMembers(ctx context.Context, query, after string, _ int) ([]backoffice.Member, string, error) {
	var found []backoffice.Member
	for _, id := range []string{"m-mel", "m-mia"} {
		m, err := d.FindMember(ctx, id)
		if err == nil && strings.Contains(m.Email, strings.ToLower(query)) {
			found = append(found, m)
		}
	}
	switch {
	case len(found) < 2:
		return found, "", nil
	case after == "":
		return found[:1], "m-mel", nil
	}
	return found[1:], "", nil
}

func withDirectory(c *backoffice.Config) { c.Members = directory{} }

// asks is one row of the table of permissions: what a method of a page asks
// for, what is posted to it, and what everybody gets who is let in.
type asks struct {
	method, path string
	permission   string
	proof        bool
	form         url.Values
	want         int
}

// table is the permissions of the office's own pages, as docs/ have it. SUPER,
// BEN, INVITED, DISABLED, ROLE, MAIL stand for ids.
func table() []asks {
	const view, manage, reset = "operators.view", "operators.manage", "operators.reset_two_factor"
	look := func(path, permission string) asks {
		return asks{"GET", path, permission, false, nil, 200}
	}
	ask := func(path, permission string) asks {
		return asks{"GET", path, permission, true, nil, 200}
	}
	do := func(path, permission string, want int, form url.Values) asks {
		return asks{"POST", path, permission, true, form, want}
	}
	none := url.Values{}
	return []asks{
		look("/operators", view),
		ask("/operators/new", manage),
		do("/operators/new", manage, 422, none),
		ask("/operators/new/several", manage),
		do("/operators/new/several", manage, 422, none),
		ask("/operators/bulk", manage),
		do("/operators/bulk", manage, 200, none),
		look("/operators/BEN", view),
		ask("/operators/BEN/email", manage),
		do("/operators/BEN/email", manage, 403, none), // without version: stale
		ask("/operators/BEN/name", manage),
		do("/operators/BEN/name", manage, 403, none), // without version: stale
		ask("/operators/BEN/roles", manage),
		do("/operators/BEN/roles", manage, 403, none),
		ask("/operators/INVITED/invitation", manage),
		do("/operators/INVITED/invitation", manage, 400, none),
		do("/operators/DISABLED/unlock", manage, 303, none),
		ask("/operators/BEN/sessions", manage),
		do("/operators/BEN/sessions", manage, 403, url.Values{"end": {"no-such"}}),
		do("/operators/DISABLED/reset-mail", manage, 422, none),
		ask("/operators/BEN/link", manage),
		do("/operators/DISABLED/link", manage, 422, none),
		ask("/operators/BEN/temporary-password", manage),
		do("/operators/BEN/temporary-password", manage, 200, none),
		{"GET", "/operators/DISABLED/new-password", manage, true, nil, 303}, // to their page, which says why not
		do("/operators/DISABLED/new-password", manage, 422, none),
		ask("/operators/BEN/company", manage),
		do("/operators/BEN/company", manage, 403, none), // nothing is linked
		ask("/operators/BEN/two-factor", reset),
		do("/operators/BEN/two-factor", reset, 422, none),
		ask("/operators/BEN/disable", manage),
		do("/operators/DISABLED/disable", manage, 403, none),
		ask("/operators/DISABLED/enable", manage),
		do("/operators/BEN/enable", manage, 403, none),
		ask("/operators/BEN/delete", manage),
		do("/operators/none/delete", manage, 404, none),
		look("/members", view),
		look("/members/m-mia", view),
		do("/members/m-mia", manage, 422, none),
		ask("/members/m-mel/revoke", manage),
		do("/members/m-mia/revoke", manage, 404, none),
		look("/roles", view),
		ask("/roles/new", "roles.manage"),
		do("/roles/new", "roles.manage", 422, none),
		look("/roles/ROLE", view),
		do("/roles/ROLE", "roles.manage", 403, none),
		ask("/roles/ROLE/delete", "roles.manage"),
		do("/roles/ROLE/delete", "roles.manage", 403, none),
		look("/parameters", "parameters.manage"),
		look("/parameters/passwords", "parameters.manage"),
		look("/parameters/history/session.idle", "parameters.manage"),
		do("/parameters/passwords", "parameters.manage", 422, url.Values{"password.min_length": {"x"}}),
		ask("/parameters/sessions", "parameters.manage"),
		do("/parameters/sessions", "parameters.manage", 422, none),
		ask("/parameters/address", "parameters.manage"),
		do("/parameters/address", "parameters.manage", 422, none),
		look("/mail", "mail.view"),
		ask("/mail/test", "parameters.manage"),
		do("/mail/test", "parameters.manage", 303, none),
		look("/mail/MAIL", "mail.view"),
		do("/mail/MAIL", "mail.view", 400, none),
		look("/audit", "audit.view"),
		look("/audit/1", "audit.view"),
		do("/audit/export", "audit.view", 200, none),
		look("/audit/verify", "audit.view"),
		{"POST", "/audit/verify", "audit.view", false, none, 200},
		look("/audit/events", "audit.view"),
	}
}

// somebody is a browser with certain permissions, signed in with a password
// alone to keep the fixture short.
type somebody struct {
	*browser
	name string
	can  []string
	// out is somebody who is not signed in, or has no access any more; stale
	// proved long ago who they are; bound must choose a new password first.
	out, stale, bound bool
}

// token is what their forms carry.
func (s somebody) token() string {
	s.T.Helper()
	if s.out {
		return ""
	}
	return s.Get("/step-up").Form("/logout").Get("csrf")
}

// customRole stores a role of certain permissions.
func (o *office) customRole(id string, permissions ...string) {
	o.T.Helper()
	slices.Sort(permissions)
	o.Write(store.PutRole{Role: store.Role{
		ID: id, Name: strings.ToUpper(id[:1]) + id[1:], NameKey: id, Permissions: permissions, CreatedAt: o.Clock.Now(), UpdatedAt: o.Clock.Now(),
	}})
}

// lax makes a password enough, and one proof last long.
var lax = map[string]string{"two_factor.who": "recommended", "session.proof": "15m"}

func everybody(t *testing.T, change ...func(*backoffice.Config)) (*office, []somebody) {
	o := newOffice(t, append(change, withDirectory)...)
	o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "15m", "password.temporary": "on"})
	var everything []string
	for _, p := range o.Office.Permissions() {
		everything = append(everything, p.Key)
	}
	stale := somebody{browser: o.Entered("Stale", backoffice.SuperAdministrator).Browser, name: "stale proof", can: everything, stale: true}
	o.Clock.Add(16 * time.Minute)
	bound, gone := o.Entered("Bo", backoffice.SuperAdministrator), o.Entered("Reg", backoffice.Administrator)
	o.Change(bound.ID, func(op *store.Operator) { op.MustChangePassword = true })
	o.Change(gone.ID, func(op *store.Operator) { op.PrimaryRole = "" })
	but := func(missing string) []string {
		return slices.DeleteFunc(slices.Clone(everything), func(p string) bool { return p == missing })
	}
	all := []somebody{
		stale,
		{browser: o.Browser(), name: "nobody", out: true},
		{browser: gone.Browser, name: "registered user", out: true},
		{browser: bound.Browser, name: "must change password", can: everything, bound: true},
		{browser: o.Entered("Mo", backoffice.Moderator).Browser, name: "moderator", can: []string{"posts.delete"}},
		{browser: o.Entered("Cleo", backoffice.CommunityManager).Browser, name: "community manager", can: []string{"analytics.view"}},
		{browser: o.Entered("Ada", backoffice.Administrator).Browser, name: "administrator", can: but("parameters.manage")},
		{browser: o.Entered("Sue", backoffice.SuperAdministrator).Browser, name: "super-administrator", can: everything},
	}
	for _, p := range o.Office.Permissions() {
		id := strings.ReplaceAll(p.Key, ".", "-")
		o.customRole(id, p.Key)
		all = append(all, somebody{browser: o.Entered(id, id).Browser, name: "only " + p.Key, can: append([]string{p.Key}, p.Includes...)})
	}
	// Whom and what they act on holds nothing, so that it is within everybody.
	o.customRole("empty")
	o.Person("Ben", "empty")
	o.Add(store.Operator{State: store.OperatorInvited, InviteExpiresAt: o.Clock.Now().Add(time.Hour)}, "Ivan", "empty")
	o.Add(store.Operator{State: store.OperatorDisabled}, "Disa", "empty")
	o.Add(store.Operator{MemberID: "m-mel"}, "Mel", "empty")
	o.Write(store.EnqueueMail{Mail: store.Mail{ID: "mail-1", Kind: "test", To: "ben@example.org", State: store.MailQueued, NextAttemptAt: o.Clock.Now(), CreatedAt: o.Clock.Now()}})
	for _, s := range all {
		if !s.out && !s.bound {
			s.Get("/account") // notes that they were here, which is then done for a while
		}
	}
	return o, all
}

var ids = strings.NewReplacer("BEN", "id-of-ben", "INVITED", "id-of-ivan", "DISABLED", "id-of-disa", "ROLE", "empty", "MAIL", "mail-1")

// pattern is the route that a path of the table belongs to.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	switch {
	case strings.HasPrefix(path, "/parameters/history/"):
		return "/parameters/history/{name}"
	case path == "/parameters/passwords":
		return "/parameters/{section}"
	}
	for i, part := range parts {
		if i == 2 && !slices.Contains([]string{"new", "bulk", "address", "sessions", "test", "export", "verify", "events"}, part) {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}

func TestTheTableOfPermissionsIsThatOfTheRoutes(t *testing.T) {
	rows := map[string]asks{}
	for _, row := range table() {
		rows[row.method+" "+pattern(row.path)] = row
	}
	for _, r := range pages.Routes() {
		if r.Permission == "" {
			continue
		}
		row, ok := rows[r.Method+" "+r.Path]
		require.True(t, ok, "%s %s has no row in the table: add it to table() in backoffice/permissions_test.go", r.Method, r.Path)
		require.Equal(t, row.permission, r.Permission, "%s %s", r.Method, r.Path)
		require.Equal(t, row.proof, r.Proved, "%s %s", r.Method, r.Path)
		delete(rows, r.Method+" "+r.Path)
	}
	require.Empty(t, rows, "rows without a route")
}

func TestEveryRouteForEveryPermission(t *testing.T) {
	o, all := everybody(t)
	refused := 0
	noted := func(denied int, what string) {
		if refused++; refused <= 30 { // as many as one address can fill the audit with
			require.Equal(t, denied+1, o.Count("permission.denied"), what)
		}
	}
	for _, s := range all {
		token := s.token()
		for _, row := range table() {
			path := ids.Replace(row.path)
			send := func() page {
				if row.method == http.MethodGet {
					return s.Get(path)
				}
				form := url.Values{"csrf": {token}}
				for name, values := range row.form {
					form[name] = values
				}
				return s.Post(path, form)
			}
			before, saved, denied := o.Dump(), o.Dump("answers"), o.Count("permission.denied")
			answer := send()
			what := row.method + " " + path + " for " + s.name + ": " + answer.Text()
			switch {
			case s.out:
				require.Equal(t, http.StatusSeeOther, answer.Status, what)
				require.True(t, strings.HasPrefix(answer.Location, "/login"), what)
				require.True(t, before == o.Dump(), what)
			case s.bound:
				require.Equal(t, http.StatusSeeOther, answer.Status, what)
				require.Equal(t, "/account/password", answer.Location, what)
				require.True(t, before == o.Dump(), what)
			case !slices.Contains(s.can, row.permission):
				require.Equal(t, http.StatusForbidden, answer.Status, what)
				noted(denied, what)
			case row.proof && s.stale:
				require.Equal(t, http.StatusSeeOther, answer.Status, what)
				require.True(t, strings.HasPrefix(answer.Location, "/step-up?next="), what)
				require.True(t, saved == o.Dump("answers"), "besides what was typed: "+what)
			default:
				require.Equal(t, row.want, answer.Status, what)
				require.Equal(t, denied, o.Count("permission.denied"), what)
				if row.method == http.MethodGet {
					require.True(t, before == o.Dump(), "it changed something: "+what)
				}
			}
		}
	}
	require.NotContains(t, o.Log.String(), "response interrupted")
	require.NotContains(t, o.Log.String(), "panic")
	require.NotContains(t, o.Log.String(), "request failed")
}
