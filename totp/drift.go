package totp

import "time"

// DriftSteps is how far [Drift] looks before and after the current step: 65
// minutes, enough for a phone set by hand to a neighbouring time zone, or not
// adjusted for summer time.
const DriftSteps = 130

// Drift returns by how many steps of 30 seconds the clock of the person's phone is
// ahead of now (positive) or behind it (negative), judging by a code that
// [Verify] refused. ok is false if the code belongs to no step near now or cannot
// be a code. If several steps match, it returns the nearest.
//
// Drift is for one sentence on the enrolment page: "The clock of your phone seems
// to be four minutes slow. Set it to automatic." Its answer must never
// admit anyone, or be stored to shift later checks (RFC 6238 section 6).
//
// Use it only during enrolment, when the person sees the secret anyway and learns
// nothing new. At sign-in it would help an attacker: the answer "right digits,
// wrong time" covers 261 steps instead of 3, and a code found to lie ahead can be
// typed once its time has come.
func Drift(s Secret, code string, now time.Time, o Options) (steps int, ok bool) {
	if checkUse(s, now, o) != nil {
		return 0, false
	}
	digits, err := parseCode(code, o)
	if err != nil {
		return 0, false
	}
	current := Step(now)
	for distance := range DriftSteps + 1 {
		for _, steps := range [...]int{-distance, distance} {
			step := current + int64(steps)
			if step < 0 {
				continue
			}
			if want, err := codeAt(s, step, o); err == nil && want == digits {
				return steps, true
			}
		}
	}
	return 0, false
}
