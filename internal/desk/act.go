package desk

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Act is a backoffice.Act: something that the host does or did.
type Act struct {
	Code           string
	Kind, ID, Name string
	Outcome        string
	Reason         string
	Before, After  map[string]string
	// ActorID and ActorName are who began it, for EventKind.Settle; and Began is when.
	ActorID, ActorName string
	Began              time.Time
}

// The bounds of an entry of the host, in keys and bytes. What people type is cut; what only code
// can get wrong is refused.
const (
	MaxActKeys  = 50
	MaxActValue = 1 << 10
	maxActText  = 512
	maxActID    = 128
	maxActName  = 200
)

// How the details of an entry of the host are called. Keys of the host have a dot in front, so
// that they cannot pass for ours.
const (
	detailBefore  = "before."
	detailAfter   = "after."
	DetailAct     = "act_id"
	DetailPrivate = "private"
	DetailFound   = "found"
)

// hostEntry begins an entry of the host. It fails on what only code can get wrong.
func (d *Desk) hostEntry(a Actor, v Visit, act Act, outcome string) (*Entry, error) {
	kind, ok := d.kinds[act.Code]
	switch {
	case a.can == nil:
		return nil, ErrForbidden
	case !ok && Events[act.Code]:
		return nil, fmt.Errorf("audit entry %q: it is one of the office's own, which only the office writes", act.Code)
	case !ok:
		return nil, fmt.Errorf("audit entry %.100q: no kind has this code; declare it in Config.Events", act.Code)
	}
	keys := map[string]bool{}
	for _, values := range []map[string]string{act.Before, act.After} {
		for key := range values {
			if keys[key] = true; !valueKey.MatchString(key) {
				return nil, fmt.Errorf("audit entry %q: the key %.100q must be of lower-case letters, digits and _, at most 60 bytes", act.Code, key)
			}
		}
	}
	if len(keys) > MaxActKeys {
		return nil, fmt.Errorf("audit entry %q: %d keys in Before and After; at most %d are kept, so name the changed ones only", act.Code, len(keys), MaxActKeys)
	}
	if act.Kind != "" && !valueKey.MatchString(act.Kind) {
		return nil, fmt.Errorf("audit entry %q: Kind %.100q must be a word of lower-case letters, digits and _, at most 60 bytes", act.Code, act.Kind)
	}
	e := d.newEntry(v, act.Code, outcome).Actor(a).Because(d.cutValue(act.Reason, maxActText))
	e.Thing(act.Kind, d.cutText(act.ID, maxActID), d.cutText(act.Name, maxActName))
	var private []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		before, had := act.Before[key]
		after, has := act.After[key]
		if slices.Contains(kind.Private, key) {
			if had != has || before != after {
				private = append(private, key)
			}
			continue
		}
		if had {
			e.With(detailBefore+key, d.cutValue(before, MaxActValue))
		}
		if has {
			e.With(detailAfter+key, d.cutValue(after, MaxActValue))
		}
	}
	if len(private) > 0 {
		e.With(DetailPrivate, strings.Join(private, " "))
	}
	return e, nil
}

// cutText is OneLine for a text of any length. One that is cut ends with a keyed hash, so that
// two that differ stay different.
func (d *Desk) cutText(s string, most int) string {
	if len(s) <= most {
		return OneLine(s, most)
	}
	mark := "…" + d.shortHash(s)
	return OneLine(s[:most], most-len(mark)) + mark
}

// cutValue turns a value of any length into one printable line of at most most bytes. Line
// breaks become "↵". What is cut says so, with how long it was and a keyed hash, so that two
// long values that differ do not look the same.
func (d *Desk) cutValue(s string, most int) string {
	if len(s) <= most {
		if line := OneLine(visibleBreaks(s), 3*most); len(line) <= most {
			return line
		}
	}
	mark := fmt.Sprintf("… (%d bytes, #%s)", len(s), d.shortHash(s))
	return OneLine(visibleBreaks(s[:min(len(s), most)]), most-len(mark)) + mark
}

// shortHash tells values apart, and lets no one without the master secret check a guess.
func (d *Desk) shortHash(s string) string {
	return hex.EncodeToString(d.Vault.MAC(vault.AuditHashes, "value", s)[:6])
}

var breaks = strings.NewReplacer("\r\n", "↵", "\n", "↵", "\r", "↵", "\t", " ")

func visibleBreaks(s string) string { return breaks.Replace(s) }

