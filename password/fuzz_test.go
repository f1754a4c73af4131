package password_test

import (
	"errors"
	"testing"

	"github.com/postern-go/postern/password"
)

// FuzzEncoded states that an argon2id hash has one spelling, and that anything else is refused with one error.
func FuzzEncoded(f *testing.F) {
	for _, seed := range []string{
		"", "$", "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$aq42HBL+IPAitHspChw/8mx5JRX2jFDkTmlsBskwH/0",
		"$argon2id-hmac-sha256$v=19$m=64,t=1,p=1,keyid=k1.k2$MDEyMzQ1Njc4OWFiY2RlZg$aq42HBL+IPAitHspChw/8mx5JRX2jFDkTmlsBskwH/0",
		"$argon2id$v=19$m=064,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$aq42HBL+IPAitHspChw/8mx5JRX2jFDkTmlsBskwH/1",
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"$scrypt$ln=10,r=8,p=1$y5lTCuG8d05JCaE0BoAwxg$5OYRMy9CjBN74dM+697CdwYLZjetU/I4vr+cvtK2WVU",
		"scrypt$1024$salt$8$5$XgV/Eu9iPscyQ3YV+cQDwdiNBIU7vIlsOt/6ebUgPE4=",
		"$pbkdf2-sha256$i=1,l=32$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o",
		"pbkdf2_sha256$2000$saltsalt$XgV/Eu9iPscyQ3YV+cQDwdiNBIU7vIlsOt/6ebUgPE4=",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		again, err := password.CanonicalArgon(encoded)
		if err == nil && again != encoded {
			t.Fatalf("%q is also written %q", encoded, again)
		}
		if err != nil && !errors.Is(err, password.ErrMalformed) {
			t.Fatalf("argon2id: %v", err)
		}
		if err := password.ParseImported(encoded); err != nil && !errors.Is(err, password.ErrMalformed) {
			t.Fatalf("imported: %v", err)
		}
	})
}
