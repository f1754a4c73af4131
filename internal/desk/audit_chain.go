package desk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// chain binds an event to the one before it, so that changed and missing events
// are detected (ASVS 16.4.2).
func (d *Desk) chain(previous []byte, e store.Event) []byte {
	return d.Vault.MAC(vault.AuditChain, string(previous), chained(e))
}

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

// chainHolds reports whether an event is as it was appended, right after the one
// whose hash is previous. Hashes made with an older master secret are valid.
func (d *Desk) chainHolds(previous []byte, e store.Event) bool {
	return d.Vault.CheckMAC(vault.AuditChain, e.MAC, string(previous), chained(e))
}

// mark identifies an event in the chain, also outside the database: by its number
// and the beginning of its hash. The zero mark is none.
type mark struct {
	seq int64
	mac string
}

func markOf(seq int64, mac []byte) mark { return mark{seq, ShortMAC(mac)} }

func (m mark) String() string { return fmt.Sprintf("%d:%s", m.seq, m.mac) }

// noteMarks makes the writes record the marks of their events, which only the
// store knows. They are valid once the writes are committed; if the store calls a
// MAC more than once, the last call is the one that it keeps.
func noteMarks(writes []store.Write) []mark {
	marks := make([]mark, len(writes))
	for i, w := range writes {
		w, ok := w.(store.AppendEvent)
		if !ok || w.MAC == nil {
			continue
		}
		compute := w.MAC
		w.MAC = func(previous []byte, e store.Event) []byte {
			mac := compute(previous, e)
			marks[i] = markOf(e.Seq, mac)
			return mac
		}
		writes[i] = w
	}
	return marks
}

// ShortMAC is the beginning of an event's hash, as log lines and marks have it:
// 64 bits in 16 hexadecimal digits. Without the master secret no one can find
// another event with the same beginning, nor get one by causing events and waiting.
func ShortMAC(mac []byte) string { return hex.EncodeToString(mac[:min(len(mac), 8)]) }

// logEvent copies an event to the log, in one line with stable names. Its mark
// makes a log kept elsewhere a witness of the audit log: see docs/security.md.
func (d *Desk) logEvent(ctx context.Context, e store.Event, at mark) {
	level := slog.LevelInfo
	if e.Outcome != Success {
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