// RecordAct writes that the host did something, once it is done.
func (d *Desk) RecordAct(ctx context.Context, a Actor, v Visit, act Act) error {
	switch act.Outcome {
	case "":
		act.Outcome = Success
	case Success, Failure, Refused:
	default:
		return fmt.Errorf("audit entry %q: the outcome %.100q is neither %q, %q nor %q", act.Code, act.Outcome, Success, Failure, Refused)
	}
	e, err := d.hostEntry(a, v, act, act.Outcome)
	if err != nil {
		return err
	}
	// It has happened, so neither the end of the connection nor a change of the operator
	// keeps it out.
	if err := d.Commit(context.WithoutCancel(ctx), e.Write()); err != nil {
		return fmt.Errorf("record %q: %w", act.Code, err)
	}
	return nil
}

const (
	// actOpen is how long an act may take before Run settles it.
	actOpen = 5 * time.Minute
	// actLife is how long one waits to be settled: until someone runs the office again.
	actLife = 10 * 365 * 24 * time.Hour
	// outcomeTime is how long the second entry may take, even if the time of the request is
	// used up.
	outcomeTime = 5 * time.Second
	// actHome stands for the place of a token that leads nowhere.
	actHome = "-"
)

// AuditAct writes that the host begins something, has it done, and writes how it ended. If the
// first entry cannot be written, nothing is done. If the second cannot, what was done stays
// done, and Run settles the entry; see SettleActs.
func (d *Desk) AuditAct(ctx context.Context, a Actor, v Visit, act Act, change func(context.Context) error) error {
	if act.Outcome != "" {
		return fmt.Errorf("audit entry %q: Outcome is for Record; Audited finds out", act.Code)
	}
	// Both entries say the same, whatever change does to what it was given.
	act.Before, act.After = maps.Clone(act.Before), maps.Clone(act.After)
	begun, err := d.hostEntry(a, v, act, Begun)
	if err != nil {
		return err
	}
	id := vault.ID()
	begun.With(DetailAct, id)
	first := begun.Write()
	token := store.Token{
		Digest: d.actDigest(id, first.Event), Purpose: store.PurposeAct, Subject: id, Home: actHome,
		CreatedAt: first.Event.At, ExpiresAt: first.Event.At.Add(actLife),
	}
	if err := d.commitAs(ctx, a, "begin "+act.Code, store.PutToken{Token: token}, first); err != nil {
		return err
	}
	outcome, done := Failure, false
	made := &madeTarget{}
	end := func() {
		if id, name := made.get(); id != "" {
			act.ID, act.Name = id, name
		}
		d.endAct(ctx, a, v, act, token, outcome)
	}
	defer func() {
		if !done { // a panic, or runtime.Goexit
			end()
		}
	}()
	err = change(context.WithValue(ctx, madeKey{}, made))
	switch done = true; {
	case err == nil:
		outcome = Success
	case errors.Is(err, ErrForbidden), errors.Is(err, ErrStepUp):
		outcome = Refused
	}
	end()
	return err
}

// madeTarget is what a change created, whose id was not known when it began.
type madeTarget struct {
	mu       sync.Mutex
	id, name string
}

type madeKey struct{}

func (m *madeTarget) get() (id, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.id, m.name
}

// Made tells the act whose change has this context what the change created.
func Made(ctx context.Context, id, name string) {
	if m, ok := ctx.Value(madeKey{}).(*madeTarget); ok {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.id, m.name = id, name
	}
}

// actDigest is the digest of the token that waits for the outcome of an act. Only the office
// can make it, for this entry alone: no one else can have Run settle what never began.
func (d *Desk) actDigest(id string, e store.Event) store.Digest {
	return store.Digest(d.Vault.MAC(vault.Acts, id, chainedAlone(e)))
}

// chainedAlone encodes an event without its place in the log.
func chainedAlone(e store.Event) string {
	e.Seq = 0
	return chained(e)
}

// endAct writes how an act ended. The act stands whatever happens here, so an error is logged;
// Run then settles it. If Run has settled it already, because it took longer than actOpen, the
// outcome is written all the same.
func (d *Desk) endAct(ctx context.Context, a Actor, v Visit, act Act, token store.Token, outcome string) {
	ctx = bounded.Each(context.WithoutCancel(ctx), outcomeTime)
	e, err := d.hostEntry(a, v, act, outcome)
	if err == nil {
		write := e.With(DetailAct, token.Subject).Write()
		err = d.Commit(ctx, store.ConsumeToken{Digest: token.Digest, Purpose: store.PurposeAct, Now: d.Now()}, write)
		if errors.Is(err, store.ErrUsed) || isNotFound(err) {
			err = d.Commit(ctx, write)
		}
	}
	if err != nil {
		d.Log.ErrorContext(ctx, "the outcome of an act is not in the audit log; Run settles it", "event", act.Code, "act", token.Subject, "outcome", outcome, "error", err)
	}
}
