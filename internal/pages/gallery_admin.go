package pages

import (
	"github.com/postern-go/postern/internal/pages/samples"
	"github.com/postern-go/postern/internal/view"
)

// page is a page of this package.
type adminPage interface {
	view.Page
	states() []samples.State
}

// all lists every page once.
var adminPages = []adminPage{
	OperatorsPage{}, OperatorNewPage{}, OperatorPage{}, OperatorNamePage{}, OperatorEmailPage{}, OperatorRolesPage{}, OperatorRolesConfirmPage{},
	OperatorInvitationPage{}, OperatorSessionsPage{}, OperatorLinkPage{}, OperatorLinkShownPage{},
	OperatorPasswordPage{}, OperatorPasswordShownPage{}, OperatorTwoFactorPage{},
	OperatorDisablePage{}, OperatorEnablePage{}, OperatorDeletePage{},
	MembersPage{}, MemberPage{}, MemberConfirmPage{}, MemberRevokePage{},
	RolesPage{}, RolePage{}, RoleConfirmPage{}, RoleDeletePage{},
	ParametersPage{}, ParametersConfirmPage{}, ParametersStalePage{}, ParametersAddressPage{},
	MailPage{}, MailMessagePage{}, MailTestPage{},
	AuditPage{}, AuditEventPage{}, AuditVerifyPage{}, AuditEventsPage{},
}

// States is every page in each way it may look.
func adminStates() []samples.State {
	var states []samples.State
	for _, p := range adminPages {
		states = append(states, p.states()...)
	}
	return states
}

// Crumbs lead to the page from the top; nil on the first level.
func crumbsOf(p view.Page) []view.Crumb {
	if below, ok := p.(interface{ crumbs() []view.Crumb }); ok {
		return below.crumbs()
	}
	return nil
}

// Pager leads to other pages of a list; an empty path leaves a link out. Lists
// that can be read one way only lead back to their First page.
type Pager struct{ First, Previous, Next string }

// Hidden is a field that a form sends again.
type Hidden struct{ Name, Value string }
