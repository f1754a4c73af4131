package backoffice

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
)

// RedactLog returns a handler for slog that passes on lines with "_office" in place of the
// alias, as [Office.Redact] does: in the message, and in keys and values of any kind, such
// as groups, errors, URLs and lists; in requests and headers as [Office.RedactRequest] does.
// Any other value that has the alias is passed on as JSON, or as text if it has no JSON.
func (o *Office) RedactLog(to slog.Handler) slog.Handler { return redactLog{o, to} }

type redactLog struct {
	office *Office
	to     slog.Handler
}

func (h redactLog) Enabled(ctx context.Context, level slog.Level) bool {
	return h.to.Enabled(ctx, level)
}

func (h redactLog) Handle(ctx context.Context, r slog.Record) error {
	message := h.office.Redact(r.Message)
	changed := message != r.Message
	r.Attrs(func(a slog.Attr) bool {
		_, is := h.attr(a)
		changed = changed || is
		return !changed
	})
	if !changed {
		return h.to.Handle(ctx, r)
	}
	own := slog.NewRecord(r.Time, r.Level, message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		a, _ = h.attr(a)
		own.AddAttrs(a)
		return true
	})
	return h.to.Handle(ctx, own)
}

func (h redactLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	own, _ := h.attrs(attrs)
	return redactLog{h.office, h.to.WithAttrs(own)}
}

func (h redactLog) WithGroup(name string) slog.Handler {
	return redactLog{h.office, h.to.WithGroup(h.office.Redact(name))}
}

// attrs returns attributes without the alias, and whether they differ: if not, they are
// the same.
func (h redactLog) attrs(attrs []slog.Attr) (own []slog.Attr, changed bool) {
	own = attrs
	for i, a := range attrs {
		if a, is := h.attr(a); is {
			if !changed {
				own, changed = slices.Clone(attrs), true
			}
			own[i] = a
		}
	}
	return own, changed
}

func (h redactLog) attr(a slog.Attr) (own slog.Attr, changed bool) {
	key := h.office.Redact(a.Key)
	value, is := h.value(a.Value)
	return slog.Attr{Key: key, Value: value}, is || key != a.Key
}

func (h redactLog) value(v slog.Value) (own slog.Value, changed bool) {
	switch v.Kind() {
	case slog.KindLogValuer:
		own, changed = h.value(v.Resolve())
		if !changed {
			own = v
		}
		return own, changed
	case slog.KindString:
		text := h.office.Redact(v.String())
		return slog.StringValue(text), text != v.String()
	case slog.KindGroup:
		attrs, is := h.attrs(v.Group())
		return slog.GroupValue(attrs...), is
	case slog.KindAny:
		if own, changed = h.any(v.Any()); changed {
			return own, true
		}
	}
	return v, false
}

// any redacts a value of another type: what has the alias is shown much as slog would.
func (h redactLog) any(v any) (own slog.Value, changed bool) {
	switch v := v.(type) {
	case nil:
		return own, false
	case *http.Request:
		if v == nil {
			return own, false
		}
		r := h.office.RedactRequest(v)
		return slog.AnyValue(r), r != v
	case *url.URL:
		u := h.office.redactURL(v)
		return slog.AnyValue(u), u != v
	case http.Header:
		header, is := h.office.server.Redacted(v)
		return slog.AnyValue(header), is
	case []byte:
		text := h.office.Redact(string(v))
		return slog.AnyValue([]byte(text)), text != string(v)
	case []string:
		list, is := h.list(v)
		return slog.AnyValue(list), is
	case []slog.Attr:
		attrs, is := h.attrs(v)
		return slog.AnyValue(attrs), is
	case error: // Its JSON says nothing.
	default:
		if js := asJSON(v); js != h.office.Redact(js) {
			return slog.AnyValue(json.RawMessage(h.office.Redact(js))), true
		}
	}
	text := fmt.Sprintf("%+v", v)
	redacted := h.office.Redact(text)
	return slog.StringValue(redacted), text != redacted
}

// asJSON returns a value as JSON, or "" if it has none.
func asJSON(v any) (text string) {
	defer func() { _ = recover() }() // of a method of the value
	js, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(js)
}

func (h redactLog) list(texts []string) (own []string, changed bool) {
	own = slices.Clone(texts)
	for i := range own {
		own[i] = h.office.Redact(own[i])
	}
	return own, !slices.Equal(own, texts)
}
