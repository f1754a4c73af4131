package pages

import "github.com/postern-go/postern/internal/pages/admin"

// The pages over people moved to package admin. These are their names for
// handlers that were written before.
type (
	OperatorsPage   = admin.OperatorsPage
	OperatorRow     = admin.OperatorRow
	OperatorNewPage = admin.OperatorNewPage
	RoleChoice      = admin.RoleChoice
)
