package mail

import (
	"net/textproto"
	"regexp"
	"strings"
)

// refusesMessage distinguishes a refusal of this message (RFC 5321 section 4.2.1) from one
// that concerns the client, or will pass. Before MAIL FROM, and with the codes of RFC 4954
// section 6, it concerns the account or the connection, which can be fixed.
func refusesMessage(step string, answer *textproto.Error) bool {
	switch step {
	case stepSender, stepRecipient, stepContent:
	default:
		return false
	}
	switch answer.Code {
	case 530, 534, 535, 538:
		return false
	}
	return answer.Code >= 500 && answer.Code <= 599 && !passes(step, answer)
}

// enhanced matches the enhanced status code (RFC 3463) at the beginning of an answer.
var enhanced = regexp.MustCompile(`^#?([45])\.(\d{1,3}\.\d{1,3})\b`)

// passing are refusals with a 5xx code for reasons that pass on their own, or that someone
// fixes in the sender's account: subject and detail of the enhanced code, and where other
// refusals have the same code, words of the answer in lower case.
var passing = []struct{ status, words string }{
	// For temporary conditions only, or to be used so, according to RFC 3463:
	// section 3.3 for full mailboxes, 3.4 for full mail systems, 3.5 for hosts that do not
	// answer, bad connections, failing directories, congestion and expired times.
	{"2.2", ""}, {"3.1", ""}, {"4.1", ""}, {"4.2", ""}, {"4.3", ""}, {"4.5", ""}, {"4.7", ""},
	// Gmail: the daily limit is 5.4.5, which is in the list above. "Gmail SMTP errors and
	// codes", https://support.google.com/a/answer/3726730
	{"7.1", "quota exceeded"}, {"7.1", "limit exceeded"}, {"2.1", "receiving mail at a rate"},
	// Exchange Online: the recipient's limits of an hour, the tenant's of a day, and a
	// tenant that was blocked until its administrator acts. "Email non-delivery reports and
	// SMTP errors in Exchange Online", https://learn.microsoft.com/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online
	{"2.121", ""}, {"2.122", ""}, {"7.232", ""}, {"7.233", ""}, {"7.705", ""},
}

// passes reports whether a refusal with a 5xx code is temporary in truth.
func passes(step string, answer *textproto.Error) bool {
	found := enhanced.FindStringSubmatch(answer.Msg)
	if found == nil {
		// RFC 5321 section 4.5.3.1.10: 552 for a recipient is to be treated as 452.
		return answer.Code == 552 && step == stepRecipient
	}
	if found[1] == "4" {
		return true // the more exact of two codes that contradict each other
	}
	said := strings.ToLower(answer.Msg)
	for _, p := range passing {
		if found[2] == p.status && strings.Contains(said, p.words) {
			return true
		}
	}
	return false
}
