package otelmetrics

import (
	"context"
	"errors"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/postern-go/postern/store"
)

// Trace returns a backoffice.Config.Trace. Each call of the store, each hash and each
// wait for one becomes a span within the trace of its request. What has no trace, as
// the work of Office.Run, begins none. An error is told by its kind in error.type
// ("unavailable", "cancelled" or "failed"), never by its text; that something was not
// found is not an error.
func Trace(provider trace.TracerProvider) func(context.Context, string) (context.Context, func(error)) {
	tracer := provider.Tracer(scope)
	return func(ctx context.Context, operation string) (context.Context, func(error)) {
		if !trace.SpanContextFromContext(ctx).IsValid() {
			return ctx, nil
		}
		kind := trace.SpanKindInternal
		if strings.HasPrefix(operation, "store.") {
			kind = trace.SpanKindClient
		}
		ctx, span := tracer.Start(ctx, operation, trace.WithSpanKind(kind))
		return ctx, func(err error) {
			if kind := kindOf(err); kind != "" {
				span.SetAttributes(attribute.String("error.type", kind))
				span.SetStatus(codes.Error, kind)
			}
			span.End()
		}
	}
}

func kindOf(err error) string {
	switch {
	case err == nil || store.IsAnswer(err):
		return ""
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, store.ErrUnavailable):
		return "unavailable"
	}
	return "failed"
}
