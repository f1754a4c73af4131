package pages

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
)

// access is what a route requires of the client. The zero value is the
// strictest, so that a route which states nothing opens least.
type access int

const (
	// proved requires a session whose operator confirmed their identity recently.
	proved access = iota
	// session requires a session.
	session
	// signedOut is for clients without a session; others go on to where they
	// were going.
	signedOut
	// open admits everyone.
	open
)

// route is one method of one page.
type route struct {
	access access
	// permission is what the operator needs as well; empty for none. part is what the part
	// requires that the page belongs to.
	permission, part string
	// free keeps the page open to an operator who has a required step to finish;
	// see [call.requiredStep].
	free bool
	// list marks a list, which counts towards a limit of lists in a minute.
	list bool
	// repeatable marks a form that only reads: sent twice, it is handled twice.
	repeatable bool
	// previews marks a form that, without its confirmation, only shows what it would
	// change.
	previews bool
	// asked are fields of the form by which its page is asked for.
	asked []string
	// fields are those of the form that is posted. Any other is dropped.
	fields []string
	// most is the most bytes of the form, if more than maxForm.
	most   int64
	handle func(*call) error
}

// routes returns every page of the office and what it requires. Any other path
// is the host's, and requires a session.
func routes() map[string]endpoint {
	const manage = desk.PermissionOperatorsManage
	return map[string]endpoint{
		"/{$}":                               join(get(session, (*call).getHome), post(session, (*call).postHome, "action")),
		"/setup":                             both(signedOut, (*call).getSetup, (*call).postSetup, "token", "email", "name", "password", "password_again"),
		"/login":                             both(signedOut, (*call).getLogin, (*call).postLogin, "login", "password", "next"),
		"/login/with-passkey":                both(signedOut, (*call).getWithPasskey, (*call).postWithPasskey, "passkey", "next"),
		"/login/passkey":                     both(signedOut, (*call).getPasskey, (*call).postPasskey, "passkey"),
		"/login/code":                        both(signedOut, (*call).getCode, (*call).postCode, "code"),
		"/login/recovery":                    both(signedOut, (*call).getRecovery, (*call).postRecovery, "code"),
		"/login/enrol":                       both(signedOut, (*call).getEnrol, (*call).postEnrol, "code", "enrolment"),
		"/login/enrol/passkey":               both(signedOut, (*call).getPasskeyEnrol, (*call).postPasskeyEnrol, "passkey", "label"),
		"/login/lost-phone":                  get(signedOut, (*call).getLostPhone),
		companyPath:                          join(get(open, (*call).getCompany), post(signedOut, (*call).postCompany, "next")),
		"/forgot":                            both(open, (*call).getForgot, (*call).postForgot, "email"),
		"/reset":                             both(open, (*call).getReset, (*call).postReset, "token", "password", "password_again", "code", "passkey", "action"),
		"/welcome":                           both(open, (*call).getWelcome, (*call).postWelcome, "token", "password", "password_again", "action"),
		"/welcome/company":                   post(open, (*call).postWelcomeCompany, "token"),
		"/logout":                            free(join(get(open, (*call).getLogout), post(session, (*call).postLogout))),
		"/step-up":                           free(both(session, (*call).getStepUp, (*call).postStepUp, "password", "code", "passkey", "next", "flow")),
		"/step-up/company":                   free(post(session, (*call).postStepUpCompany, "next")),
		"/search":                            list(get(session, (*call).getSearch)),
		"/account":                           get(session, (*call).getAccount),
		formTokenPath:                        get(session, (*call).getFormToken),
		sessionPath:                          free(get(session, (*call).getSession)),
		"/account/name":                      both(proved, (*call).getName, (*call).postName, "name"),
		"/account/appearance":                post(session, (*call).postAppearance, "scheme", "next"),
		"/account/language":                  both(session, (*call).getLanguage, (*call).postLanguage, "language"),
		"/account/password":                  both(session, (*call).getPassword, (*call).postPassword, "current_password", "password", "password_again"),
		seeAsPath:                            repeatable(post(session, (*call).postSeeAs)),
		"/account/company":                   join(get(session, (*call).getAccountCompany), post(proved, (*call).postAccountCompany)),
		"/account/company/unlink":            post(proved, (*call).postAccountCompanyUnlink),
		"/account/sessions":                  join(get(session, (*call).getSessions), post(proved, (*call).postSessions, "end", "remove")),
		"/account/two-factor":                get(session, (*call).getTwoFactor),
		"/account/two-factor/add":            both(proved, (*call).getTwoFactorAdd, (*call).postTwoFactorAdd, "code", "label", "enrolment"),
		"/account/two-factor/{id}/remove":    both(proved, (*call).getTwoFactorRemove, (*call).postTwoFactorRemove),
		passkeyPath:                          both(proved, (*call).getPasskeyNew, (*call).postPasskeyNew, "passkey", "label"),
		"/account/recovery-codes":            join(get(session, (*call).getRecoveryCodes), post(proved, (*call).postRecoveryCodes)),
		"/account/recovery-codes/new":        get(proved, (*call).getRecoveryCodesNew),
		"/operators":                         needs(desk.PermissionOperatorsView, list(get(session, (*call).getOperators))),
		"/operators/new":                     needs(manage, both(proved, (*call).getOperatorNew, (*call).postOperatorNew, "email", "name", "role", "language", "ends")),
		"/operators/new/several":             needs(manage, previews(both(proved, (*call).getOperatorsNew, (*call).postOperatorsNew, "people", "role", "language", "ends", "seen", "confirm"))),
		"/operators/bulk":                    needs(manage, list(asked(both(proved, (*call).getOperatorsBulk, (*call).postOperatorsBulk, "operator", "act", "role", "reason", "seen"), "operator", "act", "role"))),
		"/operators/{id}":                    needs(desk.PermissionOperatorsView, get(session, (*call).getOperator)),
		"/operators/{id}/name":               needs(manage, both(proved, (*call).getOperatorName, (*call).postOperatorName, "name", "version")),
		"/operators/{id}/email":              needs(manage, both(proved, (*call).getOperatorEmail, (*call).postOperatorEmail, "email", "version")),
		"/operators/{id}/roles":              needs(manage, previews(both(proved, (*call).getOperatorRoles, (*call).postOperatorRoles, "primary", "role", "version", "confirm"))),
		"/operators/{id}/invitation":         needs(manage, both(proved, (*call).getOperatorInvitation, (*call).postOperatorInvitation, "action")),
		"/operators/{id}/unlock":             needs(manage, post(proved, (*call).postOperatorUnlock)),
		"/operators/{id}/sessions":           needs(manage, both(proved, (*call).getOperatorSessions, (*call).postOperatorSessions, "end")),
		"/operators/{id}/reset-mail":         needs(manage, post(proved, (*call).postOperatorResetMail)),
		"/operators/{id}/link":               needs(manage, both(proved, (*call).getOperatorLink, (*call).postOperatorLink)),
		"/operators/{id}/new-password":       needs(manage, both(proved, (*call).getOperatorNewPassword, (*call).postOperatorNewPassword, "reason")),
		"/operators/{id}/temporary-password": needs(manage, both(proved, (*call).getOperatorPassword, (*call).postOperatorPassword)),
		"/operators/{id}/two-factor":         needs(desk.PermissionTwoFactorReset, both(proved, (*call).getOperatorTwoFactor, (*call).postOperatorTwoFactor, "reason")),
		"/operators/{id}/see-as":             needs(desk.PermissionOperatorsSeeAs, both(proved, (*call).getOperatorSeeAs, (*call).postOperatorSeeAs, "reason")),
		"/operators/{id}/company":            needs(manage, both(proved, (*call).getOperatorCompany, (*call).postOperatorCompany)),
		"/operators/{id}/disable":            needs(manage, both(proved, (*call).getOperatorDisable, (*call).postOperatorDisable, "reason")),
		"/operators/{id}/enable":             needs(manage, both(proved, (*call).getOperatorEnable, (*call).postOperatorEnable, "ends")),
		"/operators/{id}/end":                needs(manage, previews(both(proved, (*call).getOperatorEnd, (*call).postOperatorEnd, "ends", "version", "confirm"))),
		"/operators/{id}/delete":             needs(manage, both(proved, (*call).getOperatorDelete, (*call).postOperatorDelete, "reason")),
		"/members":                           needs(desk.PermissionOperatorsView, list(get(session, (*call).getMembers))),
		"/members/{id}":                      previews(join(needs(desk.PermissionOperatorsView, get(session, (*call).getMember)), needs(manage, post(proved, (*call).postMember, "name", "ends", "primary", "role", "version", "confirm")))),
		"/members/{id}/revoke":               needs(manage, both(proved, (*call).getMemberRevoke, (*call).postMemberRevoke, "reason")),
		"/roles":                             needs(desk.PermissionOperatorsView, get(session, (*call).getRoles)),
		"/roles/new":                         needs(desk.PermissionRolesManage, both(proved, (*call).getRoleNew, (*call).postRoleNew, "name", "description", "permission", "two_factor", "require_passkey", "version")),
		"/roles/{id}":                        previews(join(needs(desk.PermissionOperatorsView, get(session, (*call).getRole)), needs(desk.PermissionRolesManage, post(proved, (*call).postRole, "name", "description", "permission", "two_factor", "require_passkey", "version", "confirm")))),
		"/roles/{id}/delete":                 needs(desk.PermissionRolesManage, both(proved, (*call).getRoleDelete, (*call).postRoleDelete, "to", "version")),
		"/parameters":                        needs(desk.PermissionParametersManage, get(session, (*call).getParameters)),
		"/parameters/{section}":              needs(desk.PermissionParametersManage, previews(join(get(session, (*call).getParametersSection), post(proved, (*call).postParametersSection, parameterFields()...)))),
		"/parameters/history/{name}":         needs(desk.PermissionParametersManage, list(get(session, (*call).getParametersHistory))),
		aliasPath:                            needs(desk.PermissionParametersManage, both(proved, (*call).getAlias, (*call).postAlias, "action", "alias", "confirm")),
		"/parameters/sessions":               needs(desk.PermissionParametersManage, both(proved, (*call).getEndAll, (*call).postEndAll, "reason")),
		approvalsPath:                        list(get(session, (*call).getApprovals)),
		"/office/approvals/{id}":             join(get(session, (*call).getApproval), post(proved, (*call).postApproval, "action", "seen")),
		"/office/approvals/{id}/refuse":      join(get(session, (*call).getApproval), post(proved, (*call).postApprovalRefuse, "reason")),
		"/mail":                              needs(desk.PermissionMailView, list(get(session, (*call).getMails))),
		"/mail/test":                         needs(desk.PermissionParametersManage, both(proved, (*call).getMailTest, (*call).postMailTest)),
		"/mail/arrived/{id}":                 get(session, (*call).getMailArrived),
		"/mail/{id}":                         needs(desk.PermissionMailView, join(get(session, (*call).getMail), post(proved, (*call).postMail, "action"))),
		"/audit":                             needs(desk.PermissionAuditView, list(get(session, (*call).getAudit))),
		"/audit/{id}":                        needs(desk.PermissionAuditView, get(session, (*call).getAuditEvent)),
		"/audit/export":                      needs(desk.PermissionAuditView, repeatable(post(proved, (*call).postAuditExport, append([]string{"format"}, auditFields...)...))),
		"/audit/verify":                      needs(desk.PermissionAuditView, repeatable(both(session, (*call).getAuditVerify, (*call).postAuditVerify))),
		"/audit/events":                      needs(desk.PermissionAuditView, get(session, (*call).getAuditEvents)),
	}
}

