// Package otelmetrics gives the numbers and the traces of an office to
// OpenTelemetry.
//
// The office keeps its own counts, so its numbers are not instruments but a
// producer beside them, added to the reader of your meter provider:
//
//	producer := otelmetrics.NewProducer()
//	reader := metric.NewPeriodicReader(exporter, metric.WithProducer(producer))
//	...
//	cfg.Trace = otelmetrics.Trace(tracerProvider)
//	office, err := backoffice.New(ctx, cfg)
//	producer.Add(office)
//
// Neither holds secrets, names and addresses.
package otelmetrics

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/metrics/internal/series"
)

// scope names the office as the source of metrics and spans.
const scope = "github.com/postern-go/postern"

var _ metric.Producer = (*Producer)(nil)

// Source is an office: *backoffice.Office.
type Source interface{ Stats() backoffice.Stats }

// Sources are several offices with their names: *backoffice.Offices.
type Sources interface {
	All() iter.Seq2[string, *backoffice.Office]
}

// Producer reads the numbers of one or more offices whenever a reader asks. Before
// [Producer.Add] or [Producer.AddOffices] there are none. It is safe for concurrent use.
type Producer struct {
	began   time.Time
	mu      sync.Mutex
	office  Source
	offices Sources
}

// NewProducer returns a producer for the option metric.WithProducer.
func NewProducer() *Producer { return &Producer{began: time.Now()} }

// Add sets the office, if there is one.
func (p *Producer) Add(office Source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.office = office
}

// AddOffices sets several offices, in place of one: those that are there whenever a reader
// asks. Their points have the attribute "office", with the name under which each was added.
func (p *Producer) AddOffices(offices Sources) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.offices = offices
}

// points are those of all offices. Those of a series are beside each other.
func (p *Producer) points() []series.Point {
	p.mu.Lock()
	office, offices := p.office, p.offices
	p.mu.Unlock()
	if offices == nil {
		if office == nil {
			return nil
		}
		return series.Read(office.Stats())
	}
	of := map[*series.Series][]series.Point{}
	for name, o := range offices.All() {
		for _, point := range series.Read(o.Stats()) {
			s := point.Series
			point.Series = &series.Series{Name: s.Name, Help: s.Help, Kind: s.Kind, Labels: append(slices.Clone(s.Labels), "office")}
			point.Values = append(slices.Clone(point.Values), name)
			if all := of[s]; len(all) > 0 {
				point.Series = all[0].Series
			}
			of[s] = append(of[s], point)
		}
	}
	var points []series.Point
	for _, s := range series.All {
		points = append(points, of[s]...)
	}
	return points
}

// Produce implements [metric.Producer].
func (p *Producer) Produce(context.Context) ([]metricdata.ScopeMetrics, error) {
	points := p.points()
	if len(points) == 0 {
		return nil, nil
	}
	now := time.Now()
	var metrics []metricdata.Metrics
	for len(points) > 0 {
		n := 1
		for n < len(points) && points[n].Series == points[0].Series {
			n++
		}
		metrics = append(metrics, p.metrics(points[:n], now))
		points = points[n:]
	}
	return []metricdata.ScopeMetrics{{Scope: instrumentation.Scope{Name: scope}, Metrics: metrics}}, nil
}

// metrics are the points of one series.
func (p *Producer) metrics(points []series.Point, now time.Time) metricdata.Metrics {
	s := points[0].Series
	m := metricdata.Metrics{Name: name(s), Description: s.Help}
	if strings.Contains(s.Name, "_seconds") {
		m.Unit = "s"
	}
	switch s.Kind {
	case series.Histogram:
		var all []metricdata.HistogramDataPoint[float64]
		for _, point := range points {
			all = append(all, p.histogram(point, now))
		}
		m.Data = metricdata.Histogram[float64]{DataPoints: all, Temporality: metricdata.CumulativeTemporality}
	case series.Counter:
		m.Data = metricdata.Sum[float64]{DataPoints: p.numbers(points, now), Temporality: metricdata.CumulativeTemporality, IsMonotonic: true}
	default:
		m.Data = metricdata.Gauge[float64]{DataPoints: p.numbers(points, now)}
	}
	return m
}

func (p *Producer) numbers(points []series.Point, now time.Time) (all []metricdata.DataPoint[float64]) {
	for _, point := range points {
		all = append(all, metricdata.DataPoint[float64]{Attributes: attributes(point), StartTime: p.began, Time: now, Value: point.Value})
	}
	return all
}

func (p *Producer) histogram(point series.Point, now time.Time) metricdata.HistogramDataPoint[float64] {
	h := metricdata.HistogramDataPoint[float64]{
		Attributes: attributes(point), StartTime: p.began, Time: now, BucketCounts: point.Histogram.Counts, Sum: point.Histogram.Sum.Seconds(),
	}
	for _, bound := range point.Histogram.Bounds {
		h.Bounds = append(h.Bounds, bound.Seconds())
	}
	for _, n := range point.Histogram.Counts {
		h.Count += n
	}
	return h
}

// name is that of a series as OpenTelemetry writes it: with dots, and without the
// unit and the kind at its end.
func name(s *series.Series) string {
	short := strings.TrimSuffix(strings.TrimSuffix(s.Name, "_total"), "_seconds")
	return strings.Replace(strings.Replace(short, "_", ".", 1), "_", ".", 1)
}

func attributes(p series.Point) attribute.Set {
	var all []attribute.KeyValue
	for i, label := range p.Labels {
		all = append(all, attribute.String(label, p.Values[i]))
	}
	return attribute.NewSet(all...)
}
