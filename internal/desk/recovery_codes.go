package desk

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

const (
	// RecoveryCodes is how many there are in a set, recoveryLength how many
	// base32 characters each has: 80 bits.
	RecoveryCodes  = 10
	recoveryLength = 16
	recoverySalt   = 16
)

// recoveryCost is the slow hash of recovery codes. 80 random bits need less
// slowness than a chosen password, and a new set takes ten hashes.
var recoveryCost = password.Params{MemoryKiB: 19456, Time: 2, Threads: 1}

// parseRecoveryCode reads what people type: any case, with spaces or dashes
// anywhere, and 0, 1 and 8 for the letters they look like (base32 has none of
// those digits).
func parseRecoveryCode(input string) (string, bool) {
	var b strings.Builder
	for _, r := range input {
		switch {
		case r == ' ' || r == '-' || r == '\t' || r == '\u00a0' || r == '\r' || r == '\n':
			continue
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		case r == '0':
			r = 'O'
		case r == '1':
			r = 'I'
		case r == '8':
			r = 'B'
		}
		if (r < 'A' || r > 'Z') && (r < '2' || r > '7') || b.Len() >= recoveryLength {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == recoveryLength
}

// newRecoveryCodes makes a set and the codes to show once.
func (d *Desk) newRecoveryCodes(ctx context.Context, operatorID string) ([]string, store.PutRecoverySet, error) {
	salt := vault.Random(recoverySalt)
	cost := d.recoveryCost()
	set := store.RecoverySet{OperatorID: operatorID, Salt: append([]byte(cost.String()+"$"), salt...), CreatedAt: d.now()}
	var codes []string
	for range RecoveryCodes {
		b := vault.Random(recoveryLength * 5 / 8)
		code := base32.StdEncoding.EncodeToString(b)
		hash, err := d.Hasher.DeriveWith(ctx, cost, code, salt)
		if err != nil {
			return nil, store.PutRecoverySet{}, fmt.Errorf("hash recovery code: %w", err)
		}
		set.Hashes = append(set.Hashes, hash)
		codes = append(codes, grouped(code))
	}
	return codes, store.PutRecoverySet{Set: set}, nil
}

// recoveryCost is never dearer than what passwords cost here.
func (d *Desk) recoveryCost() password.Params {
	if p := d.Hasher.Params(); p.MemoryKiB < recoveryCost.MemoryKiB {
		return p
	}
	return recoveryCost
}

// grouped makes a generated code or password readable aloud.
func grouped(code string) string {
	var groups []string
	for len(code) > 4 {
		groups, code = append(groups, code[:4]), code[4:]
	}
	return strings.Join(append(groups, code), "-")
}

func (d *Desk) checkRecovery(ctx context.Context, v Visit, o store.Operator, code string) (*proof, error) {
	try, err := d.codeAttempt(ctx, "recovery", o.ID)
	if err != nil {
		d.limitedCode(ctx, v, o, "recovery code", err)
		return nil, err
	}
	set, err := d.Store.FindRecoverySet(ctx, o.ID)
	if err != nil && !IsNotFound(err) {
		return nil, fmt.Errorf("find recovery codes: %w", err)
	}
	cost, salt, err := splitSalt(set.Salt)
	if err != nil {
		cost, salt = d.recoveryCost(), make([]byte, recoverySalt)
	}
	hash, err := d.Hasher.DeriveWith(ctx, cost, code, salt)
	if err != nil {
		try.takeBack(ctx) // it fails only before it begins
		return nil, fmt.Errorf("hash recovery code: %w", err)
	}
	found := 0
	for _, h := range set.Hashes {
		found |= subtle.ConstantTimeCompare(h, hash)
	}
	if found == 0 {
		d.recordRefusedCode(ctx, v, o, try, d.Audit(v, "recovery.refused", Failure).Target(o))
		if try.last {
			d.noteLock(ctx, v, o)
		}
		return nil, ErrCode
	}
	writes := append(try.succeeded(), store.UseRecoveryCode{OperatorID: o.ID, Hash: hash},
		// Whoever has a recovery code may go on after too many wrong codes of
		// the app, which a thief of the password could have caused.
		store.ClearCounter{Key: operatorKey("code", o.ID)})
	return &proof{writes: writes, factor: "recovery code", recovery: true, left: len(set.Hashes) - 1, try: try}, nil
}

func splitSalt(stored []byte) (password.Params, []byte, error) {
	cost, salt, ok := bytes.Cut(stored, []byte("$"))
	if !ok || len(salt) != recoverySalt {
		return password.Params{}, nil, errors.New("recovery set has no salt")
	}
	p, err := password.ParseParams(string(cost))
	return p, salt, err
}

// recoveryUsed audits a used recovery code and tells its owner.
func (d *Desk) recoveryUsed(v Visit, o store.Operator, left int) ([]store.Write, error) {
	event := d.Audit(v, "recovery.used", Success).By(o).Target(o).With("left", strconv.Itoa(left)).Write()
	notice, err := d.noticeRecoveryUsed(v, o, left)
	if err != nil {
		return nil, err
	}
	return []store.Write{event, notice}, nil
}

// ReplaceRecoveryCodes makes a new set, to be shown once; the old codes are
// void. Other sessions end.
func (d *Desk) ReplaceRecoveryCodes(ctx context.Context, v Visit, id *Identity) (string, []string, error) {
	if !id.Proved() {
		return "", nil, ErrStepUp
	}
	if !id.TwoFactor {
		return "", nil, ErrNotFound
	}
	o := id.Operator
	codes, set, err := d.newRecoveryCodes(ctx, o.ID)
	if err != nil {
		return "", nil, err
	}
	event := d.Audit(v, "two_factor.codes_replaced", Success).By(o).Target(o).Session(id.Session).Write()
	told, err := d.tellOwner(v, o, letters.RecoveryCodesReplaced, "")
	if err != nil {
		return "", nil, err
	}
	o.UpdatedAt = d.now()
	token, err := d.commitOwn(ctx, id, []store.Write{store.PutOperator{Operator: o}, set, event, told})
	if err != nil {
		return "", nil, err
	}
	return token, codes, nil
}
