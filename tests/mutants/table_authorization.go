package main

var authorization = []mutation{
	{"ASVS 8.1.1", "backoffice.TestTheTableOfPermissionsIsThatOfTheRoutes", "internal/pages/routes.go",
		`needs(desk.PermissionAuditView, get(session, (*call).getAuditEvents))`, `needs(desk.PermissionMailView, get(session, (*call).getAuditEvents))`},
	{"ASVS 8.1.2", "backoffice.TestPagesShowOnlyWhatTheirReaderMayRead", "internal/desk/operator.go",
		`if a.Can(PermissionAuditView) {`, `if a.Can(PermissionOperatorsView) {`},
	{"ASVS 2.3.5", "internal/desk.TestWhatHasAGraveEffectAndCannotWaitIsRefused", "internal/desk/second.go",
		`case a.program(), a.proposal == nil:`, `case a.proposal == nil:
		return writes, nil
	case a.program():`},
	{"ASVS 2.3.5", "internal/desk.TestEveryGraveActWaitsForASecondPerson", "internal/desk/approval_decide.go",
		`if err := a.may(permissionOf(r.Act)); err != nil {`, `if err := a.may(permissionOf(r.Act)); errors.Is(err, ErrForbidden) {`},
	{"ASVS 2.3.5", "internal/desk.TestWhatEachGraveActIsAboutMustStayAsItWasShown", "internal/desk/approvals.go",
		`if w.Seen != r.Shown {`, `if false {`},
	{"ASVS 2.3.5", "internal/desk.TestAnAccountThatWhoAskedControlsIsNoSecondPerson", "internal/desk/approval_control.go",
		`if of[id] {`, `if of[id] && false {`},
	{"ASVS 2.3.5", "internal/desk.TestEveryGraveActWaitsForASecondPerson", "internal/desk/approval_decide.go",
		`ends := append([]store.Write{store.ConsumeToken{Digest: r.token.Digest, Purpose: store.PurposeApproval, Now: d.Now()}, event.Write()}, decided...)`,
		`ends := append([]store.Write{event.Write()}, decided...)`},
	{"ASVS 2.3.5", "internal/desk.TestARequestIsVoidOnceWhoAskedMayNotOrItsSubjectChanged", "internal/desk/approvals.go",
		`if err != nil || disturbed {`, `if err != nil || disturbed && false {`},
	{"ASVS 8.2.1 · CS:Authz", "backoffice.TestTheHostsPathsTakeASession", "internal/pages/server.go",
		`		return e.serve(c)
	}
	if err := c.requireSession(); err != nil {
		return err
	}`, `		return e.serve(c)
	}`},
	{"ASVS 8.2.1 · CS:Authz", "backoffice.TestNoPageOfTheHostOpensWithoutAGuard", "internal/pages/server.go",
		`if permission, lacks := takes.lacks(c.identity); lacks {`, `if permission, _ := takes.lacks(c.identity); false {`},
	{"ASVS 8.2.1 · CS:Authz", "backoffice.TestNoPageOfTheHostOpensWithoutAGuard", "internal/pages/guards.go",
		`return passes{}, false`, `return passes{AnyOperator, AnyOperator, AnyOperator}, true`},
	{"ASVS 8.2.1 · CS:Authz", "backoffice.TestNoPageOfTheHostOpensWithoutAGuard", "internal/pages/guards.go",
		`folded, _ := c.guards.find(c.path, anyCase)`, `folded := exact`},
	{"ASVS 8.2.1 · CS:Authz", "backoffice.TestNoPageOfTheHostOpensWithoutAGuard", "internal/pages/guards.go",
		`c.guards.find(c.routed(), anyCase)`, `c.guards.find(c.path, anyCase)`},
	{"ASVS 8.2.1 · CS:Authz", "backoffice.TestMistakesInTheHostsPaths", "backoffice/guards.go",
		`case pages.Reserved(p):`, `case false:`},
	{"ASVS 8.3.2", "backoffice.TestAStreamEndsWithThePermissionOfItsPage", "internal/pages/host.go",
		`if _, lacks := takes.lacks(id); lacks {`, `if _, lacks := takes.lacks(id); false && lacks {`},
	{"ASVS 8.2.1 · CS:Authz", "internal/desk.TestEachServiceAsksForItsPermissionAndForProof", "internal/desk/actor.go",
		`case !a.Can(permission):
		return ErrForbidden
	`, ``},
	{"ASVS 8.2.1 · CS:Authz", "backoffice.TestEveryRouteForEveryPermission", "internal/pages/routes.go",
		`needs(desk.PermissionAuditView, get(session, (*call).getAuditEvents))`, `get(session, (*call).getAuditEvents)`},
	{"ASVS 8.2.1 · CS:Authz", "internal/desk.TestWithoutTheRightNothingIsShown", "internal/desk/audit_log.go",
		`if !a.Can(PermissionAuditView) {
		return store.EventPage{}, ErrForbidden
	}`, ``},
	{"ASVS 8.2.1 · CS:Authz", "backoffice.TestAPartIsMountedWithItsPermissionAtTheDoor", "internal/pages/guards.go",
		`return passes{p.permission, p.permission, p.permission}, true`, `return passes{AnyOperator, AnyOperator, AnyOperator}, true`},
	{"ASVS 8.2.2", "backoffice.TestNobodyReachesAnothersOwnThings", "store/memstore/session.go",
		`case session.OperatorID != w.OperatorID:`, `case w.All && session.OperatorID != w.OperatorID:`},
	{"ASVS 8.2.2", "backoffice.TestNobodyActsOnSomebodyWhoHoldsMore", "internal/desk/actor.go",
		`if !reaches(*a, o.AllRoles(), roles) {`, `if false {`},
	{"ASVS 8.2.2", "backoffice/resource.TestRowsAreThoseOfTheOperator", "backoffice/resource/query.go",
		`return rows.all && m.holds(rows.where, row)`, `return rows.all`},
	{"ASVS 8.2.2", "backoffice/resource.TestRowsAreThoseOfTheOperator", "backoffice/resource/query.go",
		`m.possible(m.joined(q.Where, rows.where))`, `m.possible(q.Where)`},
	{"ASVS 8.2.2", "backoffice/resource.TestARowThatLeavesOnesRowsMeanwhileIsNotChanged", "backoffice/resource/form.go",
		`, Held: r.held(act)})`, `})`},
	{"ASVS 8.2.2", "backoffice/resource.TestAListThatIgnoresItsQueryShowsNothing", "backoffice/resource/query.go",
		`if !m.holds(q.Where, &found[i]) {`, `if false {`},
	{"ASVS 8.2.3", "internal/desk.TestNobodyGivesMoreThanTheyHold", "internal/desk/operator_roles.go",
		`case !a.CanGrant(all[i]):`, `case false:`},
	{"ASVS 8.2.3", "internal/desk.TestNoActGivesMoreThanItsActorHolds", "internal/desk/role_changes.go",
		`case !a.Can(key):`, `case false:`},
	{"ASVS 8.3.1", "backoffice.TestEveryRouteForEveryPermission", "internal/pages/routes.go",
		`needs(desk.PermissionRolesManage, both(proved, (*call).getRoleNew`, `needs("", both(proved, (*call).getRoleNew`},
	{"ASVS 8.3.2", "internal/desk.TestWhatIsChangedElsewhereHoldsFromTheNextRequest", "store/memstore/session.go",
		`v.generation == s.views.generation.Load() && `, ``},
	{"ASVS 8.3.2", "tests/stores.TestStore/SQLite as it is/sessions", "store/sqlstore/operator_write.go",
		`SET version = version + 1, mark = ?, name = ?`, `SET version = version + 1, mark = COALESCE(mark, ?), name = ?`},
	{"ASVS 8.3.2", "tests/stores.TestStore/SQLite as it is/sessions", "store/sqlstore/factor.go",
		`SET mark = ?, two_factor = `, `SET mark = COALESCE(mark, ?), two_factor = `},
	{"ASVS 8.3.2", "tests/stores.TestStore/SQLite as it is/sessions", "store/sqlstore/guard.go",
		`o.mark - p.roles_mark, `, `o.mark, `},
	{"ASVS 6.1.3", "tests/docs.TestGeneratedSectionsAreCurrent", "internal/desk/reset.go",
		`d.resets.Spend(f.Token), `, `d.resets.Spend(f.Token), store.PutSession{}, `},
	{"ASVS 6.3.4", "backoffice.TestWhatIsServedWithoutAPermission", "internal/pages/routes.go",
		`"/logout":                            free(`, `"/sso": get(signedOut, (*call).getForgot), "/logout": free(`},
	{"ASVS 6.3.4", "internal/desk.TestUnderSSOTheMemberPasswordIsNeverAskedFor", "internal/desk/sign_in.go",
		`a.byMember = a.memberID != "" && d.SSO == nil`, `a.byMember = a.memberID != ""`},
	{"ASVS 6.3.4", "backoffice.TestNoOrderOfRequestsGetsAroundASecondFactor", "internal/desk/sign_in_steps.go",
		`if len(view.Factors) == 0 {`, `if len(view.Factors) < 2 {`},
	{"ASVS 6.3.4", "backoffice.TestNoOrderOfRequestsGetsAroundASecondFactor", "internal/desk/sign_in_steps.go",
		`		store.EndPreSession{Digest: p.PreSession.Digest},
		store.CheckOperator{`, `		store.CheckOperator{`},
	{"ASVS 6.3.4", "backoffice.TestNoOrderOfRequestsGetsAroundASecondFactor", "internal/desk/reset.go",
		`bad.Err() != nil || len(view.Factors) == 0:`, `bad.Err() != nil || len(view.Factors) <= 1:`},
	{"ASVS 6.3.4", "internal/desk.TestATemporaryPasswordOpensNothingButThePageThatChangesIt", "internal/desk/operator_password.go",
		`o.MustChangePassword, o.PasswordBy = true, a.ID`, `o.MustChangePassword, o.PasswordBy = false, a.ID`},
	{"ASVS 6.3.2", "internal/desk.TestSetupWorksOnce", "internal/desk/setup.go",
		`if has {
		return "", ErrSetUp
	}
	link, put, err := d.setup.Make("setup-"+vault.ID(), ActorSystem)
	if err != nil {
		return "", fmt.Errorf("make setup link: %w", err)
	}
	put.Token.Home = homeTag(d.Alias())
	err = d.Commit(ctx, store.CheckNoOperators{}, put)`, `_ = has
	link, put, err := d.setup.Make("setup-"+vault.ID(), ActorSystem)
	if err != nil {
		return "", fmt.Errorf("make setup link: %w", err)
	}
	put.Token.Home = homeTag(d.Alias())
	err = d.Commit(ctx, put)`},
	{"CS:Authz (self)", "internal/desk.TestALinkOpensNothingOnceItsMakerMayNotMakeIt", "internal/desk/links.go",
		`case !may:`, `case !may && err != nil:`},
	{"63B-4 §4.5", "internal/desk.TestADeletedOperatorLeavesNothingThatSignsIn", "store/memstore/operator.go",
		`s.removeAllFactors(u, o.ID)`, ``},
	{"63B-4 §4.5", "tests/stores.TestStore/SQLite as it is/operators", "store/sqlstore/operator_write.go",
		`t.removeFactors(store.RemoveFactors{OperatorID: w.ID, All: true})`, ``},
	{"63B-4 §4.5", "internal/desk.TestADisabledOperatorIsOutAtOnceAndInAgainWhenEnabled", "internal/desk/forgot.go",
		`case o.State != store.OperatorActive && o.State != store.OperatorInvited:`, `case false:`},
	{"ASVS 8.2.1 · CS:Authz", "backoffice.TestSeeingAsOpensWhatTheOtherCouldOpenAndOnlyToLook", "internal/pages/seeing.go",
		`case c.method() != http.MethodGet:
		return seeingReads`, ``},
	{"ASVS 8.2.1 · CS:Authz", "internal/desk.TestNothingCanBeChangedWhileSeeingAs", "internal/desk/actor.go",
		`all = append(all, store.CheckOperator{})`, ``},
	{"ASVS 2.3.5", "internal/desk.TestALastDayIsShownToTheSecondPersonAndKept", "internal/desk/second.go",
		`!isSuper(before) || endsLater(before.EndsAt, w.Operator.EndsAt)`, `!isSuper(before)`},
	{"ASVS 8.3.2", "internal/desk.TestSeeingAsEnds", "internal/desk/see_as.go",
		`id.MustActFirst()`, `id.MustChangePassword`},
	{"ASVS 8.3.2", "internal/desk.TestSeeingAsEnds", "internal/desk/see_as.go",
		`case !reaches(id.Actor(), o.AllRoles(), roles):`, `case false:`},
	{"ASVS 16.2.1", "internal/desk.TestSeeingAsHasTheOthersRightsAndTheRealActor", "internal/desk/event.go",
		`e.event.ActorID, e.event.ActorName = real.Operator.ID, real.Operator.Name`, ``},
}
