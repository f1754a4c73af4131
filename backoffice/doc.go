// Package backoffice gives a community app an office: an admin area behind a
// secret address that can be changed, complete with sign-in, two-factor
// authentication, password reset, operators, roles and audit.
//
// The shortest correct use wraps the community and starts the periodic work:
//
//	office, err := backoffice.New(ctx, backoffice.Config{
//		Origin: "https://community.example",
//		Secret: secret, // 32 random bytes, kept outside the database
//		Store:  st,     // sqlstore over your *sql.DB, or memstore in tests
//		Mail:   sender, // mail.NewSMTP, or mail.NewOutbox while developing
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	go office.Run(ctx)
//	log.Fatal(http.ListenAndServe(":8080", office.Wrap(community)))
//
// Print [Office.SetupURL] at start: whoever opens it first becomes the
// super-administrator.
//
// # Your own pages
//
// Config.Admin is your handler for everything under the address that is not
// the library's. It sees paths without the alias and is reached only by
// operators who are signed in, with two-factor authentication where it is
// required. Guard each page with what it needs:
//
//	admin := http.NewServeMux() // given as Config.Admin
//	admin.Handle("GET /analytics", office.Require("analytics.view")(analytics))
//
// Inside, [OperatorFrom] says who asks, [URL] gives addresses that carry the
// alias, [Office.Render] puts a page of yours into the office's layout. Forms
// post the hidden field "csrf" with [FormToken]; the partial "csrf" does so.
//
// # From your own code
//
// What the office's pages do can be done from code, too. In a handler of
// Config.Admin an [Office] acts as whoever is signed in, elsewhere
// [Office.CommandLine] acts as nobody in particular; both have the same
// [Services]:
//
//	err := office.Disable(r.Context(), "ada@community.example", "left the team")
//
// Config.OnEvent hears of each audit row, [Services.Events] reads all of them in
// order. Config.Decide refuses sign-ins and requests by a rule of yours.
//
// # What it does not do
//
// It does not own your server, your router or your users: members of the
// community stay in your database and are asked for through [Members]. It does
// not sign members in. It sends nothing to anybody but the store and the mail
// server you give it.
package backoffice
