package letters

import "github.com/postern-go/postern/mail"

// CompanyLinked tells an operator that their account was linked to one at the company's
// identity provider, with which they can sign in from now on.
func CompanyLinked(n Notice, company, account string) mail.Letter {
	l := n.letter("company-linked", "letters.company_linked.subject")
	l.Paragraphs = []string{n.T("letters.company_linked.what", "company", company), n.T("letters.if_you")}
	l.NotYou = n.T("letters.company_linked.not_you")
	return withAccount(l, n, account)
}

// CompanyUnlinked tells an operator that their account is no longer linked.
func CompanyUnlinked(n Notice, company, account string) mail.Letter {
	l := n.letter("company-unlinked", "letters.company_unlinked.subject")
	l.Paragraphs = []string{n.T("letters.company_unlinked.what", "company", company), n.T("letters.if_you")}
	l.NotYou = n.T("letters.company_unlinked.not_you")
	return withAccount(l, n, account)
}

// withAccount adds what the account is called at the provider, if that is known.
func withAccount(l mail.Letter, n Notice, account string) mail.Letter {
	if account != "" {
		l.Details = append([]mail.Detail{n.detail("letters.company_account", account)}, l.Details...)
	}
	return l
}
