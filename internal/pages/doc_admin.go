// Package admin is what people see who run an office: operators, members,
// roles, parameters, mail and audit. Like package pages, whose layout and
// templates it shares, it holds what pages show and no services;
// internal/web/admin fills and answers them.
//
// Paths are below the alias; every form that posts carries csrf too. A form
// that was refused shows its page again, with what was typed.
//
//	path                                method  fields
//	/operators                          GET     q state role two_factor origin sort after at id
//	/operators/new                      GET POST email name role*
//	/operators/{id}                     GET
//	/operators/{id}/name                GET POST name version
//	/operators/{id}/roles               GET POST primary role* version; then confirm=yes
//	/operators/{id}/invitation          GET POST action=resend|link|cancel
//	/operators/{id}/unlock              POST
//	/operators/{id}/sessions            GET POST end={session}|all
//	/operators/{id}/reset-mail          POST
//	/operators/{id}/link                GET POST (the answer shows the link, once)
//	/operators/{id}/temporary-password  GET POST (the answer shows it, once)
//	/operators/{id}/two-factor          GET POST reason
//	/operators/{id}/disable             GET POST reason
//	/operators/{id}/enable              GET POST
//	/operators/{id}/delete              GET POST reason
//	/members                            GET     q access after at id
//	/members/{id}                       GET POST action=grant|change primary role* version; then confirm=yes
//	/members/{id}/revoke                GET POST reason
//	/roles                              GET
//	/roles/new                          GET POST name description two_factor=on permission*
//	/roles/{id}                         GET POST name description two_factor=on permission* version; then confirm=yes
//	/roles/{id}/delete                  GET POST to version
//	/parameters                         GET POST revision, one field per parameter (and {name}.unit); restore={name}; then confirm=yes
//	/parameters/address                 GET POST action=generate|choose alias revision; then confirm=yes; action=confirm
//	/mail                               GET     state kind operator after id
//	/mail/{id}                          GET POST action=resend
//	/mail/test                          GET POST
//	/audit                              GET     area event outcome actor address target from until before newer
//	/audit/{seq}                        GET
//	/audit/export                       POST    format=csv|jsonl and the filters of /audit
//	/audit/verify                       GET POST
//	/audit/events                       GET
//
// A star marks fields that may come several times. Switches send "on" and,
// when off, nothing: a form of parameters always holds all of them. Times in
// filters are as <input type="datetime-local"> sends them, and UTC.
//
// Where it says "then confirm=yes", the first POST changes nothing and shows
// the difference; its form posts the same fields again with that one.
package pages
