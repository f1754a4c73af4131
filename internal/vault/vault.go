// Package vault has the office's own cryptography: keys derived from the host's
// master secret, sealed values, keyed hashes and random tokens. No other package
// chooses an algorithm for them.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// SecretSize is the size of a master secret in bytes (ASVS 11.2.3).
const SecretSize = 32

// ErrOpen means that a sealed value was changed, belongs to another place, or was
// sealed with an unknown secret.
var ErrOpen = errors.New("vault: value does not open")

// Purpose separates keys: each purpose has its own.
type Purpose string

const (
	FactorSecrets    Purpose = "factor secrets"
	MailBodies       Purpose = "mail bodies"
	Enrolments       Purpose = "pending enrolments"
	EnrolmentSecrets Purpose = "enrolment secrets"
	HostValues       Purpose = "session values"
	FormTokens       Purpose = "form tokens"
	CounterKeys      Purpose = "counter keys"
	AuditChain       Purpose = "audit chain"
	AuditSeals       Purpose = "audit seals"
	AuditHashes      Purpose = "audit hashes"
	ResetLimits      Purpose = "reset limits"
	KnownBrowsers    Purpose = "known browsers"
	FormKeys         Purpose = "form keys"
	FormAnswers      Purpose = "form answers"
	KeptFormKeys     Purpose = "kept form keys"
	KeptForms        Purpose = "kept forms"
	MailArrivals     Purpose = "mail arrivals"
	PartStates       Purpose = "states of parts"
	Acts             Purpose = "acts"
	Approvals        Purpose = "requests for approval"
	ApprovalMarks    Purpose = "marks of requests"
	SeeAs            Purpose = "see as"
	CompanyFlows     Purpose = "company flows"
	Challenges       Purpose = "passkey challenges"
)

// Vault derives keys, and seals values with them. It is safe for concurrent use.
type Vault struct {
	// rings are the master secrets. The first one is in use.
	rings []*ring
}

// ring is one master secret, with an id that is derived from it.
type ring struct {
	id     [4]byte
	secret []byte
	macs   sync.Map // of keys of MACs, by purpose: deriving one costs more than using it
}

// New takes the master secret to use, followed by older ones that still open what
// they sealed. Each is 32 random bytes. One that cannot be random is refused,
// because a passphrase is too easy to guess (ASVS 11.4.4).
func New(secrets [][]byte) (*Vault, error) {
	if len(secrets) == 0 {
		return nil, errors.New("no master secret: give 32 random bytes")
	}
	v := &Vault{}
	for i, secret := range secrets {
		if err := CheckSecret(secret); err != nil {
			return nil, fmt.Errorf("master secret %d: %w", i+1, err)
		}
		k := &ring{secret: append([]byte(nil), secret...)}
		copy(k.id[:], k.key("key id", 4))
		v.rings = append(v.rings, k)
	}
	return v, nil
}

// CheckSecret returns what is wrong with a master secret.
func CheckSecret(secret []byte) error {
	if len(secret) == 0 {
		return errors.New("is required: 32 random bytes")
	}
	if len(secret) != SecretSize {
		return fmt.Errorf("has %d bytes, must be %d random ones; if it is text, ParseSecret decodes it", len(secret), SecretSize)
	}
	seen := make(map[byte]bool)
	printable := true
	for _, b := range secret {
		seen[b] = true
		printable = printable && b >= 0x20 && b < 0x7f
	}
	// Fewer than one in 2^40 random secrets has fewer than 8 different bytes, or
	// only printable ones.
	if len(seen) < 8 {
		return errors.New("repeats itself, so it is not random")
	}
	if printable {
		return errors.New("is text, not random bytes; ParseSecret decodes what openssl rand -hex 32 prints")
	}
	return nil
}

// SecretFor derives the master secret of one of several offices. Its label is no other's.
func SecretFor(secret []byte, office string) []byte {
	return (&ring{secret: secret}).key("secret of an office "+string(encode(office)), SecretSize)
}

func (k *ring) key(label string, size int) []byte {
	// HKDF fails only for outputs longer than 255 hashes.
	return must(hkdf.Key(sha256.New, k.secret, nil, "postern v1 "+label, size))
}

// aead writes a random nonce before the ciphertext. Its parts fail only for keys
// and blocks of other sizes. Each place has a key of its own, so that no key comes
// near the 2^32 random nonces that GCM allows it (ASVS 11.3.4).
func (k *ring) aead(p Purpose, place string) cipher.AEAD {
	return must(cipher.NewGCMWithRandomNonce(must(aes.NewCipher(k.key("seal "+string(encode(string(p), place)), 32)))))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic("vault: " + err.Error())
	}
	return v
}

const (
	// version is the first byte of every sealed value, so that the algorithm can
	// change.
	version = 1
	// sealedHead is the length of the version and the key id.
	sealedHead = 1 + 4
)

// Seal encrypts with AES-256-GCM and a random nonce, and binds the value to its
// place (ASVS 11.3.3). The result is version, key id, nonce, ciphertext.
func (v *Vault) Seal(p Purpose, place string, plain []byte) []byte {
	head := append([]byte{version}, v.rings[0].id[:]...)
	return v.rings[0].aead(p, place).Seal(head, nil, plain, bind(head, p, place))
}

