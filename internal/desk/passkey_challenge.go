package desk

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

const (
	// challengeLife is how long a challenge can be answered. Browsers wait as long.
	challengeLife = 5 * time.Minute
	// challengeRandom is how many bytes of a challenge are random (Web Authentication
	// section 13.4.3 wants 16).
	challengeRandom = 16
	// mostAnswer is how long an answer may be, in bytes.
	mostAnswer = 16 << 10
)

// What challenges are for. With who is asked, and in which browser, it is their place: a
// challenge opens nowhere else.
const (
	toAdd    = "add"
	toFinish = "second factor"
	toStepUp = "step-up"
	toSignIn = "sign-in"
	toReset  = "reset"
)

// sessionAsked and preAsked are the places of challenges in a session and a sign-in, and
// browserAsked of those that anyone may ask for, in a browser that has the token.
func sessionAsked(what string, id *Identity) string { return what + "/" + sessionPlace(id) }
func preAsked(what string, p PreSession) string     { return what + "/" + preSessionPlace(p) }

// linkAsked is the place of challenges at a page to which a link leads.
func linkAsked(what string, link store.Digest, operatorID string) string {
	return what + "/link/" + operatorID + "/" + hex.EncodeToString(link[:])
}

// The token is random and not stored, so the place names the office as well.
func (d *Desk) browserAsked(what string, browser string) string {
	digest := store.DigestOf(browser)
	return what + "/browser/" + d.officeID() + "/" + hex.EncodeToString(digest[:])
}

// challenge makes a challenge, of which nothing is stored: when it ends is sealed in it.
func (d *Desk) challenge(place string) []byte {
	plain := binary.BigEndian.AppendUint64(vault.Random(challengeRandom), uint64(d.Now().Add(challengeLife).UnixMicro()))
	return d.Vault.Seal(vault.Challenges, place, plain)
}

// openChallenge returns the end of a challenge of this place, or ErrStale.
func (d *Desk) openChallenge(place string, challenge []byte) (time.Time, error) {
	plain, err := d.Vault.Open(vault.Challenges, place, challenge)
	if err != nil || len(plain) != challengeRandom+8 {
		return time.Time{}, ErrStale
	}
	until, now := time.UnixMicro(int64(binary.BigEndian.Uint64(plain[challengeRandom:]))), d.Now()
	if !now.Before(until) || ahead(until, now.Add(challengeLife)) {
		return time.Time{}, ErrStale
	}
	return until, nil
}

// answered is an answer that was read, not checked.
type answered struct {
	text []byte
	// id is the credential's, handle the user handle if there is one, challenge what the
	// answer is to.
	id, handle, challenge []byte
	// until is when the challenge ends.
	until time.Time
}

// readAnswer reads what a form posts as its field "passkey": the JSON of a browser's
// PublicKeyCredential. What cannot be read was not made by our script.
func readAnswer(text string) (answered, error) {
	var a struct {
		ID       string `json:"id"`
		Response struct {
			ClientDataJSON string `json:"clientDataJSON"`
			UserHandle     string `json:"userHandle"`
		} `json:"response"`
	}
	malformed := invalid("passkey", "malformed", messages.New("passkey.problem.malformed"))
	if len(text) > mostAnswer || json.Unmarshal([]byte(text), &a) != nil {
		return answered{}, malformed
	}
	decode := base64.RawURLEncoding.DecodeString
	id, errID := decode(a.ID)
	handle, errHandle := decode(a.Response.UserHandle)
	client, errClient := decode(a.Response.ClientDataJSON)
	var data struct {
		Challenge string `json:"challenge"`
	}
	if errors.Join(errID, errHandle, errClient) != nil || len(id) == 0 || json.Unmarshal(client, &data) != nil {
		return answered{}, malformed
	}
	challenge, err := decode(data.Challenge)
	if err != nil {
		return answered{}, malformed
	}
	return answered{text: []byte(text), id: id, handle: handle, challenge: challenge}, nil
}

// answer reads an answer to a challenge of a place. It returns ErrStale if it is to another
// one, or came too late.
func (d *Desk) answer(place, text string) (answered, error) {
	a, err := readAnswer(text)
	if err == nil {
		a.until, err = d.openChallenge(place, a.challenge)
	}
	return a, err
}

// digest stands for the challenge once it is used.
func (a answered) digest() store.Digest { return store.DigestOf(string(a.challenge)) }

// spendChallenge is the write that makes the answer to a challenge count once. It says who
// used it, so that it goes when they do.
func (d *Desk) spendChallenge(a answered, operatorID string) store.Write {
	return d.once(a.digest(), operatorID, a.until)
}

// once returns the write that uses something up of which nothing was stored before: of two
// commits with it, on whatever replica, one fails with store.ErrExists. It is kept until a
// time after which nobody accepts it anyway.
func (d *Desk) once(digest store.Digest, subject string, until time.Time) store.Write {
	now := d.Now()
	return store.PutToken{Token: store.Token{
		Digest: digest, Purpose: store.PurposeCeremony, Subject: subject, CreatedAt: now, ExpiresAt: until, UsedAt: now,
	}}
}

// wasSpent reports whether a commit has used the challenge of an answer up.
func (d *Desk) wasSpent(ctx context.Context, a answered) (bool, error) {
	_, err := d.Store.FindToken(ctx, a.digest(), store.PurposeCeremony)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find used challenge: %w", err)
	}
	return true, nil
}

// PasskeyHost is the host to which passkeys are bound. It comes from the host's
// configuration, never from a request.
func (d *Desk) PasskeyHost() string {
	u, err := url.Parse(d.Origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// passkeyRequest is what a browser is asked for, of an operator.
func (d *Desk) passkeyRequest(challenge []byte, operatorID, email, name string) PasskeyRequest {
	return PasskeyRequest{
		RPID: d.PasskeyHost(), Origin: d.Origin, RPName: d.Name(), Challenge: challenge,
		UserID: []byte(operatorID), UserName: email, UserDisplayName: name,
	}
}

// passkeyOptions are options for a browser, which only code can get wrong.
func passkeyOptions(ask func(PasskeyRequest) ([]byte, error), r PasskeyRequest) (string, error) {
	var options []byte
	err := safely(func() (err error) {
		options, err = ask(r)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make passkey options: %w", err)
	}
	return string(options), nil
}
