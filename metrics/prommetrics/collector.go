// Package prommetrics gives the numbers of an office to Prometheus.
//
//	registry.MustRegister(prommetrics.NewCollector(office))
//
// They hold no secrets, names and addresses. Serve them on a port that only your
// monitoring reaches. For several offices in one process there is [NewOfficesCollector].
package prommetrics

import (
	"iter"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/metrics/internal/series"
)

// Source is an office: *backoffice.Office.
type Source interface{ Stats() backoffice.Stats }

// Sources are several offices with their names: *backoffice.Offices.
type Sources interface {
	All() iter.Seq2[string, *backoffice.Office]
}

// Collector reads the numbers of one or more offices whenever Prometheus asks. It is safe for
// concurrent use.
type Collector struct {
	offices func() iter.Seq2[string, Source]
	// named means that each series has the label "office".
	named bool
	descs map[*series.Series]*prometheus.Desc
}

// NewCollector returns a collector of an office to register.
func NewCollector(office Source) *Collector {
	return newCollector(false, func() iter.Seq2[string, Source] {
		return func(yield func(string, Source) bool) { yield("", office) }
	})
}

// NewOfficesCollector returns a collector of all offices that are there whenever Prometheus
// asks. Their series have the label "office", with the name under which each was added. What
// is the process's, such as the connections of a pool that they share, is in those of each.
func NewOfficesCollector(offices Sources) *Collector {
	return newCollector(true, func() iter.Seq2[string, Source] {
		return func(yield func(string, Source) bool) {
			for name, o := range offices.All() {
				if !yield(name, o) {
					return
				}
			}
		}
	})
}

func newCollector(named bool, offices func() iter.Seq2[string, Source]) *Collector {
	c := &Collector{offices, named, make(map[*series.Series]*prometheus.Desc)}
	for _, s := range series.All {
		labels := s.Labels
		if named {
			labels = append(slices.Clone(labels), "office")
		}
		c.descs[s] = prometheus.NewDesc(s.Name, s.Help, labels, nil)
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
	for name, office := range c.offices() {
		for _, p := range series.Read(office.Stats()) {
			if c.named {
				p.Values = append(slices.Clone(p.Values), name)
			}
			c.collect(to, p)
		}
	}
}

func (c *Collector) collect(to chan<- prometheus.Metric, p series.Point) {
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
