package pages

import "github.com/postern-go/postern/internal/view"

// Samples has a value of the data of each page, for its type: templates of hosts are tried on
// data of these types, and docs/templates.md lists their fields.
func Samples() []view.Page {
	return []view.Page{
		AccountPage{}, AccountCodesPage{}, AccountCodesNewPage{}, AccountCodesShownPage{}, AccountLanguagePage{}, AccountNamePage{},
		AccountPasswordPage{}, SessionsPage{}, TwoFactorPage{}, TwoFactorAddPage{}, TwoFactorRemovePage{}, AuditPage{},
		AuditEventPage{}, AuditEventsPage{}, AuditVerifyPage{}, CodePage{}, EnrolPage{}, RecoveryCodesPage{},
		ForgotPage{}, ForgotSentPage{}, HomePage{}, LinkPage{}, DamagedLinkPage{}, LoginPage{},
		SignedOutPage{}, ContinuePage{}, SignOutPage{}, MailPage{}, MailMessagePage{}, MemberPage{},
		MemberConfirmPage{}, MemberRevokePage{}, MembersPage{}, OperatorPage{}, OperatorDeletePage{}, OperatorDisablePage{},
		OperatorEmailPage{}, OperatorEnablePage{}, OperatorInvitationPage{}, OperatorLinkPage{}, OperatorLinkShownPage{}, OperatorNamePage{},
		OperatorNewPage{}, OperatorNewPasswordPage{}, OperatorPasswordPage{}, OperatorPasswordShownPage{}, OperatorRolesPage{}, OperatorRolesConfirmPage{},
		OperatorSessionsPage{}, OperatorTwoFactorPage{}, OperatorsPage{}, OperatorsBulkPage{}, OperatorsNewPage{}, OperatorsInvitedPage{},
		ParametersPage{}, ParametersAddressPage{}, ParametersHistoryPage{}, ParametersSectionPage{}, ParametersConfirmPage{}, ParametersSessionsPage{},
		ParametersStalePage{}, PlainHTTPPage{}, RecoveryPage{}, LostPhonePage{}, TooManyTriesPage{}, MaintenancePage{},
		BusyPage{}, StoreDownPage{}, ReadOnlyPage{}, StaleFormPage{}, BadRequestPage{}, CrossOriginPage{},
		MethodNotAllowedPage{}, ForbiddenPage{}, RefusedPage{}, NotDonePage{}, NotFoundPage{}, UnexpectedPage{},
		PasskeyPage{}, PasskeyEnrolPage{}, PasskeyNewPage{},
		ResetPage{}, RolePage{}, RoleConfirmPage{}, RoleDeletePage{}, RolesPage{}, SearchPage{},
		SetupPage{}, StepUpPage{}, MailTestPage{}, WelcomePage{},
		ResourceListPage{}, ResourceDetailPage{}, ResourceFormPage{}, ResourceStalePage{}, ResourceActPage{}, ResourceDeletePage{}, ResourceBulkPage{},
	}
}
