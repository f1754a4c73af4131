package password_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

const phrase = "correct horse battery staple"

func TestVerifyAgreesWithOtherPrograms(t *testing.T) {
	h := newHasher(t, password.Config{})
	for _, tc := range []struct{ name, password, encoded string }{
		{"argon2id, test.c of the reference implementation, 64 MiB", "password",
			"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
		{"argon2id, test.c of the reference implementation, 256 KiB", "password",
			"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
		{"argon2id, test.c of the reference implementation, two lanes", "password",
			"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"},
		{"argon2id as Django stores it, 16 bytes of output", phrase,
			"argon2$argon2id$v=19$m=1024,t=2,p=2$c29tZXNhbHRzYWx0MTIzNA$zo9Fa3VQMh7eC8NgM7e4bA"},

		{"bcrypt, Openwall vector", "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
		{"bcrypt, Openwall vector of four bytes", "U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"},
		{"bcrypt, Openwall vector with another salt", "U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"},
		{"bcrypt 2a from passlib", phrase, "$2a$05$FCQkD2RqwoP22xa5sYcy6Oj/0RdEDcwygc1l9Miv.kWsmIw9x6COa"},
		{"bcrypt 2b from passlib", phrase, "$2b$05$V/X7Vip2tUeaZIdbK.OIt.STO2oB7xWGvK5XpPEDF9gajF/mvVJUG"},
		{"bcrypt 2y from passlib", phrase, "$2y$05$Cm.z0cb9i4yLh1RxKakNfubxxXz7Aq17TVoxkdk/2jtPW7ZVggsbu"},
		{"bcrypt of exactly 72 bytes", strings.Repeat("a", 72), "$2b$04$g9u16b.s5F9mPT1olv.Ba.eIQQ7CRNDqCEPqdoaJsOvu38EHfKK5u"},
		{"bcrypt as Django stores it", phrase, "bcrypt$$2b$05$PnsftQ8MAOEwKQKh4cy07.qJu/dqEGmY7.kWajvz5SJCCLhRm677a"},
		{"bcrypt_sha256 from Django", phrase, "bcrypt_sha256$$2b$05$2i36DyvX/05XkIFclQ4qw.iskQkiUFxopqIL1/mc3cJvyDD6GcbNC"},
		{"bcrypt_sha256 from Django, where 72 bytes are no limit", strings.Repeat("x", 100),
			"bcrypt_sha256$$2b$05$qBZ5x6EeQyHiQWn4mxcCCOFIEBTAM67hA0gXBCHcN/gBUFyD3bYwa"},

		{"scrypt, RFC 7914 section 12", "pleaseletmein",
			"$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw"},
		{"scrypt from passlib", phrase, "$scrypt$ln=10,r=8,p=1$y5lTCuG8d05JCaE0BoAwxg$5OYRMy9CjBN74dM+697CdwYLZjetU/I4vr+cvtK2WVU"},
		{"scrypt from Django", phrase,
			"scrypt$1024$seaSalt123$8$5$uQo464t6Tr6SUtkcayQL23fOTnGogqFHrwgGmXrbqFD/w2eIww+suCdhsAR99EDO6mZWunRYqaAUEmlfmpVF4g=="},

		{"PBKDF2-SHA-256, RFC 7914 section 11, one pass", "passwd",
			"$pbkdf2-sha256$i=1,l=64$c2FsdA$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw"},
		{"PBKDF2-SHA-256, RFC 7914 section 11, 80000 passes", "Password",
			"$pbkdf2-sha256$i=80000,l=64$TmFDbA$TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ"},
		{"PBKDF2-SHA-256 with the input of RFC 6070, one pass", "password", "$pbkdf2-sha256$1$c2FsdA$Eg+2z/z4syxD5yJSVsT4N6hlSMkszDVICAWYfLcL4Xs"},
		{"PBKDF2-SHA-256 with the input of RFC 6070, 4096 passes", "password", "$pbkdf2-sha256$4096$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o"},
		{"PBKDF2-SHA-256 from passlib", phrase, "$pbkdf2-sha256$2000$xJhTCuH8/7.XknKOUepdiw$yXAbOjJX9LhA.v0OfKewrogbEbQcd5g54AtLKqeitko"},
		{"PBKDF2-SHA-512 from passlib", phrase,
			"$pbkdf2-sha512$2000$V.r9fy/lXCslJOSc8x5DiA$ldTouafWHqG0sFYsfpFdUpwV3fRyuBaF1dUIN4v9ulf.BcwKPKs2rY.7QHxJYr9/w.hMfFLQnyrUBv6Z7BXYVg"},
		{"PBKDF2-SHA-256 from Django", phrase, "pbkdf2_sha256$2000$saltsalt$XgV/Eu9iPscyQ3YV+cQDwdiNBIU7vIlsOt/6ebUgPE4="},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := h.Runs()
			r, err := h.Verify(t.Context(), tc.password, tc.encoded)
			require.NoError(t, err)
			require.Equal(t, password.Result{Match: true, Outdated: true}, r)

			r, err = h.Verify(t.Context(), tc.password+"x", tc.encoded)
			require.NoError(t, err)
			require.Equal(t, password.Result{}, r)
			require.EqualValues(t, 2, h.Runs()-before)
		})
	}
}

func TestVerifyComputesOneSlowHashWhateverItIsGiven(t *testing.T) {
	h := newHasher(t, password.Config{})
	current, err := h.Hash(t.Context(), phrase)
	require.NoError(t, err)
	cheaper := "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, tc := range []struct {
		name, password, encoded string
		match, malformed        bool
	}{
		{"the right password", phrase, current, true, false},
		{"a wrong password", "wrong horse battery staple", current, false, false},
		{"an account that does not exist", phrase, "", false, false},
		{"an empty password", "", current, false, false},
		{"an empty password for no account", "", "", false, false},
		{"a password of 1025 bytes", strings.Repeat("x", 1025), current, false, false},
		{"a wrong password for an older, cheaper hash", "wrong", cheaper, false, false},
		{"a wrong password for an imported hash", "wrong", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", false, false},
		{"73 bytes against bcrypt, which would ignore the last", strings.Repeat("a", 73),
			"$2b$04$g9u16b.s5F9mPT1olv.Ba.eIQQ7CRNDqCEPqdoaJsOvu38EHfKK5u", false, false},
		{"a repeated key with a NUL against bcrypt, which would take it", "U*U\x00U*U",
			"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", false, false},
		{"a trailing NUL against PBKDF2, which would take it", phrase + "\x00",
			"pbkdf2_sha256$2000$saltsalt$XgV/Eu9iPscyQ3YV+cQDwdiNBIU7vIlsOt/6ebUgPE4=", false, false},
		{"rubbish", phrase, "rubbish", false, true},
		{"a plain password in the column", phrase, phrase, false, true},
		{"an output cut to 24 bytes, which is another hash", phrase, current[:len(current)-11], false, false},
		{"an output of a length that no bytes have", phrase, current[:len(current)-10], false, true},
		{"MD5 crypt", phrase, "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/", false, true},
		{"argon2i", phrase, strings.Replace(current, "argon2id", "argon2i", 1), false, true},
		{"argon2id without a version", phrase, strings.Replace(current, "$v=19", "", 1), false, true},
		{"argon2id of version 16", phrase, strings.Replace(current, "v=19", "v=16", 1), false, true},
		{"argon2id over 2^30 KiB", phrase, strings.Replace(current, "m=64", "m=1073741824", 1), false, true},
		{"argon2id over 2^64 KiB", phrase, strings.Replace(current, "m=64", "m=18446744073709551616", 1), false, true},
		{"argon2id with 2^32-1 passes", phrase, strings.Replace(current, "t=1", "t=4294967295", 1), false, true},
		{"argon2id with no pass", phrase, strings.Replace(current, "t=1", "t=0", 1), false, true},
		{"argon2id with 255 lanes", phrase, strings.Replace(current, "p=1", "p=255", 1), false, true},
		{"argon2id with too little memory for its lanes", phrase, strings.Replace(current, "m=64", "m=7", 1), false, true},
		{"argon2id with a leading zero", phrase, strings.Replace(current, "m=64", "m=064", 1), false, true},
		{"argon2id with a sign", phrase, strings.Replace(current, "m=64", "m=+64", 1), false, true},
		{"argon2id with a line break inside", phrase, current[:len(current)-1] + "\n" + current[len(current)-1:], false, true},
		{"bcrypt of cost 15", phrase, "$2b$15$V/X7Vip2tUeaZIdbK.OIt.STO2oB7xWGvK5XpPEDF9gajF/mvVJUG", false, true},
		{"bcrypt of cost 31", phrase, "$2b$31$V/X7Vip2tUeaZIdbK.OIt.STO2oB7xWGvK5XpPEDF9gajF/mvVJUG", false, true},
		{"bcrypt 2x, which is broken by design", phrase, "$2x$05$V/X7Vip2tUeaZIdbK.OIt.STO2oB7xWGvK5XpPEDF9gajF/mvVJUG", false, true},
		{"scrypt over 2^30", phrase, "$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$5OYRMy9CjBN74dM+697CdwYLZjetU/I4vr+cvtK2WVU", false, true},
		{"scrypt with factors whose product wraps around", phrase,
			"scrypt$2147483648$salt$2147483647$2147483647$XgV/Eu9iPscyQ3YV+cQDwdiNBIU7vIlsOt/6ebUgPE4=", false, true},
		{"scrypt with a cost that is no power of two", phrase,
			"scrypt$1000$salt$8$1$XgV/Eu9iPscyQ3YV+cQDwdiNBIU7vIlsOt/6ebUgPE4=", false, true},
		{"PBKDF2 with 2^31-1 iterations", phrase, "pbkdf2_sha256$2147483647$salt$XgV/Eu9iPscyQ3YV+cQDwdiNBIU7vIlsOt/6ebUgPE4=", false, true},
		{"PBKDF2 with no iteration", phrase, "pbkdf2_sha256$0$salt$XgV/Eu9iPscyQ3YV+cQDwdiNBIU7vIlsOt/6ebUgPE4=", false, true},
		{"PBKDF2 with SHA-1", phrase, "pbkdf2_sha1$2000$salt$XgV/Eu9iPscyQ3YV+cQDwdiNBIU=", false, true},
		{"PBKDF2 with an output it does not describe", phrase, "$pbkdf2-sha256$i=1,l=16$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o", false, true},
		{"PBKDF2 with an empty output", phrase, "pbkdf2_sha256$2000$salt$", false, true},
		{"a hash under a pepper that is not configured", phrase,
			"$argon2id-hmac-sha256$v=19$m=64,t=1,p=1,keyid=k1$MDEyMzQ1Njc4OWFiY2RlZg$aq42HBL+IPAitHspChw/8mx5JRX2jFDkTmlsBskwH/0", false, true},
		{"a megabyte of encoding", phrase, "$argon2id$" + strings.Repeat("A", 1<<20), false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := h.Runs()
			r, err := h.Verify(t.Context(), tc.password, tc.encoded)
			require.EqualValues(t, 1, h.Runs()-before)
			require.Equal(t, tc.match, r.Match)
			if tc.malformed {
				require.ErrorIs(t, err, password.ErrMalformed)
				require.NotContains(t, err.Error(), phrase)
				require.Less(t, len(err.Error()), 200)
				return
			}
			require.NoError(t, err)
		})
	}
}

