package main

var throttling = []mutation{
	{"ASVS 6.1.1", "tests/docs.TestEveryFixedNumberIsDocumented", "internal/desk/throttle.go",
		`// postsPerLink refused forms`, `spareTries = 3
	// postsPerLink refused forms`},
	{"ASVS 6.3.1 · 63B-4 §3.1.1.2, §3.2.2", "internal/desk.TestFiveFailuresPassAndThenTheWaitsDouble", "internal/settings/settings.go",
		`SignInLimits{Failures: 5,`, `SignInLimits{Failures: 6,`},
	{"ASVS 6.3.1 · 63B-4 §3.1.1.2, §3.2.2", "internal/desk.TestTheEleventhNameFromOneAddressIsLimited", "internal/settings/settings.go",
		`NamesPerIP: 10,`, `NamesPerIP: 20,`},
	{"ASVS 6.3.1 · 63B-4 §3.1.1.2, §3.2.2", "internal/desk.TestOneAddressFailsThirtyTimesInAQuarterOfAnHour", "internal/desk/throttle_sign_in.go",
		`a.add(address, store.Refilling(netgroup.Share(i)*s.PerIP, limitWindow))`, `_ = address`},
	{"ASVS 6.3.1 · 63B-4 §3.1.1.2, §3.2.2", "internal/desk.TestAWholeIPv6NetworkIsNotAsManyStrangersAsItHasParts", "internal/netgroup/netgroup.go",
		`return 1 << (2 * index)`, `return 1 << (8 * index)`},
	{"CS:Auth (availability)", "internal/desk.TestAKnownBrowserHasLimitsThatStrangersCannotTouch", "internal/desk/throttle_sign_in.go",
		`a.addRow(browserKey(b), limit, limit.Stop)`, `a.addRow(operatorKey("browser", b.OperatorID), limit, limit.Stop)`},
	{"63B-4 §3.2.2 (limit)", "internal/desk.TestAHundredFailuresDisableThePasswordUntilItIsReset", "internal/desk/sign_in.go",
		`case a.known && try.barred():`, `case false:`},
	{"63B-4 §3.2.2 (both)", "internal/desk.TestTwentyWrongCodesDisableTheAppButNotTheRecoveryCodes", "internal/settings/settings.go",
		`DisableCodesAfter: 20}`, `DisableCodesAfter: 100}`},
	{"4226 §7.3 · ASVS 6.6.3", "internal/desk.TestOfManyGuessesOverManySignInsFiveAreEvaluated", "internal/desk/sign_in_steps.go",
		`try.addCode(second.row)
`, ``},
	{"4226 §7.3 · ASVS 6.6.3", "internal/desk.TestGuessesAtTheFirstCodeAreLimited", "internal/desk/enrolment.go",
		`try.addCode(operatorKey("enrol", o.ID))
`, ``},
	{"63B-4 §3.1.3.2", "internal/desk.TestTwentyWrongCodesDisableTheAppButNotTheRecoveryCodes", "internal/desk/sign_in_begin.go",
		`store.PutPreSession{`, `store.ClearCounter{Key: operatorKey("code", o.ID)}, store.PutPreSession{`},
	{"ASVS 2.4.1", "internal/desk.TestOneOperatorInvitesSixtyPeopleAnHour", "internal/desk/invitations.go",
		`const mailsPerHour = 60`, `const mailsPerHour = 100`},
	{"ASVS 2.4.1", "internal/desk.TestExportsAndChecksAreBoundedPerOperator", "internal/desk/audit_verify.go",
		`d.limit(ctx, a, "audit-verify", exports, limitWindow)`, `d.limit(ctx, a, "audit-verify", 10*exports, limitWindow)`},
	{"ASVS 2.4.1", "backoffice.TestStrangersCannotFillTheOffice", "internal/desk/door.go",
		`return c.passed >= entriesPerEvent`, `return false`},
	{"ASVS 2.4.1", "internal/desk.TestTenRefusedFormsSpendALink", "internal/desk/links.go",
		`if posts < postsPerLink {`, `if posts <= postsPerLink {`},
}
