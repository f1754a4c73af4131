package desk

// ReadCode is readCode.
var ReadCode = readCode

// ReadAnswer is readAnswer.
func ReadAnswer(text string) (id, handle, challenge []byte, err error) {
	a, err := readAnswer(text)
	return a.id, a.handle, a.challenge, err
}

// ChallengeLife is challengeLife.
const ChallengeLife = challengeLife
