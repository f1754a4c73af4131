package main

var configuration = []mutation{
	{"ASVS 13.1.1", "mail.TestPlainIsRefusedWhenTheNameLeadsAway", "mail/smtp_conn.go",
		`dialer.ControlContext = loopbackOnly`, ``},
	{"ASVS 13.2.1", "mail.TestCredentialsAreAskedForOncePerConnection", "mail/smtp_auth.go",
		`if s.config.Credentials != nil {`, `if s.config.Credentials != nil && s.config.Username == "" {
		defer func() { s.config.Username, s.config.Password = username, password }()`},
	{"ASVS 13.2.2", "tests/stores.TestFewRights", "store/sqlstore/grants.sql",
		`GRANT SELECT, UPDATE ON postern_event_head`, `GRANT SELECT, UPDATE, DELETE ON postern_event_head`},
	{"ASVS 13.2.2", "tests/stores.TestFewRights", "store/sqlstore/grants.sql",
		`GRANT SELECT, INSERT, DELETE ON postern_events`, `GRANT SELECT, INSERT, UPDATE, DELETE ON postern_events`},
	{"ASVS 13.2.3", "mail.TestSMTPConfigMistakes", "mail/smtp_config.go",
		`case (c.Username == "") != (c.Password == ""):`, `case false:`},
	{"ASVS 13.2.4", "mail.TestPlainIsRefusedWhenTheNameLeadsAway", "mail/smtp_conn.go",
		`if !peer.Addr().Unmap().IsLoopback() {`, `if !peer.IsValid() {`},
	{"ASVS 13.4.2", "backoffice.TestOrigins", "backoffice/origin.go",
		`case !loopback(u.Hostname()):`, `case false:`},
	{"ASVS 13.4.2", "backoffice.TestOrigins", "backoffice/origin.go",
		`case !insecure:`, `case false:`},
	{"ASVS 13.4.3", "backoffice.TestAssets", "internal/pages/headers.go",
		`if !ok {
		c.fail(desk.ErrNotFound)`, `if !ok {
		for name := range c.assets {
			_, _ = c.w.Write([]byte(name))
		}
		_ = desk.ErrNotFound`},
	{"ASVS 13.4.4", "backoffice.TestEveryRouteInEveryState", "internal/pages/guard.go",
		`route, ok := e[c.method()]`, `route, ok := e[c.method()]
	if !ok && !c.unsafe() {
		route, ok = e[http.MethodGet]
	}`},
	{"ASVS 13.4.4", "backoffice.TestEveryMethodOfEveryRouteForEveryRole", "internal/pages/guard.go",
		`route, ok := e[c.method()]`, `route, ok := e[c.method()]
	if !ok {
		route, ok = e[http.MethodPost]
	}`},
	{"ASVS 13.4.5", "backoffice.TestWhatIsServedWithoutAPermission", "internal/pages/routes.go",
		`"/forgot":                            both(`, `"/health": get(open, (*call).getForgot),
		"/forgot":                            both(`},
	{"ASVS 14.1.1", "tests/docs.TestEveryTableOfTheStoreHasItsDataClassDocumented", "store/sqlstore/migrations/postgresql/0001_initial.up.sql",
		`CREATE INDEX IF NOT EXISTS postern_counters_end`, `CREATE TABLE IF NOT EXISTS postern_notes (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY
);

CREATE INDEX IF NOT EXISTS postern_counters_end`},
	{"ASVS 14.1.2", "tests/docs.TestEveryTableOfTheStoreHasItsDataClassDocumented", "store/sqlstore/migrations/postgresql/0001_initial.up.sql",
		`CREATE INDEX IF NOT EXISTS postern_counters_end`, `CREATE TABLE IF NOT EXISTS postern_notes (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY
);

CREATE INDEX IF NOT EXISTS postern_counters_end`},
	{"ASVS 14.2.2", "backoffice.TestEveryRouteInEveryState", "internal/pages/headers.go",
		`{"Cache-Control", "no-store"},`, `{"Cache-Control", "private"},`},
	{"ASVS 14.2.3", "backoffice.TestEveryRouteInEveryState", "internal/pages/templates/layout.html",
		`<link rel="icon" `, `<link rel="preconnect" href="https://fonts.example">
<link rel="icon" `},
	{"ASVS 14.2.4", "tests/stores.TestFieldsAreStoredAsTheirClassSays", "internal/desk/letters.go",
		`Subject: m.Subject, Body: sealed,`, `Subject: m.Subject, Body: append(sealed, plain...),`},
	{"ASVS 14.3.1", "backoffice.TestSigningOut", "internal/pages/logout.go",
		"c.w.Header().Set(\"Clear-Site-Data\", `\"cache\"`)", ``},
	{"ASVS 14.3.1", "backoffice.TestSigningOut", "internal/pages/logout.go",
		`c.setCookie(sessionCookie, "")`, ``},
	{"ASVS 14.3.2", "backoffice.TestEveryRouteInEveryState", "internal/pages/headers.go",
		`{"Cache-Control", "no-store"},`, `{"Cache-Control", "no-cache"},`},
	{"ASVS 14.3.3", "internal/view.TestScriptKeepsNothingAndWritesNoMarkup", "internal/view/static/postern.js",
		`history.replaceState(null, "", location.pathname);`, `sessionStorage.setItem("token", token);
  history.replaceState(null, "", location.pathname);`},
	{"ASVS 2.1.1", "tests/docs.TestGeneratedSectionsAreCurrent", "internal/desk/names.go",
		`const maxName = 64`, `const maxName = 80`},
	{"ASVS 2.1.2", "internal/settings.TestValuesThatDoNotGoTogetherAreNamed", "internal/settings/parameters.go",
		`if chosen.Session.Idle > chosen.Session.Absolute {`, `if chosen.Session.Idle > 2*chosen.Session.Absolute {`},
	{"ASVS 2.1.3", "tests/docs.TestGeneratedSectionsAreCurrent", "internal/settings/parameters.go",
		`"sessions", 1, 20, lower`, `"sessions", 1, 50, lower`},
	{"ASVS 2.1.3", "tests/docs.TestEveryCounterIsDocumented", "internal/desk/invitations.go",
		`o.State, o.InviteExpiresAt = store.OperatorActive, time.Time{}`, `_ = operatorKey("welcomes", o.ID)
	o.State, o.InviteExpiresAt = store.OperatorActive, time.Time{}`},
	{"ASVS 2.2.1", "backoffice.TestBodiesThatAreNotAForm", "internal/pages/forgery.go",
		`if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {`, `if !utf8.ValidString(v[:0]) || strings.ContainsRune(v, 0) {`},
	{"ASVS 2.2.1", "backoffice.TestBodiesThatAreNotAForm", "internal/pages/forgery.go",
		`c.bounded(c.r.Body, max(maxForm, c.route().most))`, `c.bounded(c.r.Body, 2*maxForm)`},
	{"ASVS 2.2.1", "backoffice.TestBodiesThatAreNotAForm", "internal/pages/forgery.go",
		`if len(c.r.PostForm) > maxFields {`, `if len(c.r.PostForm) > 2*maxFields {`},
	{"ASVS 2.2.2", "internal/desk.TestARoleNeedsANameOfItsOwnAndAPermission", "internal/desk/role_changes.go",
		`if len(r.Permissions) == 0 {`, `if len(r.Permissions) == 0 && r.Name == "" {`},
	{"ASVS 2.2.2", "internal/desk.TestARoleNeedsANameOfItsOwnAndAPermission", "internal/desk/role_changes.go",
		`if d.calledSo(b, r.NameKey) {`, `if b.Name == r.Name {`},
	{"ASVS 2.2.3", "internal/desk.TestParametersOutsideTheirRangeAreNamedBesideTheirField", "internal/desk/parameters.go",
		`settings.CrossCheck(p.Values, bad.Add)`, ``},
	{"ASVS 2.2.3", "internal/settings.TestRulesThatFollowFromOthers", "internal/settings/settings.go",
		`s.Session.Idle = min(s.Session.Idle, s.Session.Absolute)`, ``},
	{"ASVS 2.3.1", "internal/desk.TestASignInBegunEndsWhenItsTimeIsOverOrTheOperatorChanged", "internal/desk/sign_in_steps.go",
		`case !now.Before(pre.ExpiresAt), `, `case `},
	{"ASVS 2.3.1", "internal/desk.TestASignInBegunIsOverAsSoonAsTheOperatorChanges", "internal/desk/sign_in_steps.go",
		`o.Version != pre.OperatorVersion, !d.hasAccess(o)`, `!d.hasAccess(o)`},
	{"ASVS 2.3.1", "backoffice.TestAPasswordThatMustBeChanged", "internal/pages/guard.go",
		`case c.identity.MustChangePassword:
		return []string{"/account/password"}
	`, ``},
	{"ASVS 2.3.2", "internal/settings.TestValuesOutOfTheirRangeLeaveTheDefault", "internal/settings/definition.go",
		`if err != nil || n < low || n > high {`, `if err != nil || n < low {`},
	{"ASVS 2.3.2", "internal/settings.TestValuesOutOfTheirRangeLeaveTheDefault", "internal/settings/definition.go",
		`if err != nil || t < low || t > high {`, `if err != nil || t > high {`},
	{"ASVS 2.3.2", "internal/desk.TestAStoredValueOutOfItsRangeIsAuditedOnce", "internal/desk/state.go",
		`d.Audit(Visit{}, "parameters.invalid", Failure).System().Thing("parameter", name, name).Record(ctx)`, `_ = name`},
	{"ASVS 2.3.3", "internal/desk.TestAStoreThatFailsAtAnyCallLeavesNothingHalfDone", "internal/desk/reset.go",
		`return d.resetError(ctx, v, o, f.Token, proved, d.Commit(ctx, append(writes, more...)...))`, `if err := d.Commit(ctx, more...); err != nil {
		return err
	}
	return d.resetError(ctx, v, o, f.Token, proved, d.Commit(ctx, writes...))`},
	{"ASVS 2.3.3", "internal/desk.TestAnActThatAStoreFailsAtAnyCallLeavesNothingHalfDone", "internal/desk/actor.go",
		`err = d.Commit(ctx, a.still(writes...)...)`, `for _, w := range writes[:len(writes)-1] {
		_ = d.Commit(ctx, w)
	}
	err = d.Commit(ctx, writes[len(writes)-1:]...)`},
	{"ASVS 2.3.3", "tests/stores.TestCommitThatBreaksLeavesNothing", "store/sqlstore/tx.go",
		`if _, err := conn.ExecContext(ctx, "ROLLBACK"); err != nil {`, `if _, err := conn.ExecContext(ctx, "COMMIT"); err != nil {`},
}
