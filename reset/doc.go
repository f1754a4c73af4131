// Package reset makes single-use links and holds their limits: password reset,
// invitation, first setup, and a community's own password reset for its
// members.
//
// For a community the whole job is two calls. One when somebody asks:
//
//	link, ok, err := links.Request(ctx, reset.RequestForm{
//		Identifier: typed,      // what was typed into the form
//		Subject:    member.ID,  // "" when nobody was found
//		Address:    clientIP,
//	})
//	// err: too many from this address, or "not now"
//	// ok:  mail link.URL("https://example.org/reset"), after answering
//	// Answer the same sentence whether ok or not.
//
// And one when the form behind the link is posted, after the new password has
// passed every check that it can fail:
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
//   - A token is 32 bytes of the random source, base64url, 43 characters. The
//     store sees its SHA-256 digest only (ASVS 7.2.3, 11.5.1).
//   - A link works once. Of any number of redeemers at the same time, on any
//     number of replicas, one wins (ASVS 2.3.4).
//   - A newer link kills the older one of the same subject and purpose; a link
//     of one purpose is nothing under another (ASVS 6.6.2).
//   - A link is dead from the very instant at which its life is over.
//   - Looking does not spend: [Links.Find] changes nothing, so mail scanners
//     that open links do no harm.
//   - The answer, and the work of the store, are the same for accounts that
//     exist and for those that do not. The limit per account is silent; the
//     limit per address is not, because it says nothing about any account.
//   - The token travels in the fragment of the address, which browsers send to
//     no server and put in no Referer (ASVS 14.2.1). [Link.URL] makes no other
//     kind of address.
//   - A [Link] printed, logged or marshalled by mistake shows "[redacted]". No
//     error holds a token, an account or an address.
//   - Counter keys hold keyed hashes, so that a copy of the store does not say
//     who asked, or from where.
//   - With a company sign-in ([Config].SSO) the links are off: every call that
//     could make, find or spend one is refused.
//   - When the store or the random source fails there is no link, and no
//     change.
//
// # Limits
//
// Every request counts, known account or not, under three counters:
//
//	counter       key                          lets pass            parameter
//	per address   IPv4 address, or IPv6 /64    30 in an hour        Policy.PerAddress
//	gap           account                      1 in a minute        Policy.Gap
//	per account   account                      5 in an hour         Policy.PerAccount
//
// Counting starts with the first request that passes and starts anew when the
// time is over; requests that do not pass do not prolong it, so nobody can shut
// somebody else out for longer than an hour. What a stranger can do is to have
// five mails an hour sent to a person, each of which kills the link before it.
//
// # Life
//
// A link lives for 30 minutes by default, and may be set to live from 5 minutes
// to 24 hours, which is the most that NIST SP 800-63B-4 section 4.2.1.2 allows
// for codes sent by e-mail. ASVS 6.5.5 would have 10 minutes; the default departs from
// that because greylisting alone can hold a mail for that long. Invitations live
// from 1 hour to 30 days.
//
// # What it leaves to the caller
//
// Pages that show the form for a link set Referrer-Policy: no-referrer and
// Cache-Control: no-store, and take the token from a POST body only. A link
// proves control of a mailbox and nothing else: it must not sign anybody in, and
// where a second factor is enrolled the form asks for it too (ASVS 6.4.3).
// Mails are sent after the answer, or from a queue, so that the mail server's
// pace does not tell known from unknown. Rows past their time are deleted by the
// store's Purge.
//
// All methods may be called concurrently. The package starts no goroutine and
// logs nothing.
package reset
