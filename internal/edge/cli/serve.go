package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/hub/webhooks"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/telemetry"
)

type serveCmd struct {
	Addr     string `help:"Where to listen. Other machines can reach it only when it is not 127.0.0.1." default:"127.0.0.1:8080" env:"TILLPOST_ADDR" placeholder:"HOST:PORT"`
	TLSCert  string `name:"tls-cert" help:"Certificate (PEM) for HTTPS; needs --tls-key." type:"existingfile" placeholder:"FILE"`
	TLSKey   string `name:"tls-key" help:"Private key (PEM) of the certificate." type:"existingfile" placeholder:"FILE"`
	Rate     int    `help:"Requests a second that one key may make (burst: twice as many at once)." default:"500"`
	InFlight int    `help:"Requests that are worked on at the same time; more are asked to come back." default:"512"`
	LogLevel string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"TILLPOST_LOG"`
	hooked   `embed:""`
}

// Help is the text below the flags.
func (serveCmd) Help() string {
	return `The API is described at /docs and, for programs, at /openapi.json. It needs a key: "tillpost key create". The log is JSON
lines on the standard error. Ctrl-C or SIGTERM finishes what was accepted and ends it.

  tillpost key create webshop --scope all
  tillpost serve`
}

// Run serves until it is stopped.
func (c serveCmd) Run(e *env) error {
	t, err := c.tls()
	if err != nil {
		return err
	}
	tele, err := telemetry.New(e.ctx, Version)
	if err != nil {
		return err
	}
	defer func() { _ = tele.Close(context.WithoutCancel(e.ctx)) }() // what a collector does not take is lost
	opts := []db.Option{db.WithObserver(tele.Group)}
	if tele.Traces() {
		opts = append(opts, db.WithSpans(tele.Span))
	}
	d, _, err := e.existing(opts...)
	if err != nil {
		return err
	}
	defer d.Close()
	gauges(e.ctx, tele, d)
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return ErrListen.At(c.Addr).Because(err)
	}
	return c.serve(e, d, l, t, tele)
}

// serve answers at l until the command is stopped.
func (c serveCmd) serve(e *env, d *db.DB, l net.Listener, t *tls.Config, tele *telemetry.Telemetry) (err error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(e.stderr, &slog.HandlerOptions{Level: level}))
	keys, err := auth.Keep(e.ctx, d, func(err error) { log.Error("the API keys could not be read; it is tried again", "error", err) })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	hooks, err := c.options(e)
	if err != nil {
		return err
	}
	hooks.Log = log
	api := httpapi.New(httpapi.Options{DB: d, Keys: keys, Log: log, Version: Version, Telemetry: tele, Webhooks: hooks,
		Limits: httpapi.Limits{Rate: c.Rate, Burst: 2 * c.Rate, InFlight: c.InFlight}})
	ctx, stop := context.WithCancel(e.ctx)
	told := make(chan error, 1)
	go func() { told <- webhooks.Run(ctx, d, hooks) }()
	defer func() { stop(); err = errors.Join(err, <-told) }()
	e.welcome(l.Addr(), t != nil, d)
	err = httpapi.Serve(ctx, l, api, t)
	if e.ctx.Err() != nil && err == nil {
		e.say("Stopped; what was accepted is done.")
	}
	return err
}

// tls reads the certificate.
func (c serveCmd) tls() (*tls.Config, error) {
	if c.TLSCert == "" && c.TLSKey == "" {
		return nil, nil
	}
	cert, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, ErrTLS.Because(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, nil
}

// welcome says what to open, and what is missing.
func (e *env) welcome(addr net.Addr, secure bool, d *db.DB) {
	scheme := "http"
	if secure {
		scheme = "https"
	}
	e.say("Tillpost %s serves %s on %s://%s", Version, hideSecrets(e.dsn, e.dsn), scheme, addr)
	e.say("  %s://%s/docs          what the API can do", scheme, addr)
	e.say("  %s://%s/openapi.json  the same for programs", scheme, addr)
	e.say("  curl -H 'Authorization: Bearer KEY' %s://%s/v1/receipts?from=2026-03-14", scheme, addr)
	if tcp, ok := addr.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() && !secure {
		e.say("Keys and sales travel unencrypted: use --tls-cert and --tls-key, or a proxy that does.")
	}
	var n int
	err := d.Read(e.ctx, func(v *db.View) error {
		list, err := auth.List(v)
		n = len(list)
		return err
	})
	if err == nil && n == 0 {
		e.say("There is no API key yet; in another terminal:  tillpost --db %s key create me --scope all", hideSecrets(e.dsn, e.dsn))
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(e.stderr, "tillpost: "+explain(err, e.dsn))
	}
}
