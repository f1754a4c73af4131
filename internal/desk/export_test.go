package desk

// ReadCode is readCode.
var ReadCode = readCode

// SubjectOf is the key of an account at the identity provider, for tests.
func SubjectOf(issuer, subject string) string { return subjectOf(issuer, subject) }

// ReadAnswer is readAnswer.
func ReadAnswer(text string) (id, handle, challenge []byte, err error) {
	a, err := readAnswer(text)
	return a.id, a.handle, a.challenge, err
}

// ChallengeLife is challengeLife.
const ChallengeLife = challengeLife
