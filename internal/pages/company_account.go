package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

const accountCompanyPath = "/account/company"

var (
	companyUnlinked         = success("company-unlinked")
	operatorCompanyUnlinked = success("operator-company-unlinked")
)

// AccountCompanyPage links the operator's account with the one at the company's identity
// provider, or shows the link.
type AccountCompanyPage struct {
	view.Form
	Company string
	desk.CompanyLinked
	// HasPassword reports that they have a password here as well.
	HasPassword bool
}

func (AccountCompanyPage) Template() string { return "account_company" }

func (c *call) getAccountCompany() error { return c.showAccountCompany(http.StatusOK, view.Form{}) }

func (c *call) showAccountCompany(status int, f view.Form) error {
	if c.Desk.CompanyName() == "" {
		return desk.ErrNotFound
	}
	linked, err := c.Desk.CompanyAccount(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	return c.show(status, AccountCompanyPage{
		Form: f, Company: c.Desk.CompanyName(), CompanyLinked: linked,
		HasPassword: c.identity.PasswordElsewhere() || !c.identity.Operator.PasswordSetAt.IsZero(),
	})
}

// postAccountCompany begins to link the account.
func (c *call) postAccountCompany() error {
	return c.beginCompany(desk.CompanyStart{Purpose: desk.CompanyLink}, accountCompanyPath)
}

func (c *call) postAccountCompanyUnlink() error {
	err := c.Desk.UnlinkCompany(c.ctx(), c.visit, c.identity)
	if errors.Is(err, desk.ErrNoOtherWay) {
		return c.showAccountCompany(http.StatusUnprocessableEntity, view.Form{}.Refuse("", c.t("company.unlink.no_other_way")))
	}
	if err != nil {
		return err
	}
	return c.redirect(companyUnlinked.at(accountCompanyPath))
}

// OperatorCompanyPage asks before the link of an operator's account is removed.
type OperatorCompanyPage struct {
	view.Form
	desk.OperatorDetail
	Provider string
}

func (OperatorCompanyPage) Template() string { return "operator_company" }

func (p OperatorCompanyPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("company.account.title", "name", p.Provider))
}

func (c *call) operatorCompanyPage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorCompanyPage{f, o, c.Desk.CompanyName()}
}

func (c *call) getOperatorCompany() error { return c.ask(c.operatorCompanyPage, nil) }

func (c *call) postOperatorCompany() error {
	err := c.Desk.UnlinkOperator(c.ctx(), c.actor(), c.visit, c.id())
	if errors.Is(err, desk.ErrNoOtherWay) {
		o, err := c.subject()
		if err != nil {
			return err
		}
		return c.show(http.StatusUnprocessableEntity, c.operatorCompanyPage(o, view.Form{}.Refuse("", c.t("company.operator.no_other_way"))))
	}
	return c.acted(err, c.said(operatorCompanyUnlinked), c.operatorCompanyPage)
}
