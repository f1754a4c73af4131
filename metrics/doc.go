// Package metrics is the root of a module of its own, so that an office that is not
// watched links none of it. prommetrics gives the numbers of an office to
// Prometheus, otelmetrics gives them and its traces to OpenTelemetry; grafana.json
// is a dashboard over the former.
package metrics
