package otelmetrics_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/metrics/internal/series"
	"github.com/postern-go/postern/metrics/otelmetrics"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// nobody is a mail server that nothing is sent to.
type nobody struct{}

func (nobody) Send(context.Context, mail.Message) error { return nil }

// opened is an office that has made its first alias.
func opened(t *testing.T, change ...func(*backoffice.Config)) *backoffice.Office {
	t.Helper()
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	cfg := backoffice.Config{
		Origin: "https://community.example", Secret: secret, Store: memstore.New(), Mail: nobody{},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, f := range change {
		f(&cfg)
	}
	office, err := backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	return office
}

func TestAReaderGetsTheNumbersOfAnOffice(t *testing.T) {
	producer := otelmetrics.NewProducer()
	reader := metric.NewManualReader(metric.WithProducer(producer))
	provider := metric.NewMeterProvider(metric.WithReader(reader))
	t.Cleanup(func() { require.NoError(t, provider.Shutdown(context.Background())) })
	read := func() map[string]metricdata.Metrics {
		t.Helper()
		var all metricdata.ResourceMetrics
		require.NoError(t, reader.Collect(t.Context(), &all))
		found := map[string]metricdata.Metrics{}
		for _, s := range all.ScopeMetrics {
			require.Equal(t, "github.com/postern-go/postern", s.Scope.Name)
			for _, m := range s.Metrics {
				require.NotContains(t, found, m.Name)
				found[m.Name] = m
			}
		}
		return found
	}
	require.Empty(t, read(), "there is no office yet")
	producer.Add(opened(t))
	found := read()

	calls := found["postern.store.calls"].Data.(metricdata.Sum[float64])
	require.True(t, calls.IsMonotonic)
	at := attribute.NewSet(attribute.String("method", "Commit"), attribute.String("result", "succeeded"))
	number := 0.0
	for _, p := range calls.DataPoints {
		if p.Attributes.Equals(&at) {
			number = p.Value
			require.False(t, p.StartTime.After(p.Time))
		}
	}
	require.EqualValues(t, 1, number, "the first alias")

	took := found["postern.store.call_duration"]
	require.Equal(t, "s", took.Unit)
	for _, p := range took.Data.(metricdata.Histogram[float64]).DataPoints {
		require.Len(t, p.BucketCounts, len(p.Bounds)+1)
		require.Positive(t, p.Count)
		require.Positive(t, p.Sum)
	}
	require.Zero(t, found["postern.run.running"].Data.(metricdata.Gauge[float64]).DataPoints[0].Value)
	require.Contains(t, found, "postern.hash.wait_duration")
	require.LessOrEqual(t, len(found), len(series.All))
}

func TestAReaderGetsTheNumbersOfSeveralOffices(t *testing.T) {
	var offices backoffice.Offices
	for i, name := range []string{"garden", "pasture"} {
		require.NoError(t, offices.Add(name, opened(t, func(c *backoffice.Config) {
			c.Origin = "https://" + name + ".example"
			c.Secret = backoffice.SecretFor(c.Secret, name)
		})), i)
	}
	producer := otelmetrics.NewProducer()
	reader := metric.NewManualReader(metric.WithProducer(producer))
	metric.NewMeterProvider(metric.WithReader(reader))
	producer.AddOffices(&offices)
	var all metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &all))
	require.Len(t, all.ScopeMetrics, 1)
	seen := map[string]int{}
	for _, m := range all.ScopeMetrics[0].Metrics {
		seen[m.Name]++
		if gauge, ok := m.Data.(metricdata.Gauge[float64]); ok && m.Name == "postern.run.running" {
			require.Len(t, gauge.DataPoints, 2)
			for i, want := range []string{"garden", "pasture"} {
				got, _ := gauge.DataPoints[i].Attributes.Value("office")
				require.Equal(t, want, got.AsString())
			}
		}
	}
	require.Equal(t, 1, seen["postern.run.running"], "one metric of both")
}

