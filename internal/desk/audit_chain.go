package desk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// chained encodes an event for its hash: everything but the hash.
func chained(e store.Event) string {
	e.MAC = nil
	e.At = store.Time(e.At)
	if len(e.Detail) == 0 {
		e.Detail = nil
	}
	text, err := json.Marshal(e)
	if err != nil {
		panic("desk: event does not encode: " + err.Error())
	}
	return string(text)
}

// keyOfLink returns the id of the master secret with which an event was chained right
// after the one whose hash is previous, or "" if it is not as it was appended then, or
// if this process does not have that secret.
func (d *Desk) keyOfLink(previous []byte, e store.Event) string {
	index := d.Vault.KeyOfMAC(vault.AuditChain, e.MAC, string(previous), chained(e))
	if index == vault.Unknown {
		return ""
	}
	return d.Vault.KeyIDs()[index]
}

// mark identifies an event in the chain, also outside the database: by its number
// and the beginning of its hash. The zero mark is none.
type mark struct {
	seq int64
	mac string
}

func markOf(seq int64, mac []byte) mark { return mark{seq, ShortMAC(mac)} }

func (m mark) String() string { return fmt.Sprintf("%d:%s", m.seq, m.mac) }

// MarshalText implements [encoding.TextMarshaler].
func (m mark) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *mark) UnmarshalText(text []byte) error {
	parts := markForm.FindStringSubmatch(string(text))
	if parts == nil {
		return errors.New("not the mark of an audit entry, like 1042:9f86d081884c7d65")
	}
	m.seq, _ = strconv.ParseInt(parts[1], 10, 64) // 18 digits fit
	m.mac = strings.ToLower(parts[2])
	return nil
}

var markForm = regexp.MustCompile(`^([1-9][0-9]{0,17}):([0-9a-fA-F]{16})$`)

// note is what only the store knows about an event: its mark, and the seal after
// it.
type note struct {
	mark
	seal []byte
}

// noteMarks makes the writes record the marks of their events. They are valid once the
// writes are committed; if the store calls a MAC more than once, the last call is the one
// that it keeps.
func noteMarks(writes []store.Write) []note {
	notes := make([]note, len(writes))
	for i, w := range writes {
		w, ok := w.(store.AppendEvent)
		if !ok || w.MAC == nil {
			continue
		}
		compute := w.MAC
		w.MAC = func(before store.AuditEnds, e store.Event) (mac, seal []byte, err error) {
			mac, seal, err = compute(before, e)
			notes[i] = note{markOf(e.Seq, mac), seal}
			return mac, seal, err
		}
		writes[i] = w
	}
	return notes
}

// appended adds to the trail what was committed. before is the newest entry that it had
// before. What a failed transaction found does not count, because it may have read ends
// that were no longer the newest.
func (d *Desk) appended(ctx context.Context, before mark, notes []note) {
	for _, n := range notes {
		if n.seq != 0 && d.trail.saw(before, n.mark, brokenIn(n.seal)) {
			d.Log.ErrorContext(ctx, "the audit log went back: an entry follows an older one than this process has seen", "seen", before, "seq", n.seq)
		}
	}
	d.tellBroken(ctx)
}

// ShortMAC is the beginning of an event's hash, as log lines and marks have it:
// 64 bits in 16 hexadecimal digits. Without the master secret no one can find
// another event with the same beginning, nor get one by causing events and waiting.
func ShortMAC(mac []byte) string { return hex.EncodeToString(mac[:min(len(mac), 8)]) }

// logEvent copies an event to the log, in one line with stable names. Its mark
// makes a log kept elsewhere a witness of the audit log: see docs/security.md.
func (d *Desk) logEvent(ctx context.Context, e store.Event, at mark) {
	level := slog.LevelInfo
	if e.Outcome != Success && e.Outcome != Begun {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("event", e.Code), slog.String("outcome", e.Outcome),
		slog.String("id", e.ID), slog.Time("at", e.At),
		slog.String("actor", e.ActorID), slog.String("target", e.TargetID),
		slog.String("address", e.IP), slog.String("route", e.Route),
		slog.String("request", e.RequestID), slog.String("session", e.SessionID),
	}
	if at.seq != 0 {
		attrs = append(attrs, slog.Int64("seq", at.seq), slog.String("mac", at.mac))
	}
	if e.Reason != "" {
		attrs = append(attrs, slog.String("reason", e.Reason))
	}
	for key, value := range e.Detail {
		attrs = append(attrs, slog.String("detail."+key, value))
	}
	d.auditLog.LogAttrs(ctx, level, "audit", attrs...)
}
