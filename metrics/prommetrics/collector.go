// Package prommetrics gives the numbers of an office to Prometheus.
//
//	registry.MustRegister(prommetrics.NewCollector(office))
//
// They hold no secrets, names and addresses. Serve them on a port that only your
// monitoring reaches. For several offices in one process, set them apart by a label
// with prometheus.WrapRegistererWith.
package prommetrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/metrics/internal/series"
)

// Source is an office: *backoffice.Office.
type Source interface {
	Stats() backoffice.Stats
	Health(context.Context) backoffice.Health
}

// Collector reads the numbers of an office whenever Prometheus asks. It is safe for
// concurrent use.
type Collector struct {
	office Source
	descs  map[*series.Series]*prometheus.Desc
}

// NewCollector returns a collector to register.
func NewCollector(office Source) *Collector {
	c := &Collector{office, make(map[*series.Series]*prometheus.Desc)}
	for _, s := range series.All {
		c.descs[s] = prometheus.NewDesc(s.Name, s.Help, s.Labels, nil)
	}
	return c
}

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		to <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(to chan<- prometheus.Metric) {
	for _, p := range series.Read(context.Background(), c.office) {
		switch p.Kind {
		case series.Histogram:
			count, buckets := cumulative(p.Histogram)
			to <- prometheus.MustNewConstHistogram(c.descs[p.Series], count, p.Histogram.Sum.Seconds(), buckets, p.Values...)
		case series.Counter:
			to <- prometheus.MustNewConstMetric(c.descs[p.Series], prometheus.CounterValue, p.Value, p.Values...)
		default:
			to <- prometheus.MustNewConstMetric(c.descs[p.Series], prometheus.GaugeValue, p.Value, p.Values...)
		}
	}
}

// cumulative counts, as Prometheus does, in each bucket also what is in those before.
func cumulative(h backoffice.Histogram) (count uint64, buckets map[float64]uint64) {
	buckets = make(map[float64]uint64, len(h.Bounds))
	for i, n := range h.Counts {
		count += n
		if i < len(h.Bounds) {
			buckets[h.Bounds[i].Seconds()] = count
		}
	}
	return count, buckets
}
