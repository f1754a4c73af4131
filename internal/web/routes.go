package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
)

// access is what a route asks of who is there. The zero value is the
// strictest.
type access int

const (
	// proved is for who is signed in and proved who they are a moment ago.
	proved access = iota
	// session is for who is signed in.
	session
	// signedOut is for who is not signed in; who is goes on to where they were
	// going.
	signedOut
	// open is for everybody, signed in or not.
	open
)

// route is one method of one page.
type route struct {
	access     access
	permission string
	// free stays open to somebody who must enrol, or change their password,
	// before anything else.
	free   bool
	handle func(*call) error
}

// endpoint is the methods of one path.
type endpoint map[string]route

func (e endpoint) allow() string {
	var names []string
	for name := range e {
		names = append(names, name)
		if name == http.MethodGet {
			names = append(names, http.MethodHead)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// routes is every page of the office and what it takes to see it. A path that
// is not here is the host's, and takes a session.
func routes() map[string]endpoint {
	get := func(a access, h func(*call) error) endpoint { return endpoint{"GET": {access: a, handle: h}} }
	post := func(a access, h func(*call) error) endpoint { return endpoint{"POST": {access: a, handle: h}} }
	const manage = desk.PermissionOperatorsManage
	both := func(a access, g, p func(*call) error) endpoint {
		return endpoint{"GET": {access: a, handle: g}, "POST": {access: a, handle: p}}
	}
	free := func(e endpoint) endpoint {
		for m, r := range e {
			r.free = true
			e[m] = r
		}
		return e
	}
	needs := func(permission string, e endpoint) endpoint {
		for m, r := range e {
			r.permission = permission
			e[m] = r
		}
		return e
	}
	return map[string]endpoint{
		"/{$}":                               get(session, (*call).getHome),
		"/setup":                             both(signedOut, (*call).getSetup, (*call).postSetup),
		"/login":                             both(signedOut, (*call).getLogin, (*call).postLogin),
		"/login/code":                        both(signedOut, (*call).getCode, (*call).postCode),
		"/login/recovery":                    both(signedOut, (*call).getRecovery, (*call).postRecovery),
		"/login/enrol":                       both(signedOut, (*call).getEnrol, (*call).postEnrol),
		"/login/lost-phone":                  get(signedOut, (*call).getLostPhone),
		"/forgot":                            both(open, (*call).getForgot, (*call).postForgot),
		"/reset":                             both(open, (*call).getReset, (*call).postReset),
		"/welcome":                           both(open, (*call).getWelcome, (*call).postWelcome),
		"/logout":                            free(endpoint{"GET": {access: open, handle: (*call).getLogout}, "POST": {access: session, handle: (*call).postLogout}}),
		"/step-up":                           free(both(session, (*call).getStepUp, (*call).postStepUp)),
		"/account":                           get(session, (*call).getAccount),
		"/account/name":                      both(proved, (*call).getName, (*call).postName),
		"/account/password":                  both(session, (*call).getPassword, (*call).postPassword),
		"/account/sessions":                  endpoint{"GET": {access: session, handle: (*call).getSessions}, "POST": {access: proved, handle: (*call).postSessions}},
		"/account/two-factor":                get(session, (*call).getTwoFactor),
		"/account/two-factor/add":            both(proved, (*call).getTwoFactorAdd, (*call).postTwoFactorAdd),
		"/account/two-factor/{id}/remove":    both(proved, (*call).getTwoFactorRemove, (*call).postTwoFactorRemove),
		"/account/recovery-codes":            endpoint{"GET": {access: session, handle: (*call).getRecoveryCodes}, "POST": {access: proved, handle: (*call).postRecoveryCodes}},
		"/account/recovery-codes/new":        get(proved, (*call).getRecoveryCodesNew),
		"/operators":                         needs(desk.PermissionOperatorsView, get(session, (*call).getOperators)),
		"/operators/new":                     needs(manage, both(proved, (*call).getOperatorNew, (*call).postOperatorNew)),
		"/operators/{id}":                    needs(desk.PermissionOperatorsView, get(session, (*call).getOperator)),
		"/operators/{id}/name":               needs(manage, both(proved, (*call).getOperatorName, (*call).postOperatorName)),
		"/operators/{id}/roles":              needs(manage, both(proved, (*call).getOperatorRoles, (*call).postOperatorRoles)),
		"/operators/{id}/invitation":         needs(manage, both(proved, (*call).getOperatorInvitation, (*call).postOperatorInvitation)),
		"/operators/{id}/unlock":             needs(manage, post(proved, (*call).postOperatorUnlock)),
		"/operators/{id}/sessions":           needs(manage, both(proved, (*call).getOperatorSessions, (*call).postOperatorSessions)),
		"/operators/{id}/reset-mail":         needs(manage, post(proved, (*call).postOperatorResetMail)),
		"/operators/{id}/link":               needs(manage, both(proved, (*call).getOperatorLink, (*call).postOperatorLink)),
		"/operators/{id}/temporary-password": needs(manage, both(proved, (*call).getOperatorPassword, (*call).postOperatorPassword)),
		"/operators/{id}/two-factor":         needs(desk.PermissionTwoFactorReset, both(proved, (*call).getOperatorTwoFactor, (*call).postOperatorTwoFactor)),
		"/operators/{id}/disable":            needs(manage, both(proved, (*call).getOperatorDisable, (*call).postOperatorDisable)),
		"/operators/{id}/enable":             needs(manage, both(proved, (*call).getOperatorEnable, (*call).postOperatorEnable)),
		"/operators/{id}/delete":             needs(manage, both(proved, (*call).getOperatorDelete, (*call).postOperatorDelete)),
		"/members":                           needs(desk.PermissionOperatorsView, get(session, (*call).getMembers)),
		"/members/{id}": {
			"GET":  {access: session, permission: desk.PermissionOperatorsView, handle: (*call).getMember},
			"POST": {access: proved, permission: manage, handle: (*call).postMember},
		},
		"/members/{id}/revoke": needs(manage, both(proved, (*call).getMemberRevoke, (*call).postMemberRevoke)),
		"/roles":               needs(desk.PermissionOperatorsView, get(session, (*call).getRoles)),
		"/roles/new":           needs(desk.PermissionRolesManage, both(proved, (*call).getRoleNew, (*call).postRoleNew)),
		"/roles/{id}": {
			"GET":  {access: session, permission: desk.PermissionOperatorsView, handle: (*call).getRole},
			"POST": {access: proved, permission: desk.PermissionRolesManage, handle: (*call).postRole},
		},
		"/roles/{id}/delete":  needs(desk.PermissionRolesManage, both(proved, (*call).getRoleDelete, (*call).postRoleDelete)),
		"/parameters":         needs(desk.PermissionParametersManage, endpoint{"GET": {access: session, handle: (*call).getParameters}, "POST": {access: proved, handle: (*call).postParameters}}),
		"/parameters/address": needs(desk.PermissionParametersManage, both(proved, (*call).getAddress, (*call).postAddress)),
		"/mail":               needs(desk.PermissionMailView, get(session, (*call).getMails)),
		"/mail/test":          needs(desk.PermissionParametersManage, both(proved, (*call).getMailTest, (*call).postMailTest)),
		"/mail/{id}":          needs(desk.PermissionMailView, endpoint{"GET": {access: session, handle: (*call).getMail}, "POST": {access: proved, handle: (*call).postMail}}),
		"/audit":              needs(desk.PermissionAuditView, get(session, (*call).getAudit)),
		"/audit/{id}":         needs(desk.PermissionAuditView, get(session, (*call).getAuditEvent)),
		"/audit/export":       needs(desk.PermissionAuditView, post(proved, (*call).postAuditExport)),
		"/audit/verify":       needs(desk.PermissionAuditView, both(session, (*call).getAuditVerify, (*call).postAuditVerify)),
		"/audit/events":       needs(desk.PermissionAuditView, get(session, (*call).getAuditEvents)),
	}
}

// Route is one method of one page, as documentation and tests see it.
type Route struct {
	// Path is a pattern of http.ServeMux, without method and alias; "/{$}" is
	// the home page.
	Path, Method string
	// SignedIn says that a session is needed, Proved that its owner must have
	// proved who they are a moment ago. SignedOut pages are for nobody else.
	SignedIn, Proved, SignedOut bool
	// Permission is what the operator's roles must reach; empty for none.
	Permission string
}

// Routes is the table that the office is served from, by path and method.
func Routes() []Route {
	var all []Route
	for path, methods := range routes() {
		for method, r := range methods {
			all = append(all, Route{
				Path: path, Method: method, Permission: r.permission,
				SignedIn: r.access <= session, Proved: r.access == proved, SignedOut: r.access == signedOut,
			})
		}
	}
	slices.SortFunc(all, func(a, b Route) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	return all
}
