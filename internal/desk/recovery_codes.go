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
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

const (
	// RecoveryCodes is the number of codes in a set, recoveryLength the number of
	// base32 characters in each: 79 bits. They are shown in groups of codeGroup.
	RecoveryCodes  = 10
	recoveryLength = 16
	codeGroup      = 4
	recoverySalt   = 16
	// recoveryAlphabet is that of base32 without L, so that a 1 can only be an I.
	recoveryAlphabet = "ABCDEFGHIJKMNOPQRSTUVWXYZ234567"
)

// recoveryCost is the cost of hashing a recovery code. 79 random bits need a less
// slow hash than a chosen password, and a new set takes ten of them.
var recoveryCost = password.Params{MemoryKiB: 19456, Time: 2, Threads: 1}

// newRecoveryCodes creates a set, and returns its codes to show once.
func (d *Desk) newRecoveryCodes(ctx context.Context, operatorID string) ([]string, store.PutRecoverySet, error) {
	salt := vault.Random(recoverySalt)
	cost := d.recoveryCost()
	set := store.RecoverySet{OperatorID: operatorID, Salt: append([]byte(cost.String()+"$"), salt...), CreatedAt: d.Now()}
	var codes []string
	for range RecoveryCodes {
		code := newRecoveryCode()
		hash, err := d.Hasher.DeriveWith(waiting(ctx, insider(operatorID)), cost, code, salt)
		if err != nil {
			return nil, store.PutRecoverySet{}, fmt.Errorf("hash recovery code: %w", err)
		}
		set.Hashes = append(set.Hashes, hash)
		codes = append(codes, grouped(code))
	}
	return codes, store.PutRecoverySet{Set: set}, nil
}

// newRecoveryCode returns one of all codes over recoveryAlphabet, each as likely.
func newRecoveryCode() string {
	for {
		code := base32.StdEncoding.EncodeToString(vault.Random(recoveryLength * 5 / 8))
		if !strings.Contains(code, "L") {
			return code
		}
	}
}

// recoveryCost returns recoveryCost, or the cost of passwords here if that is less.
func (d *Desk) recoveryCost() password.Params {
	if p := d.Hasher.Params(); p.MemoryKiB < recoveryCost.MemoryKiB {
		return p
	}
	return recoveryCost
}

// grouped splits a code or password into groups, to be read aloud.
func grouped(code string) string {
	var groups []string
	for len(code) > codeGroup {
		groups, code = append(groups, code[:codeGroup]), code[codeGroup:]
	}
	return strings.Join(append(groups, code), "-")
}

// checkRecovery returns the writes that spend a recovery code, with its audit entry
// and the email to the owner, or none if it is wrong.
func (d *Desk) checkRecovery(ctx context.Context, v Visit, view store.SignInView, r response) ([]store.Write, error) {
	o, set := view.Operator, view.Recovery
	cost, salt, err := splitSalt(set.Salt)
	if err != nil {
		cost, salt = d.recoveryCost(), make([]byte, recoverySalt)
	}
	hash, err := d.Hasher.DeriveWith(waiting(ctx, insider(o.ID)), cost, r.code, salt)
	if err != nil {
		return nil, fmt.Errorf("hash recovery code: %w", err) // a hash fails only before it begins
	}
	found := 0
	for _, h := range set.Hashes {
		found |= subtle.ConstantTimeCompare(h, hash)
	}
	if found == 0 {
		return nil, nil
	}
	left := len(set.Hashes) - 1
	event := d.Audit(v, "recovery.used", Success).By(o).Target(o).With("left", strconv.Itoa(left)).Write()
	told, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter { return letters.RecoveryCodeUsed(n, left) }, "")
	return []store.Write{
		store.UseRecoveryCode{OperatorID: o.ID, Hash: hash},
		// The owner can continue after too many wrong codes of the app, which a
		// thief of the password could have entered.
		store.ClearCounter{Key: operatorKey("code", o.ID)},
		event, told,
	}, err
}

func splitSalt(stored []byte) (password.Params, []byte, error) {
	cost, salt, ok := bytes.Cut(stored, []byte("$"))
	if !ok || len(salt) != recoverySalt {
		return password.Params{}, nil, errors.New("recovery set has no salt")
	}
	p, err := password.ParseParams(string(cost))
	return p, salt, err
}

// ReplaceRecoveryCodes creates a new set, to be shown once. The old codes stop
// working. Other sessions end.
func (d *Desk) ReplaceRecoveryCodes(ctx context.Context, v Visit, id *Identity) (string, []string, error) {
	if !id.Proved() {
		return "", nil, ErrStepUp
	}
	if !id.TwoFactor {
		return "", nil, ErrNotFound
	}
	o, err := d.own(ctx, id)
	if err != nil {
		return "", nil, err
	}
	codes, set, err := d.newRecoveryCodes(ctx, o.ID)
	if err != nil {
		return "", nil, err
	}
	event := d.Audit(v, "two_factor.codes_replaced", Success).By(o).Target(o).Session(id.Session).Write()
	told, err := d.tellOwner(v, o, letters.RecoveryCodesReplaced, "")
	if err != nil {
		return "", nil, err
	}
	o.UpdatedAt = d.Now()
	token, err := d.commitOwn(ctx, id, []store.Write{store.PutOperator{Operator: o}, set, event, told})
	if err != nil {
		return "", nil, err
	}
	return token, codes, nil
}