func TestAStoredCostOverTheCeilingIsNotAllocated(t *testing.T) {
	h := newHasher(t, password.Config{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := h.Verify(t.Context(), phrase, "$argon2id$v=19$m=1073741824,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	require.ErrorIs(t, err, password.ErrMalformed)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
}

// The work of argon2id is memory times passes, so memory is what shows, without a clock, that it was done.
func TestAnOlderCheaperHashIsToppedUpToTheCurrentWork(t *testing.T) {
	cheapest := newHasher(t, password.Config{})
	encoded, err := cheapest.Hash(t.Context(), phrase)
	require.NoError(t, err)
	h := newHasher(t, password.Config{Params: password.Params{MemoryKiB: 16 << 10, Time: 2, Threads: 1}})
	allocated := func(encoded string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := h.Verify(t.Context(), "wrong", encoded)
		require.NoError(t, err)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	require.InEpsilon(t, allocated(""), allocated(encoded), 0.05)
}

func TestAHashMadeWithOtherSettingsIsOutdated(t *testing.T) {
	old := newHasher(t, password.Config{})
	encoded, err := old.Hash(t.Context(), phrase)
	require.NoError(t, err)
	for _, tc := range []struct {
		name     string
		p        password.Params
		outdated bool
	}{
		{"the same parameters are current", cheap, false},
		{"more memory", password.Params{MemoryKiB: 128, Time: 1, Threads: 1}, true},
		{"more passes", password.Params{MemoryKiB: 64, Time: 2, Threads: 1}, true},
		{"more lanes", password.Params{MemoryKiB: 64, Time: 1, Threads: 2}, true},
		{"a lowered cost, which the owner asked for", password.Params{MemoryKiB: 32, Time: 1, Threads: 1}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := newHasher(t, password.Config{Params: tc.p}).Verify(t.Context(), phrase, encoded)
			require.NoError(t, err)
			require.Equal(t, password.Result{Match: true, Outdated: tc.outdated}, r)
		})
	}
	t.Run("a salt of 8 bytes", func(t *testing.T) {
		h := newHasher(t, password.Config{Params: password.Params{MemoryKiB: 256, Time: 2, Threads: 1}})
		r, err := h.Verify(t.Context(), "password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
		require.NoError(t, err)
		require.Equal(t, password.Result{Match: true, Outdated: true}, r)
	})
}
