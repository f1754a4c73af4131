package desk_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// runOthers is what an operator does to others, each once.
func runOthers(t *testing.T, o *office, s secrets, a desk.Actor) {
	done := func(err error) { t.Helper(); require.NoError(t, err) }
	role, err := o.CreateRole(ctx, a, home, desk.RoleForm{Name: "Readers", Permissions: []string{"analytics.view"}})
	done(err)
	done(o.UpdateRole(ctx, a, home, role, desk.RoleForm{Version: 1, Name: "Deleters", Permissions: []string{"posts.delete"}}))

	cy, token := o.Invited("cy@example.org", "Cy", role)
	s.add("link", token)
	url, err := o.ResendInvitation(ctx, a, home, cy.ID)
	done(err)
	_, token, _ = strings.Cut(url, "#")
	s.add("link", token)
	done(o.Welcome(ctx, home, form(token, "")))
	cy = o.Find(cy.ID)
	done(o.ChangeRoles(ctx, a, home, cy.ID, desk.RolesForm{Version: cy.Version, Primary: desk.RoleModerator, Roles: []string{role}}))
	done(o.RenameOperator(ctx, a, home, cy.ID, o.Find(cy.ID).Version, "Cyrus"))
	done(o.ChangeEmail(ctx, a, home, cy.ID, o.Find(cy.ID).Version, "cyrus@example.org"))
	cy = o.Find(cy.ID)
	done(o.DeleteRole(ctx, a, home, role, 2, ""))

	_, err = o.VerifyAudit(ctx, a, home, "")
	done(err)
	o.deliver() // what was waiting
	done(o.SendReset(ctx, a, home, cy.ID))
	s.add("link", o.LinkIn(o.Letter(cy.Email), "reset"))
	url, _, err = o.PasswordLink(ctx, a, home, cy.ID)
	done(err)
	_, token, _ = strings.Cut(url, "#")
	s.add("link", token)
	_, p, err := o.Parameters(ctx, a)
	done(err)
	_, err = o.SaveParameters(ctx, a, home, desk.ParametersForm{Revision: p.Stored.Revision, Values: map[string]string{"password.temporary": "on"}})
	done(err)
	done(o.RequireNewPassword(ctx, a, home, cy.ID, "on a note"))
	plain, _, err := o.TemporaryPassword(ctx, a, home, cy.ID)
	done(err)
	s.add("password", plain)
	done(o.EndSessions(ctx, a, home, cy.ID, "all"))
	done(o.Disable(ctx, a, home, cy.ID, "left"))
	done(o.Enable(ctx, a, home, cy.ID))
	done(o.Delete(ctx, a, home, cy.ID, "left"))
	dee, token := o.Invited("dee@example.org", "Dee", desk.RoleModerator)
	s.add("link", token)
	done(o.CancelInvitation(ctx, a, home, dee.ID))

	o.Sent.Refuse(&mail.DeliveryError{Permanent: true, Reply: "550 5.1.1 No such user"})
	done(o.TestMail(ctx, a, home))
	o.deliver()
	o.Sent.Refuse(nil)
	failed, err := o.Mails(ctx, a, store.MailQuery{State: store.MailFailed, Kind: "test-message"})
	done(err)
	done(o.ResendMail(ctx, a, home, failed.Rows[0].ID))
	done(o.ExportAudit(ctx, a, home, store.EventQuery{Area: "signin"}, "", func(store.Event) error { return nil }))
}
