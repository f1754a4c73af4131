package settings

import (
	"strings"
	"unicode"
)

// words are what else people call a parameter: the terms of other programs, of
// standards, and of what they fear.
var words = map[string]string{
	"password.min_length":        "password policy rules complexity short long characters minimum NIST requirements",
	"password.min_strength":      "password policy rules complexity weak zxcvbn score guess entropy common breached",
	"password.lower":             "password policy rules complexity lowercase small letters character classes lower",
	"password.upper":             "password policy rules complexity uppercase capital letters character classes caps upper",
	"password.digit":             "password policy rules complexity numbers in numeric character classes digits figures",
	"password.symbol":            "password policy rules complexity special characters punctuation character classes symbols",
	"password.max_age":           "password policy expiry expiration expire rotation rotate change every days expires expired age",
	"password.history":           "password policy reuse previous old repeat remember history",
	"password.temporary":         "password policy one-time initial generated hand over",
	"password.temporary_life":    "password policy one-time initial expiry expiration timeout",
	"reset.life":                 "forgot password recovery link expiry expiration timeout ttl token forgotten expires",
	"reset.per_account":          "forgot password rate limit throttle flood spam mail forgotten limits limiting throttling per hour",
	"reset.gap":                  "forgot password rate limit throttle cooldown interval flood spam mail forgotten limits limiting throttling",
	"reset.per_address":          "forgot password rate limit throttle flood ip forgotten limits limiting throttling requests per hour addresses",
	"signin.failures":            "login lockout locked brute force attempts rate limit throttle failed retries lockouts account logins bruteforce max limits limiting throttling",
	"signin.wait":                "login lockout locked brute force delay backoff cooldown rate limit throttle lockouts logins bruteforce limits limiting throttling",
	"signin.disable_after":       "login lockout locked brute force max attempts disable account credential stuffing lockouts logins bruteforce",
	"signin.codes":               "login lockout locked brute force otp totp 2fa mfa attempts rate limit throttle lockouts logins bruteforce limits limiting throttling",
	"signin.disable_codes_after": "login lockout locked brute force otp totp 2fa mfa max attempts lockouts logins bruteforce",
	"signin.per_address":         "login brute force rate limit throttle ip ban block fail2ban logins failed bruteforce limits limiting throttling addresses",
	"signin.names_per_address":   "login brute force rate limit throttle ip usernames accounts enumeration password spraying logins failed bruteforce limits limiting throttling addresses",
	"signin.networks":            "login ip address whitelist allowlist allow list restrict vpn firewall cidr range office block addresses restriction restrictions",
	"two_factor.who":             "2fa mfa otp totp authenticator enforce mandatory required second factor multi-factor two-step verification twofactor",
	"two_factor.from":            "2fa mfa otp totp deadline date grace period enforce mandatory second factor twofactor",
	"two_factor.strict":          "2fa mfa otp totp clock drift skew tolerance window second factor twofactor",
	"session.idle":               "timeout inactivity inactive automatic logout log out sign out auto lock expiry timeouts logoff off",
	"session.absolute":           "timeout lifetime maximum remember me logout log out sign out expiry duration ttl timeouts logoff off length stay signed in",
	"session.per_operator":       "concurrent simultaneous devices parallel logins limit maximum number of max",
	"session.proof":              "step-up sudo mode reauthentication re-authenticate confirm password again re authentication reauth",
	"forms.human_pace":           "bot robot automation captcha rate limit throttle speed csrf bots robots scripts limits limiting throttling",
	"invite.life":                "invite link expiry expiration timeout ttl onboarding welcome new operator expires invites",
	"signin.paused":              "login disable downtime read-only lock freeze stop pause emergency maintenance mode",
	"signin.paused_text":         "login downtime message banner announcement",
	"audit.keep":                 "retention history delete purge logs GDPR privacy days period data deleting",
	"audit.requests":             "access log logging reads views verbose trace",
	"office.name":                "brand title site name rename issuer logo company organisation organization community",
	"office.contact":             "help support email address contact imprint who to ask",
	"office.accent":              "brand theme color logo design style primary appearance colors colours dark mode",
	"office.language":            "locale translation translate i18n l10n localization localisation languages English",
}

// Haystack is where [Matches] looks for a parameter.
func (d Definition) Haystack() string {
	return Searchable(d.Name + " " + d.Section + " " + d.Label + " " + d.Words)
}

// Searchable returns the words of a text in lower case, between single spaces. Pages
// remove accents and apostrophes first, and their script does all of it.
func Searchable(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), " ")
}

// Matches reports whether all words of a query are in a text that [Searchable]
// returned, at the beginning of a word of it.
func Matches(query, haystack string) bool {
	for word := range strings.FieldsSeq(Searchable(query)) {
		if !strings.Contains(" "+haystack, " "+word) {
			return false
		}
	}
	return true
}
