// Package backoffice gives a community app an office: an admin area behind a
// secret alias that can be changed, complete with sign-in, two-factor
// authentication, password reset, operators, roles and an audit log.
//
// The shortest correct use wraps the community and starts the periodic work:
//
//	office, err := backoffice.New(ctx, backoffice.Config{
//		Origin: "https://community.example",
//		Secret: secret, // from ParseSecret, kept outside the database
//		Store:  st,     // from sqlstore.Open, or memstore in tests
//		Mail:   sender, // mail.NewSMTP, or a mail.Outbox during development
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	go office.Run(ctx)
//	log.Fatal(http.ListenAndServe(":8080", office.Wrap(community)))
//
// The first person to open the setup link becomes the super-administrator. The command
// "setup" prints it (see [ParseCommand]), and so does Run on Config.Console.
//
// # Your own pages
//
// Config.Handler is your handler for pages inside the office. It sees paths without
// the alias. Config.Menu and Config.Guards say who may open which of them, with
// two-factor authentication where that is required; no one can open any other:
//
//	Handler: mux, // with a page at "GET /analytics"
//	Menu: []backoffice.MenuItem{
//		{Label: "Analytics", Path: "/analytics", Permission: "analytics.view"},
//	},
//
// [Office.Require] asks for more, at a single route. In a handler, [OperatorFrom] returns
// the signed-in operator, [URL] returns URLs with the alias, and [Office.Render] puts a
// page of yours into the office's layout. Forms post [FormToken] as the hidden field
// "csrf", which the partial "csrf" writes.
//
// Config.Parts mounts pages as a whole: package resource makes those of a table of yours.
// Package parts has what pages are made of, and package officetest makes an office for
// your tests.
//
// # From your own code
//
// Your code can do what the office's pages do. In a handler under Config.Handler
// an [Office] acts as the signed-in operator, elsewhere [Office.CommandLine] acts
// as no operator at all; both have the same [Services]:
//
//	err := office.Disable(r.Context(), "ada@community.example", "left the team")
//
// [Services.Record] and [Services.Audited] write audit entries of yours, and [Office.As]
// names the job that acts. Config.OnEvent is called with each audit entry, and
// [Services.Events] returns all of them in order. Config.Decide refuses sign-ins and
// requests by a rule of yours.
//
// # What it does not do
//
// It does not own your server, your router or your users: members of the
// community stay in your database, and the office asks for them through
// [Members]. It does not sign members in. It contacts only the store and the mail
// server that you give it.
package backoffice