// navigation is the office's own part of the navigation, below the host's
// entries. Operators see the entries whose pages they may open.
var navigation = []struct{ group, label, path, icon string }{
	{"frame.nav.people", "common.operators", "/operators", "person"},
	{"frame.nav.people", "common.members", "/members", "people"},
	{"frame.nav.people", "frame.nav.roles", "/roles", "shield"},
	{"frame.nav.security", "common.audit", "/audit", "log"},
	{"frame.nav.security", "common.mail", "/mail", "mail"},
	{"frame.nav.security", "frame.nav.approvals", approvalsPath, "check"},
	{"frame.nav.settings", "common.parameters", "/parameters", "sliders"},
}

// Route is one method of one page, as documentation and tests see it.
type Route struct {
	// Path is a pattern of http.ServeMux, without method and alias; "/{$}" is
	// the home page.
	Path, Method string
	// SignedIn reports that a session is required, Proved that its operator must
	// also have confirmed their identity recently, SignedOut that there must be
	// no session.
	SignedIn, Proved, SignedOut bool
	// Permission is what the operator needs as well; empty for none.
	Permission string
	// Fields are those of its form, besides the token.
	Fields []string
}

// Routes returns the table that the office is served from, sorted by path and
// method.
func Routes() []Route {
	var all []Route
	for path, methods := range routes() {
		for method, r := range methods {
			all = append(all, Route{
				Path: path, Method: method, Permission: r.permission, Fields: r.fields,
				SignedIn: r.access <= session, Proved: r.access == proved, SignedOut: r.access == signedOut,
			})
		}
	}
	slices.SortFunc(all, func(a, b Route) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	return all
}

// endpoint is one path: a route for each method.
type endpoint map[string]route

// allow returns the value of the Allow header.
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

func get(a access, h func(*call) error) endpoint {
	return endpoint{http.MethodGet: {access: a, handle: h}}
}

func post(a access, h func(*call) error, fields ...string) endpoint {
	return endpoint{http.MethodPost: {access: a, handle: h, fields: fields}}
}

// both is a form: its page, and what its button posts.
func both(a access, form, posted func(*call) error, fields ...string) endpoint {
	return join(get(a, form), post(a, posted, fields...))
}

// join puts methods with different requirements on one path.
func join(e, other endpoint) endpoint {
	maps.Copy(e, other)
	return e
}

// free keeps a path open to operators with a required step.
func free(e endpoint) endpoint {
	for m, r := range e {
		r.free = true
		e[m] = r
	}
	return e
}

// repeatable lets a form that only reads be sent again.
func repeatable(e endpoint) endpoint {
	r := e[http.MethodPost]
	r.repeatable = true
	e[http.MethodPost] = r
	return e
}

// asked names fields by which the page of a form is asked for.
func asked(e endpoint, fields ...string) endpoint {
	r := e[http.MethodPost]
	r.asked = fields
	e[http.MethodPost] = r
	return e
}

// previews marks a form that has to be confirmed.
func previews(e endpoint) endpoint {
	r := e[http.MethodPost]
	r.previews = true
	e[http.MethodPost] = r
	return e
}

// list bounds how fast an operator may turn the pages of a path.
func list(e endpoint) endpoint {
	r := e[http.MethodGet]
	r.list = true
	e[http.MethodGet] = r
	return e
}

// needs adds a permission to what a path requires.
func needs(permission string, e endpoint) endpoint {
	for m, r := range e {
		r.permission = permission
		e[m] = r
	}
	return e
}
