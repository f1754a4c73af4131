package otelmetrics

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Redactor is an office: *backoffice.Office.
type Redactor interface{ Redact(text string) string }

// Redact returns an exporter that passes on spans without the alias of the office, which
// otelhttp and the like take from the path of a request: in names, attributes, events,
// links and states. Give it to your tracer provider in place of the exporter.
func Redact(office Redactor, to trace.SpanExporter) trace.SpanExporter { return redacting{office, to} }

type redacting struct {
	office Redactor
	trace.SpanExporter
}

// ExportSpans implements trace.SpanExporter.
func (e redacting) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	own := make([]trace.ReadOnlySpan, len(spans))
	for i, s := range spans {
		own[i] = redacted{s, e.office}
	}
	return e.SpanExporter.ExportSpans(ctx, own)
}

// redacted is a span without the alias.
type redacted struct {
	trace.ReadOnlySpan
	office Redactor
}

func (s redacted) Name() string { return s.office.Redact(s.ReadOnlySpan.Name()) }

func (s redacted) Attributes() []attribute.KeyValue {
	return s.attributes(s.ReadOnlySpan.Attributes())
}

func (s redacted) Status() trace.Status {
	status := s.ReadOnlySpan.Status()
	status.Description = s.office.Redact(status.Description)
	return status
}

func (s redacted) Events() []trace.Event {
	events := append([]trace.Event(nil), s.ReadOnlySpan.Events()...)
	for i, e := range events {
		events[i].Name, events[i].Attributes = s.office.Redact(e.Name), s.attributes(e.Attributes)
	}
	return events
}

func (s redacted) Links() []trace.Link {
	links := append([]trace.Link(nil), s.ReadOnlySpan.Links()...)
	for i, l := range links {
		links[i].Attributes = s.attributes(l.Attributes)
	}
	return links
}

func (s redacted) attributes(all []attribute.KeyValue) []attribute.KeyValue {
	own := append([]attribute.KeyValue(nil), all...)
	for i, a := range own {
		own[i] = attribute.KeyValue{Key: attribute.Key(s.office.Redact(string(a.Key))), Value: s.value(a.Value)}
	}
	return own
}

func (s redacted) value(v attribute.Value) attribute.Value {
	switch v.Type() {
	case attribute.STRING:
		return attribute.StringValue(s.office.Redact(v.AsString()))
	case attribute.STRINGSLICE:
		list := v.AsStringSlice()
		for i := range list {
			list[i] = s.office.Redact(list[i])
		}
		return attribute.StringSliceValue(list)
	case attribute.BYTESLICE:
		return attribute.ByteSliceValue([]byte(s.office.Redact(string(v.AsByteSlice()))))
	case attribute.SLICE:
		list := append([]attribute.Value(nil), v.AsSlice()...)
		for i := range list {
			list[i] = s.value(list[i])
		}
		return attribute.SliceValue(list...)
	case attribute.MAP:
		return attribute.MapValue(s.attributes(v.AsMap())...)
	}
	return v
}
