package totp_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/totp"
)

// Enrolment: create a secret, show it, and wait for the first code.
func Example() {
	secret, err := totp.NewSecret(totp.SHA1)
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := totp.NewKey("ACME Co", "ada@example.org", secret, totp.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	picture, err := key.PNG(256)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(picture) > 0, len(secret.Grouped()), key.Secret)

	// The app has scanned the QR code and shows a code, which the person types.
	now := time.Now()
	typed, _ := totp.Code(secret, now, totp.Options{})
	step, err := totp.Verify(secret, typed, now, totp.Options{})
	fmt.Println(step == totp.Step(now), err)
	// Output:
	// true 39 [redacted]
	// true <nil>
}

// Single use: the caller stores the step of the last accepted code, in the same
// atomic write that grants access.
func ExampleVerify() {
	secret, _ := totp.ParseSecret("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
	now := time.Unix(1111111109, 0)

	var lastStep int64
	signIn := func(code string) string {
		step, err := totp.Verify(secret, code, now, totp.Options{})
		switch {
		case errors.Is(err, totp.ErrMalformed):
			return "type the six digits of your app"
		case err != nil:
			return "refused"
		case step <= lastStep:
			return "used before: wait for the next code"
		}
		lastStep = step
		return "welcome"
	}
	fmt.Println(signIn("12345"))
	fmt.Println(signIn("123456"))
	fmt.Println(signIn("081 804"))
	fmt.Println(signIn("081804"))
	// Output:
	// type the six digits of your app
	// refused
	// welcome
	// used before: wait for the next code
}

func ExampleKey_URI() {
	secret, _ := totp.SecretFromBytes([]byte("12345678901234567890"))
	key, _ := totp.NewKey("ACME Co", "ada@example.org", secret, totp.Options{})
	fmt.Println(key.URI())
	fmt.Println(key)
	// Output:
	// otpauth://totp/ACME%20Co:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30
	// {ACME Co ada@example.org [redacted] {SHA1 6 false}}
}

// During enrolment, a refused code can show that the phone's clock is wrong. The
// answer is only for that sentence: it admits no one.
func ExampleDrift() {
	secret, _ := totp.SecretFromBytes([]byte("12345678901234567890"))
	now := time.Unix(1111111109, 0)
	typed, _ := totp.Code(secret, now.Add(-4*time.Minute), totp.Options{})

	if _, err := totp.Verify(secret, typed, now, totp.Options{}); errors.Is(err, totp.ErrMismatch) {
		if steps, ok := totp.Drift(secret, typed, now, totp.Options{}); ok {
			fmt.Println("clock of the phone is off by", time.Duration(steps)*totp.Period)
		}
	}
	// Output: clock of the phone is off by -4m0s
}
