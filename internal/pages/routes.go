package pages

import (
	"cmp"
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

// routes is every page of the office and what it takes to see it. A path that
// is not here is the host's, and takes a session.
func routes() map[string]endpoint {
	const manage = desk.PermissionOperatorsManage
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
		"/logout":                            free(join(get(open, (*call).getLogout), post(session, (*call).postLogout))),
		"/step-up":                           free(both(session, (*call).getStepUp, (*call).postStepUp)),
		"/account":                           get(session, (*call).getAccount),
		"/account/name":                      both(proved, (*call).getName, (*call).postName),
		"/account/password":                  both(session, (*call).getPassword, (*call).postPassword),
		"/account/sessions":                  join(get(session, (*call).getSessions), post(proved, (*call).postSessions)),
		"/account/two-factor":                get(session, (*call).getTwoFactor),
		"/account/two-factor/add":            both(proved, (*call).getTwoFactorAdd, (*call).postTwoFactorAdd),
		"/account/two-factor/{id}/remove":    both(proved, (*call).getTwoFactorRemove, (*call).postTwoFactorRemove),
		"/account/recovery-codes":            join(get(session, (*call).getRecoveryCodes), post(proved, (*call).postRecoveryCodes)),
		"/account/recovery-codes/new":        get(proved, (*call).getRecoveryCodesNew),
		"/operators":                         needs(desk.PermissionOperatorsView, get(session, GetOperators)),
		"/operators/new":                     needs(manage, both(proved, GetOperatorNew, PostOperatorNew)),
		"/operators/{id}":                    needs(desk.PermissionOperatorsView, get(session, GetOperator)),
		"/operators/{id}/name":               needs(manage, both(proved, GetOperatorName, PostOperatorName)),
		"/operators/{id}/email":              needs(manage, both(proved, GetOperatorEmail, PostOperatorEmail)),
		"/operators/{id}/roles":              needs(manage, both(proved, GetOperatorRoles, PostOperatorRoles)),
		"/operators/{id}/invitation":         needs(manage, both(proved, GetOperatorInvitation, PostOperatorInvitation)),
		"/operators/{id}/unlock":             needs(manage, post(proved, PostOperatorUnlock)),
		"/operators/{id}/sessions":           needs(manage, both(proved, GetOperatorSessions, PostOperatorSessions)),
		"/operators/{id}/reset-mail":         needs(manage, post(proved, PostOperatorResetMail)),
		"/operators/{id}/link":               needs(manage, both(proved, GetOperatorLink, PostOperatorLink)),
		"/operators/{id}/temporary-password": needs(manage, both(proved, GetOperatorPassword, PostOperatorPassword)),
		"/operators/{id}/two-factor":         needs(desk.PermissionTwoFactorReset, both(proved, GetOperatorTwoFactor, PostOperatorTwoFactor)),
		"/operators/{id}/disable":            needs(manage, both(proved, GetOperatorDisable, PostOperatorDisable)),
		"/operators/{id}/enable":             needs(manage, both(proved, GetOperatorEnable, PostOperatorEnable)),
		"/operators/{id}/delete":             needs(manage, both(proved, GetOperatorDelete, PostOperatorDelete)),
		"/members":                           needs(desk.PermissionOperatorsView, get(session, GetMembers)),
		"/members/{id}":                      join(needs(desk.PermissionOperatorsView, get(session, GetMember)), needs(manage, post(proved, PostMember))),
		"/members/{id}/revoke":               needs(manage, both(proved, GetMemberRevoke, PostMemberRevoke)),
		"/roles":                             needs(desk.PermissionOperatorsView, get(session, GetRoles)),
		"/roles/new":                         needs(desk.PermissionRolesManage, both(proved, GetRoleNew, PostRoleNew)),
		"/roles/{id}":                        join(needs(desk.PermissionOperatorsView, get(session, GetRole)), needs(desk.PermissionRolesManage, post(proved, PostRole))),
		"/roles/{id}/delete":                 needs(desk.PermissionRolesManage, both(proved, GetRoleDelete, PostRoleDelete)),
		"/parameters":                        needs(desk.PermissionParametersManage, join(get(session, GetParameters), post(proved, PostParameters))),
		"/parameters/address":                needs(desk.PermissionParametersManage, both(proved, GetAddress, PostAddress)),
		"/mail":                              needs(desk.PermissionMailView, get(session, GetMails)),
		"/mail/test":                         needs(desk.PermissionParametersManage, both(proved, GetMailTest, PostMailTest)),
		"/mail/{id}":                         needs(desk.PermissionMailView, join(get(session, GetMail), post(proved, PostMail))),
		"/audit":                             needs(desk.PermissionAuditView, get(session, GetAudit)),
		"/audit/{id}":                        needs(desk.PermissionAuditView, get(session, GetAuditEvent)),
		"/audit/export":                      needs(desk.PermissionAuditView, post(proved, PostAuditExport)),
		"/audit/verify":                      needs(desk.PermissionAuditView, both(session, GetAuditVerify, PostAuditVerify)),
		"/audit/events":                      needs(desk.PermissionAuditView, get(session, GetAuditEvents)),
	}
}

// Reserved says whether a path begins like one of the office's own pages, so that
// it is not, or may not stay, the host's.
func Reserved(path string) bool {
	first := func(p string) string {
		p, _, _ = strings.Cut(strings.TrimPrefix(p, "/"), "/")
		p, _, _ = strings.Cut(p, "?")
		return p
	}
	return first(path) == "static" || slices.ContainsFunc(Routes(), func(r Route) bool { return first(r.Path) == first(path) })
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
