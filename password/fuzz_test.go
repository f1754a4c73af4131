package password_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/postern-go/postern/password"
)

// FuzzEncoded states that an argon2id hash has one spelling, and that anything else is refused with the same error.
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

// FuzzCheck states what holds for every input: no panic, the same answer twice, each reason once and in the order of
// the requirements, and nothing too short, too long or not text is ever accepted.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"", "baseball", "violet harbour nine kettles", "P@$$w0rd2026!!", "4@8({[<36910!|7$5+%2", "r|vers|de",
		"İİİİİİİİİİİİİİİ", "e\u0301e\u0301e\u0301", "🐎🔋📎🌵🧭🎻🧊🪴", "\xff\xfe", "\x00\x01\x02", "12/31/2019", strings.Repeat("qwer1", 60)} {
		f.Add(seed, "riverside", 15)
	}
	policy := password.Policy{Classes: password.Classes{Lower: true, Upper: true, Digit: true, Symbol: true}, History: 1}
	f.Fuzz(func(t *testing.T, pw, word string, length int) {
		policy.MinLength = length
		order := map[string]int{password.CodeNotText: 0}
		for i, r := range policy.Requirements() {
			order[r.Code] = i + 1
		}
		context := password.ContextWords(password.Context{Name: word})
		got := policy.Check(pw, context)
		if !slices.Equal(got, policy.Check(pw, context)) {
			t.Fatalf("%q is judged in two ways", pw)
		}
		last := -1
		for _, r := range got {
			at, listed := order[r.Code]
			if !listed || at <= last || r.Text == "" {
				t.Fatalf("%q: reason %+v is unlisted, repeated or out of order", pw, r)
			}
			last = at
		}
		n := utf8.RuneCountInString(pw)
		if len(got) == 0 && (n < 8 || n > password.MaxLength || len(pw) > password.MaxBytes || !utf8.ValidString(pw)) {
			t.Fatalf("%q is accepted", pw)
		}
		if s := password.Strength(pw, context); s < 0 || s > password.MaxStrength {
			t.Fatalf("%q has strength %d", pw, s)
		}
	})
}
