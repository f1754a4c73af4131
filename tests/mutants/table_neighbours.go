package main

var neighbours = []mutation{
	{"ASVS 1.2.1", "mail.TestHostTemplatesEscapeValues", "mail/templates.go",
		`if m.HTML, err = execute(markup, l); err != nil {`, `if m.HTML, err = execute(markup, l); err == nil {
		m.HTML = strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(m.HTML)
	} else {`},
	{"ASVS 1.2.1", "mail.TestHeaderInjectionIsRefused", "mail/render.go",
		`if unicode.IsControl(r) || r == '\u2028'`, `if r == '\n' || r == '\u2028'`},
	{"ASVS 1.2.2", "internal/view.TestURL", "internal/view/frame.go",
		`strings.HasPrefix(path, "//") || `, ``},
	{"ASVS 1.2.2", "mail.TestLinksThatDoNotBelongAreRefused", "mail/letter.go",
		`if !strings.HasPrefix(link, origin+"/") {`, `if !strings.HasPrefix(link, origin) {`},
	{"ASVS 1.2.4", "backoffice/resource.TestNamesComeFromFieldsAlone", "backoffice/resource/sqllist.go",
		`if c := m.byName[name]; c == nil || c.kind != textKind {`, `if c := m.byName[name]; c != nil && c.kind != textKind {`},
	{"ASVS 1.2.4", "tests/stores.TestATableUnderAttack", "backoffice/resource/sqlsearch.go",
		`s.literal(text) + "%"`, `text + "%"`},
	{"ASVS 1.2.4", "tests/stores.TestTextOfAnybody", "store/sqlstore/operatorlist.go",
		"f.and(d.contains(column), word)", "f.and(column+` LIKE '%`+strings.ReplaceAll(word, `'`, `''`)+`%'`)"},
	{"ASVS 1.3.7", "internal/letters.TestValuesStayValues", "mail/templates.go",
		`if m.Text, err = execute(text, l); err != nil {`, `if m.Text, err = execute(text, l); err == nil {
		if again, e := texttemplate.New("").Parse(m.Text); e == nil {
			m.Text, err = execute(again, l)
		}
	}
	if err != nil {`},
	{"ASVS 1.3.11", "mail.TestHeaderInjectionIsRefused", "mail/message.go",
		`if m.Subject, err = headerText(m.Subject); err != nil {`, `if err = oneLineOnly(m.Subject[:min(len(m.Subject), 1)]); err != nil {`},
	{"ASVS 4.1.1", "backoffice.TestEveryRouteInEveryState", "internal/pages/answer.go",
		`return c.writeAs(status, contentType, html)`, `return c.writeAs(status, "text/html", html)`},
	{"ASVS 4.1.3 · 15.3.4", "internal/pages.TestWhereARequestComesFrom", "internal/pages/ip.go",
		`range slices.Backward(splitHeader(r.Header.Values(s.Header))) {`, `range splitHeader(r.Header.Values(s.Header)) {`},
	{"ASVS 4.1.3 · 15.3.4", "internal/pages.TestWhereARequestComesFrom", "internal/pages/ip.go",
		`if !s.trusted(a.peer) && !(a.unix && s.UnixSockets) {`, `if s.Header == "" {`},
	{"ASVS 4.1.3 · 15.3.4", "internal/pages.TestHowARequestArrives", "internal/pages/ip.go",
		`at, err := netip.ParseAddrPort(r.RemoteAddr)`, `ip, err := netip.ParseAddr(r.RemoteAddr)
	at := netip.AddrPortFrom(ip, 0)
	if err != nil {
		at, err = netip.ParseAddrPort(r.RemoteAddr)
	}`},
	{"ASVS 12.2.1", "backoffice.TestPlainHTTPIsRefusedBeforeAnyCookieIsRead", "internal/pages/server.go",
		`if !c.secure {`, `if !c.secure && c.unsafe() {`},
	{"ASVS 12.2.1", "internal/pages.TestHowARequestArrives", "internal/pages/ip.go",
		`!(a.unix && s.UnixSockets)`, `!a.unix`},
	{"ASVS 12.2.1", "internal/pages.TestHowARequestArrives", "internal/pages/ip.go",
		`case !said.IP.IsValid():`, `case !said.IP.IsValid() && !said.TLS:`},
	{"ASVS 12.2.1", "internal/pages.TestWhetherARequestCameOverTLS", "internal/pages/ip.go",
		`said[len(said)-min(proxies, len(said))]`, `said[len(said)-1]`},
	{"ASVS 12.2.1", "internal/pages.TestWhetherARequestCameOverTLS", "internal/pages/ip.go",
		`said[len(said)-min(proxies, len(said))]`, `said[0]`},
	{"ASVS 12.3.1", "mail.TestDeliveryRefusesToStart", "mail/smtp.go",
		`return nil, stepTLS, errors.New("the server does not offer STARTTLS, and emails are not sent without encryption")`, `return talk, "", nil`},
	{"ASVS 12.3.2", "mail.TestDeliveryRefusesToStart", "mail/smtp_config.go",
		`if config.ServerName == "" {`, `if config.ServerName == "" {
		config.InsecureSkipVerify = true`},
	{"ASVS 12.3.2", "mail.TestSMTPConfigMistakes", "mail/smtp_config.go",
		`case config.InsecureSkipVerify:`, `case false:`},
	{"ASVS 15.2.2", "password.TestTwoHundredStrangersRunTwoAtATimeAndTheRestIsTurnedAway", "password/queue.go",
		`if len(l.waiters) > q.limit {`, `if len(l.waiters) > 10*q.limit {`},
	{"ASVS 15.2.2", "password.FuzzTurns", "password/queue.go",
		`for q.running < q.slots {`, `for q.running <= q.slots {`},
	{"ASVS 15.2.2", "password.FuzzTurns", "password/queue.go",
		`q.strange < max(1, q.slots-1)`, `q.strange < q.slots`},
	{"ASVS 15.3.1", "internal/gallery.TestPagesHoldNoStoredRecords", "internal/pages/operators.go",
		`Operators []desk.Operator
`, `Operators []desk.Operator
	Stored    []store.Operator
`},
	{"ASVS 15.3.3", "backoffice.TestFieldsThatAFormDoesNotHaveChangeNothing", "internal/pages/guard.go",
		`dropped := c.dropUnknown(route.fields)`, `dropped := ""`},
	{"ASVS 15.3.3", "tests/docs.TestGeneratedSectionsAreCurrent", "internal/pages/routes.go",
		`(*call).postOperatorName, "name", "version"`, `(*call).postOperatorName, "name", "version", "state"`},
	{"ASVS 15.3.7", "backoffice.TestAFormNeedsTheTokenOfItsOwnSession", "internal/pages/forgery.go",
		`c.form = c.r.PostForm`, `c.form = c.r.Form`},
	{"ASVS 15.3.7", "backoffice.TestBodiesThatAreNotAForm", "internal/pages/forgery.go",
		`if len(values) > 1 && name != "role" && name != "permission" && name != "operator"`, `if len(values) > 2 && name != "role" && name != "permission" && name != "operator"`},
	{"ASVS 15.4.2", "store/memstore.TestStore/roles", "store/memstore/role.go",
		`case r.Version != before.Version:
		return store.ErrConflict
	`, ``},
	{"ASVS 15.4.2", "internal/desk.TestNobodyGetsARoleThatChangedMeanwhile", "internal/desk/operator_roles.go",
		`a.dependOnRoles(all[i])`, ``},
	{"ASVS 15.4.2", "internal/desk.TestARightCodePostedManyTimesAtOnceSignsInOnce", "store/memstore/factor.go",
		`case w.Step <= f.Step:`, `case false:`},
	{"ASVS 15.4.2", "internal/desk.TestNoActSucceedsForWhoLostTheirRightsMeanwhile", "internal/desk/actor.go",
		`all = append(all, store.CheckOperator{ID: a.ID, Version: a.version})`, ``},
	{"ASVS 15.4.2", "internal/desk.TestNobodyActsOnSomebodyWhoGotMoreMeanwhile", "internal/desk/actor.go",
		`a.dependOn(o, roles...)`, ``},
	{"ASVS 15.4.2", "tests/stores.TestStore/SQLite as it is, from two processes", "store/sqlstore/factor.go",
		`WHERE id = ? AND step < ?`, `WHERE id = ? AND step <> ?`},
	{"ASVS 15.4.2", "tests/stores.TestStore/PostgreSQL with few rights, from two processes", "store/sqlstore/dialect_postgresql.go",
		"lockOperators(which) + ` FOR UPDATE OF o`", `lockOperators(which)`},
}