// Open reverses Seal. It returns ErrOpen for any reason to refuse.
func (v *Vault) Open(p Purpose, place string, sealed []byte) ([]byte, error) {
	index, _ := v.KeyOf(sealed)
	if index == Unknown {
		return nil, ErrOpen
	}
	plain, err := v.rings[index].aead(p, place).Open(nil, nil, sealed[sealedHead:], bind(sealed[:sealedHead], p, place))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Reseal opens a value, and seals it with the current secret.
func (v *Vault) Reseal(p Purpose, place string, sealed []byte) ([]byte, error) {
	plain, err := v.Open(p, place, sealed)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return v.Seal(p, place, plain), nil
}

// Unknown is the index of a secret that the vault does not have.
const Unknown = -1

// KeyIDs returns the ids of the secrets in hexadecimal, in the order of New. They
// reveal nothing of the secrets.
func (v *Vault) KeyIDs() []string {
	ids := make([]string, len(v.rings))
	for i, k := range v.rings {
		ids[i] = hex.EncodeToString(k.id[:])
	}
	return ids
}

// KeyOf returns the id of the secret that sealed a value, as in KeyIDs, and its
// index there, or [Unknown]. The value may have been changed since: only Open says.
// The id is empty if this is no sealed value.
func (v *Vault) KeyOf(sealed []byte) (index int, id string) {
	if len(sealed) < sealedHead || sealed[0] != version {
		return Unknown, ""
	}
	key := [4]byte(sealed[1:sealedHead])
	index = slices.IndexFunc(v.rings, func(k *ring) bool { return k.id == key }) // Unknown is -1
	return index, hex.EncodeToString(key[:])
}

// Newer reports whether a newer version of the office sealed a value, in a way that this one
// does not know.
func Newer(sealed []byte) bool { return len(sealed) > 0 && sealed[0] > version }

func bind(head []byte, p Purpose, place string) []byte {
	return append(append([]byte(nil), head...), encode(string(p), place)...)
}

// MACSize is the size of a MAC in bytes.
const MACSize = 32

// MAC returns HMAC-SHA-256 over the parts, each with its length.
func (v *Vault) MAC(p Purpose, parts ...string) []byte {
	return v.MACBy(0, p, parts...)
}

// MACBy is MAC with the secret of an index in KeyIDs.
func (v *Vault) MACBy(index int, p Purpose, parts ...string) []byte {
	return v.rings[index].mac(p, parts)
}

// CheckMAC compares in constant time. It also accepts the MAC of an older secret.
func (v *Vault) CheckMAC(p Purpose, mac []byte, parts ...string) bool {
	return v.KeyOfMAC(p, mac, parts...) != Unknown
}

// KeyOfMAC returns the index in KeyIDs of the secret of a MAC, or [Unknown]. It
// compares in constant time.
func (v *Vault) KeyOfMAC(p Purpose, mac []byte, parts ...string) int {
	index := Unknown
	for i, k := range v.rings {
		if equal := hmac.Equal(k.mac(p, parts), mac); equal && index == Unknown {
			index = i
		}
	}
	return index
}

func (k *ring) mac(p Purpose, parts []string) []byte {
	key, ok := k.macs.Load(p)
	if !ok {
		key, _ = k.macs.LoadOrStore(p, k.key("mac "+string(p), 32))
	}
	h := hmac.New(sha256.New, key.([]byte))
	h.Write(encode(parts...))
	return h.Sum(nil)
}

// Key returns a derived key, for packages that take one.
func (v *Vault) Key(p Purpose) []byte { return v.rings[0].key("key "+string(p), 32) }

// encode puts each part behind its length.
func encode(parts ...string) []byte {
	var out []byte
	for _, part := range parts {
		out = binary.BigEndian.AppendUint64(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}

// base32Lower is RFC 4648 base32 in lower case.
var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Token returns a new bearer secret of 256 bits (ASVS 7.2.3), in base64url.
func Token() string { return base64.RawURLEncoding.EncodeToString(Random(32)) }

// TokenLength is the length of what Token returns.
const TokenLength = 43

// ID returns a new identifier: 128 random bits in 26 characters. It is not a secret.
func ID() string { return string(AppendID(make([]byte, 0, 26))) }

// AppendID appends what ID returns.
func AppendID(b []byte) []byte {
	var random [16]byte
	rand.Read(random[:])
	return base32Lower.AppendEncode(b, random[:])
}

// AppendNonce appends a nonce for one answer: 128 random bits in 24 characters, none of
// which HTML escapes, so that a page is as long each time.
func AppendNonce(b []byte) []byte {
	var random [16]byte
	rand.Read(random[:])
	return base64.URLEncoding.AppendEncode(b, random[:])
}

// Alias returns a new alias of 100 random bits: 20 characters, at least one a digit.
func Alias() string {
	for {
		if alias := base32Lower.EncodeToString(Random(13))[:20]; IsAlias(alias) {
			return alias
		}
	}
}

// IsAlias reports whether an alias has the form of one from Alias, as no word has, so that
// hardly anyone has chosen it.
func IsAlias(alias string) bool {
	return len(alias) == 20 && strings.Trim(alias, "abcdefghijklmnopqrstuvwxyz234567") == "" && strings.ContainsAny(alias, "234567")
}

// Random returns n random bytes. The program ends if the operating system has
// none: there is no second source to fall back on (ASVS 6.5.3).
func Random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