func TestATraceHoldsWhatTheOfficeDid(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
	begin := otelmetrics.Trace(provider)

	_ = opened(t, func(c *backoffice.Config) { c.Trace = begin })
	require.Empty(t, spans.Ended(), "there was no request")

	ctx, request := provider.Tracer("community").Start(t.Context(), "GET /")
	office := opened(t, func(c *backoffice.Config) { c.Trace = begin })
	_, err := office.SetupURL(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, spans.Ended())
	for _, s := range spans.Ended() {
		require.Contains(t, s.Name(), "store.")
		require.Equal(t, trace.SpanKindClient, s.SpanKind())
		require.Equal(t, request.SpanContext().TraceID(), s.SpanContext().TraceID())
		require.Equal(t, codes.Unset, s.Status().Code)
	}
}

func TestASpanTellsTheKindOfAnError(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
	begin := otelmetrics.Trace(provider)
	ctx, _ := provider.Tracer("community").Start(t.Context(), "GET /")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{fmt.Errorf("find: %w", store.ErrNotFound), ""},
		{fmt.Errorf("find: %w", store.ErrReadOnly), "unavailable"},
		{context.Canceled, "cancelled"},
		{errors.New("ada@example.org is not a number"), "failed"},
	} {
		inside, end := begin(ctx, "password.hash")
		require.NotEqual(t, trace.SpanFromContext(ctx), trace.SpanFromContext(inside))
		end(tt.err)
		all := spans.Ended()
		last := all[len(all)-1]
		require.Equal(t, trace.SpanKindInternal, last.SpanKind())
		require.Equal(t, tt.want, last.Status().Description)
		require.Empty(t, last.Events())
		require.NotContains(t, fmt.Sprint(last.Attributes()), "ada")
		require.LessOrEqual(t, last.EndTime().Sub(last.StartTime()), time.Minute)
	}
}

func TestASpanIsExportedWithoutTheAlias(t *testing.T) {
	office := opened(t)
	home := office.HomeURL()
	to := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(otelmetrics.Redact(office, to)))
	all := []attribute.KeyValue{
		attribute.String("url.full", home+"account"), attribute.StringSlice("http.request.header.referer", []string{home, "x"}), attribute.Int("status", 200),
		{Key: "bytes", Value: attribute.ByteSliceValue([]byte(home))},
		{Key: "list", Value: attribute.SliceValue(attribute.StringValue(home), attribute.IntValue(1))},
		{Key: "map", Value: attribute.MapValue(attribute.String(home, home))},
	}
	_, span := provider.Tracer("http").Start(t.Context(), "GET "+home, trace.WithAttributes(all...), trace.WithLinks(trace.Link{Attributes: all}))
	span.AddEvent("at "+home, trace.WithAttributes(all...))
	span.RecordError(errors.New("get " + home))
	span.SetStatus(codes.Error, "get "+home)
	span.End()
	require.Len(t, to.GetSpans(), 1)
	exported := to.GetSpans()[0]
	alias := strings.Trim(strings.TrimPrefix(home, "https://community.example"), "/")
	text := exported.Name + exported.Status.Description
	for _, e := range exported.Events {
		text += e.Name
		exported.Attributes = append(exported.Attributes, e.Attributes...)
	}
	for _, l := range exported.Links {
		exported.Attributes = append(exported.Attributes, l.Attributes...)
	}
	for _, a := range exported.Attributes {
		text += fmt.Sprintf("%s=%v;", a.Key, a.Value.AsInterface())
		if list := a.Value; list.Type() == attribute.BYTESLICE {
			text += string(list.AsByteSlice())
		}
	}
	require.NotContains(t, text, alias)
	require.Greater(t, strings.Count(text, "/_office/"), 15)
	require.Contains(t, exported.Attributes, attribute.Int("status", 200))
	require.NoError(t, provider.Shutdown(context.Background()))
}
