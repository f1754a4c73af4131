package main

var forgery = []mutation{
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestWhereAFormComesFrom", "internal/pages/forgery.go",
		`case site != "" && site != "same-origin":`, `case site == "cross-site":`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestWhereAFormComesFrom", "internal/pages/forgery.go",
		`if same, stated := c.sameOrigin(); stated && !same {`, `if same, stated := c.sameOrigin(); !stated && !same {`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestAFormNeedsItsTokenWhereNoHeaderSaysWhereItComesFrom", "internal/pages/forgery.go",
		`func (c *call) formMade(a access) (made time.Time, ok bool) {
`, `func (c *call) formMade(a access) (made time.Time, ok bool) {
	if _, stated := c.sameOrigin(); !stated {
		return c.Desk.Now(), true
	}
`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestAWebSocketOpensOnlyFromThisOrigin", "internal/pages/forgery.go",
		`return site != "", site != ""`, `return true, site != ""`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestWhereAFormComesFrom", "internal/pages/forgery.go",
		`return origin == c.Desk.Origin, true`, `return site != "" || origin == c.Desk.Origin, true`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestAFormNeedsTheTokenOfItsOwnSession", "internal/pages/forgery.go",
		`kind, owner := c.formOwner()
			ok = c.Vault.CheckMAC(vault.FormTokens, mac, kind, owner, head)`, `kind, owner := c.formOwner()
			ok = c.Vault.CheckMAC(vault.FormTokens, mac, kind, owner, head) || a == session`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestAFormNeedsTheTokenOfItsOwnSession", "internal/pages/forgery.go",
		`c.Desk.Forged(c.ctx(), c.visit, "form token")
		return errStaleForm`, `return nil`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestAFormNeedsTheTokenOfItsOwnSession", "internal/pages/forgery.go",
		`c.Desk.Forged(c.ctx(), c.visit, "form token")`, ``},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestAFormNeedsTheTokenOfItsOwnSession", "internal/vault/vault.go",
		`h.Write(encode(parts...))`, `h.Write(encode(parts[len(parts)-1:]...))`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestWhatIsPostedToTheHostNeedsTheToken", "internal/pages/server.go",
		`if err := c.checkForgery(route{access: session, repeatable: true}); err != nil {`, `if err := c.checkForgery(route{access: session, repeatable: true}); err != nil && c.Handler == nil {`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "internal/gallery.TestEveryPostFormCarriesTheToken", "internal/pages/templates/login.html",
		`action="{{.Frame.URL "/login"}}" data-once>
{{template "csrf" .}}`, `action="{{.Frame.URL "/login"}}" data-once>`},
	{"ASVS 3.5.1 · 63B-4 §5.1", "backoffice.TestAWebSocketOpensOnlyFromThisOrigin", "internal/pages/server.go",
		`if err := c.checkUpgrade(); err != nil {`, `if err := c.checkUpgrade(); err != nil && c.unsafe() {`},
	{"ASVS 3.5.2", "backoffice.TestBodiesThatAreNotAForm", "internal/pages/forgery.go",
		`if err != nil || kind != urlEncoded || c.encoded() {`, `if err != nil || kind == "text/plain" {`},
	{"ASVS 3.5.3", "backoffice.TestEveryRouteInEveryState", "internal/pages/logout.go",
		`return c.show(http.StatusOK, SignOutPage{})`, `return c.postLogout()`},
	{"ASVS 3.2.1", "backoffice.TestExportingTheAudit", "internal/pages/audit_export.go",
		`attachment; filename=`, `inline; filename=`},
	{"ASVS 3.2.1", "backoffice.TestEveryRouteInEveryState", "internal/pages/answer.go",
		`"text/html; charset=utf-8"`, `"text/html"`},
	{"ASVS 3.2.2", "tests/arch.TestSourcesHoldNothingForbidden", "internal/view/templates.go",
		`maps.Copy(funcs, fieldFuncs)`, `funcs["bold"] = func(s string) template.HTML { return template.HTML("<b>" + s + "</b>") }`},
	{"ASVS 3.2.2", "internal/view.TestScriptKeepsNothingAndWritesNoMarkup", "internal/view/static/postern.js",
		`button.textContent = button.dataset.copied`, `button.innerHTML = button.dataset.copied`},
	{"ASVS 3.4.1", "backoffice.TestEveryRouteInEveryState", "internal/pages/headers.go",
		`"max-age=31536000; includeSubDomains"`, `"max-age=31536000"`},
	{"ASVS 3.4.2", "backoffice.TestEveryRouteInEveryState", "internal/pages/headers.go",
		`{"X-Frame-Options", "DENY"},`, `{"X-Frame-Options", "DENY"}, {"Access-Control-Allow-Origin", "*"},`},
	{"ASVS 3.4.3", "backoffice.TestEveryRouteInEveryState", "internal/pages/headers.go",
		`default-src 'none'; img-src`, `default-src 'self'; img-src`},
	{"ASVS 3.4.3", "backoffice.TestEveryAnswerHasItsOwnNonce", "internal/vault/vault.go",
		`func AppendNonce(b []byte) []byte {
	var random [16]byte
	rand.Read(random[:])`, `func AppendNonce(b []byte) []byte {
	var random [16]byte`},
	{"ASVS 3.4.4", "backoffice.TestEveryRouteInEveryState", "internal/pages/headers.go",
		`{"X-Content-Type-Options", "nosniff"},`, ``},
	{"ASVS 3.4.5", "backoffice.TestEveryRouteInEveryState", "internal/pages/headers.go",
		`{"Referrer-Policy", "no-referrer"},`, `{"Referrer-Policy", "same-origin"},`},
	{"ASVS 3.4.6", "backoffice.TestEveryRouteInEveryState", "internal/pages/headers.go",
		`frame-ancestors 'none'; script-src`, `frame-ancestors 'self'; script-src`},
	{"ASVS 3.7.1", "tests/gallery.TestWithoutScriptNothingIsPromised", "internal/pages/templates/partials/field.html",
		`type="button" hidden data-show`, `type="button" data-show`},
	{"ASVS 3.7.2", "internal/pages.TestNothingLeadsOutOfTheOffice", "internal/pages/next.go",
		`strings.ContainsRune(u.Path, '\\') || `, ``},
	{"ASVS 3.7.2", "internal/pages.TestNothingLeadsOutOfTheOffice", "internal/pages/next.go",
		`"/step-up", "/static"} {`, `"/static"} {`},
	{"ASVS 3.5.4", "backoffice.TestAnOfficeOnAHostOfItsOwn", "internal/pages/forgery.go",
		`return origin == c.Desk.Origin, true`, `return true, true`},
}
