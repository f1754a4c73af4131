// Package reset creates single-use links and enforces their limits: for password
// reset, invitation and first setup, and for a community's own password reset
// for its members.
//
// A community needs two calls. One when someone asks for a link:
//
//	link, ok, err := links.Request(ctx, reset.RequestForm{
//		Identifier: typed,      // what was typed into the form
//		Subject:    member.ID,  // "" if no one was found
//		IP:         clientIP,
//	})
//	// err: too many from this IP address, or a failure
//	// ok:  email link.URL("https://example.org/reset"), after answering
//	// Show the same sentence whether ok or not.
//
// And one when the form behind the link is posted, after the new password has
// passed every check:
//
//	err := links.Redeem(ctx, posted, func(ctx context.Context, memberID string) error {
//		return members.SetPassword(ctx, memberID, hash) // and end their sessions
//	})
//	// errors.Is(err, reset.ErrLink): one page for unknown, used and expired
//
// A caller that commits other writes together with the token uses the parts
// instead: [Links.Allow], [Links.Make], [Links.Find], [Links.Spend] and
// [LinkError].
//
// # What it promises
//
//   - A token is 32 random bytes, base64url, 43 characters; one that is made to be
//     read aloud has 16 ([Links.MakeCode]). The store sees only its SHA-256 digest
//     (ASVS 7.2.3, 11.5.1).
//   - A link works once. Of any number of concurrent redeemers, on any number of
//     replicas, one wins (ASVS 2.3.4).
//   - A newer link revokes the older one of the same subject and purpose, unless it
//     was only asked for and the older one created by someone else; a link of one
//     purpose does not work under another (ASVS 6.6.2).
//   - A link stops working at the very instant its life ends.
//   - Looking does not spend: [Links.Find] changes nothing, so mail scanners
//     that open links do no harm.
//   - The answer, and the work of the store, are the same whether or not an
//     account exists. The limit per account is silent; the limit per IP address
//     is not, because it reveals nothing about any account.
//   - The token travels in the URL's fragment, which browsers send neither to a
//     server nor in a Referer (ASVS 14.2.1). [Link.URL] returns no other kind.
//   - What people paste works as mail programs and filters leave it, if it has one
//     token for certain; see [ParseToken].
//   - A [Link] that is printed, logged or marshalled by mistake shows
//     "[redacted]". No error contains a token, an account or an IP address.
//   - Counter keys are keyed hashes, so a copy of the store does not reveal who
//     asked, or from where.
//   - With a company sign-in ([Config].SSO) the links are off: every call that
//     could create, find or spend one is refused.
//   - If the store fails, there is no link and no change.
//
// # Limits
//
// Every request, for a known account or not, counts under three counters:
//
//	counter          key                          allows                       parameter
//	per IP address   IPv4 address, or IPv6 /64    30 at once, 1 each 2 minutes   Policy.PerIP
//	gap              account                      1 in a minute                Policy.Gap
//	per account      account                      5 at once, 1 each 12 minutes   Policy.PerAccount
//
// They refill evenly, and the last two never take longer than a link works: no matter
// how often strangers ask, there is always a link that works, or the next one can be
// requested. A link that the subject asked for revokes only such links, never one
// that someone else created for them.
//
// # Life
//
// A link works for 30 minutes by default. The range is 5 minutes to 24 hours,
// the most that NIST SP 800-63B-4 section 4.2.1.2 allows for codes sent by
// email. ASVS 6.5.5 asks for 10 minutes; the default departs from that because
// greylisting alone can delay an email for that long. Invitations work for
// 1 hour to 30 days.
//
// # What it leaves to the caller
//
// Pages that show the form for a link set Referrer-Policy: no-referrer and
// Cache-Control: no-store, and take the token from a POST body only. A link
// proves only control of a mailbox: it must not sign anyone in, and if the
// account has a second factor, the form must ask for it too (ASVS 6.4.3). Send
// emails after the answer, or from a queue, so that the mail server's speed does
// not reveal which accounts exist. The store's Purge deletes expired rows.
//
// All methods may be called concurrently. The package starts no goroutine and
// logs nothing.
package reset
