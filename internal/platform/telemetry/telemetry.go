// Package telemetry is how a running server is watched: figures for Prometheus, and traces by
// OpenTelemetry where a collector is configured. Neither holds anything about customers, and labels have
// few values: operations and statuses, never codes of the shop.
package telemetry

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// Telemetry collects. Its methods may be called by everybody at once.
type Telemetry struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	inside   prometheus.Gauge
	groups   prometheus.Histogram
	commits  prometheus.Histogram
	failed   prometheus.Counter

	tracer  trace.Tracer
	traces  bool
	headers propagation.TextMapPropagator
	stop    func(context.Context) error
}

// Where an OpenTelemetry collector is named, by the variables of its specification.
var endpoints = []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"}

// seconds are the bounds of the histograms: a sale takes milliseconds, a report less than one, a check minutes.
var seconds = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60}

// New begins to collect. Traces go to the collector that the environment names; without one there are none.
func New(ctx context.Context, version string) (*Telemetry, error) {
	t := &Telemetry{registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "tillpost_http_request_seconds",
			Help: "How long requests took, by operation and status.", Buckets: seconds}, []string{"operation", "status"}),
		inside: prometheus.NewGauge(prometheus.GaugeOpts{Name: "tillpost_http_requests_in_flight", Help: "Requests that are being worked on."}),
		groups: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "tillpost_db_group_writes",
			Help: "How many writes shared one commit.", Buckets: []float64{1, 2, 5, 10, 20, 50, 100, 200}}),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "tillpost_db_group_seconds",
			Help: "How long a group of writes took until it was on disk.", Buckets: seconds}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{Name: "tillpost_db_groups_failed_total",
			Help: "Groups of writes that were undone; their writes ran again one by one, or failed."}),
		tracer: noop.NewTracerProvider().Tracer(""), headers: propagation.TraceContext{}, stop: func(context.Context) error { return nil },
	}
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "tillpost_build_info", Help: "The version of the program.",
		ConstLabels: prometheus.Labels{"version": version}}, func() float64 { return 1 })
	t.registry.MustRegister(t.requests, t.inside, t.groups, t.commits, t.failed, build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, name := range endpoints {
		if os.Getenv(name) != "" {
			return t, t.trace(ctx, version)
		}
	}
	return t, nil
}

// trace sends traces to the collector.
func (t *Telemetry) trace(ctx context.Context, version string) error {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return ErrTraces.Because(err)
	}
	about := resource.NewSchemaless(attribute.String("service.name", "tillpost"), attribute.String("service.version", version))
	p := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	t.tracer, t.traces, t.stop = p.Tracer("tillpost"), true, p.Shutdown
	return nil
}

// Close sends what was collected and not sent yet.
func (t *Telemetry) Close(ctx context.Context) error { return t.stop(ctx) }

// Metrics answers Prometheus.
func (t *Telemetry) Metrics() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// Gauge adds a figure that is asked for whenever Prometheus asks.
func (t *Telemetry) Gauge(name, help string, read func() float64) {
	t.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Request begins a request. end is called with the operation that it was and the status that it got.
func (t *Telemetry) Request(r *http.Request) (ctx context.Context, end func(operation string, status int)) {
	ctx = r.Context()
	began := time.Now()
	t.inside.Inc()
	var span trace.Span
	if t.traces {
		ctx = t.headers.Extract(ctx, propagation.HeaderCarrier(r.Header))
		ctx, span = t.tracer.Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer))
	}
	return ctx, func(operation string, status int) {
		t.inside.Dec()
		t.requests.WithLabelValues(operation, strconv.Itoa(status)).Observe(time.Since(began).Seconds())
		if span != nil {
			span.SetName(operation)
			span.SetAttributes(attribute.String("http.request.method", r.Method), attribute.Int("http.response.status_code", status))
			if status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, http.StatusText(status))
			}
			span.End()
		}
	}
}

// Group counts a group of writes; give it to db.WithObserver.
func (t *Telemetry) Group(g db.Group) {
	if g.Err != nil {
		t.failed.Inc()
		return
	}
	t.groups.Observe(float64(g.Bodies))
	t.commits.Observe(g.Took.Seconds())
}

// Span begins a part of a request, for db.WithSpans.
func (t *Telemetry) Span(ctx context.Context, name string) (end func(error)) {
	_, span := t.tracer.Start(ctx, name)
	return func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Traces tells whether anybody wants spans: without, nobody should pay for them.
func (t *Telemetry) Traces() bool { return t.traces }
