package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/hub/webhooks"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/platform/outbox"
	"github.com/tillpost/tillpost/internal/platform/secrets"
	"github.com/tillpost/tillpost/internal/platform/telemetry"
)

// A webhook's life on the command line, with a receiver and the server's job beside it.
func TestWebhookCommands(t *testing.T) {
	t.Parallel()
	came := make(chan string, 100)
	status := http.StatusOK
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct{ Type string }
		_ = json.NewDecoder(r.Body).Decode(&m)
		w.WriteHeader(status)
		came <- m.Type + " " + r.Header.Get("webhook-id")
	}))
	defer peer.Close()
	dsn := dbtest.SQLite(t)
	allow := "--webhook-allow=" + strings.TrimPrefix(peer.URL, "http://")
	run := func(code int, args ...string) string {
		t.Helper()
		var out, problem bytes.Buffer
		if got := Main(append([]string{"--db", dsn}, args...), strings.NewReader(""), &out, &problem); got != code {
			t.Fatalf("%v ended with %d: %s%s", args, got, out.String(), problem.String())
		}
		return out.String()
	}
	has := func(text string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%q is not in %s", w, text)
			}
		}
	}
	run(0, "setup", "--currency", "USD", "--zone", "America/New_York", "--tax-on-top")
	var w struct{ ID, Secret string }
	if err := json.Unmarshal([]byte(run(0, "webhook", "add", peer.URL, "--topic", "register.changed", allow, "--json")), &w); err != nil || w.Secret == "" {
		t.Fatal(w, err)
	}
	has(run(0, "webhook", "test", w.ID, allow), "It answered 200")
	has(<-came, "webhook.test ")
	has(run(1, "webhook", "test", w.ID), "inside a private network")
	has(run(0, "webhook", "show", w.ID), `"state": "active"`)
	deliver := func() string { // by a server that runs for as long as it takes
		t.Helper()
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		serving := serveCmd{Addr: "127.0.0.1:0", Rate: 100, InFlight: 10, LogLevel: "error", hooked: hooked{WebhookAllow: []string{strings.TrimPrefix(peer.URL, "http://")}}}
		ended := make(chan error)
		go func() { ended <- serving.Run(&env{ctx: ctx, dsn: dsn, stdout: io.Discard, stderr: io.Discard}) }()
		got := <-came
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		return got
	}
	run(0, "register", "add", "R7", "--name", "Seven")
	first := deliver()
	has(first, string(outbox.RegisterChanged)+" ")
	_, delivery, _ := strings.Cut(first, " ")
	has(run(0, "webhook", "deliveries", w.ID, "--format", "csv"), "register.changed,S01/R7,delivered,1,200,,"+delivery)
	has(run(0, "webhook", "deliveries", w.ID, delivery, "--format", "csv"), ",200,")
	has(run(0, "webhook", "replay", w.ID, "--delivery", delivery), "1 message is sent again")
	if again := deliver(); again != first {
		t.Errorf("%s came, not %s", again, first)
	}
	has(run(0, "webhook", "replay", w.ID, "--since", "0"), "Everything behind 0 is sent again")
	has(run(0, "webhook", "rotate", w.ID, "--grace", "2h"), "Its old secret signs too until", "whsec_")
	has(run(0, "webhook", "pause", w.ID), "is paused")
	has(run(0, "webhook", "list", "--format", "csv"), ",paused,")
	has(run(0, "webhook", "resume", w.ID), "is active")
	has(deliver(), "register.changed ")
	has(run(0, "webhook", "remove", w.ID), "is gone")
	run(2, "webhook", "show", w.ID)
	has(run(0, "check", "outbox"), "Everything agrees")
}

// Address, topics and stores of a webhook change without a new secret; the log tells of each change once.
func TestWebhookSet(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		run := func(code int, args ...string) string {
			t.Helper()
			var out, problem bytes.Buffer
			if got := Main(append([]string{"--db", dsn}, args...), strings.NewReader(""), &out, &problem); got != code {
				t.Fatalf("%v ended with %d: %s%s", args, got, out.String(), problem.String())
			}
			return out.String() + problem.String()
		}
		run(0, "setup", "--currency", "USD", "--zone", "America/New_York", "--tax-on-top")
		w := struct {
			ID, Secret, URL string
			Topics, Stores  []string
		}{}
		d, err := db.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		box, err := secrets.Open(dsn, func(string) string { return base64.StdEncoding.EncodeToString(make([]byte, 32)) })
		if err != nil {
			t.Fatal(err)
		}
		e, _, err := webhooks.Create(t.Context(), d, webhooks.Options{Secrets: box}, webhooks.New{URL: "https://hooks.example.com/", Stores: []string{"S01"}})
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
		set := func(code int, want string, args ...string) {
			t.Helper()
			if got := run(code, append([]string{"webhook", "set", e.ID.String()}, args...)...); !strings.Contains(got, want) {
				t.Errorf("%v: %s, want %s", args, got, want)
			}
		}
		set(2, "[usage]")
		set(2, "[usage]", "--topic", "sale.completed", "--all-topics")
		set(2, "[topic_unknown]", "--topic", "sale.invented")
		set(2, "[store_unknown]", "--store", "S09")
		set(2, "[webhook_not_encrypted]", "--url", "http://hooks.example.com/")
		set(0, "tells https://new.example.com/ day.closed, sale.completed in S01.", "--url", "https://new.example.com/", "--topic", "sale.completed", "--topic", "day.closed")
		set(0, "tells https://new.example.com/ everything that happens.", "--all-topics", "--all-stores")
		set(0, "tells https://new.example.com/ everything that happens.", "--all-stores") // nothing is different
		if err := json.Unmarshal([]byte(run(0, "webhook", "show", e.ID.String())), &w); err != nil || w.URL != "https://new.example.com/" || len(w.Topics)+len(w.Stores) != 0 {
			t.Errorf("%+v, %v", w, err)
		}
		if log := run(0, "log", "--topic", "webhook.changed", "--json"); strings.Count(log, `"webhook.changed"`) != 3 {
			t.Error(log)
		}
	})
}

// What waits for webhooks is among the figures of /metrics, and no figure when it cannot be read.
func TestWebhookGauges(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d, err := db.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"0", "NaN"} {
			tele, err := telemetry.New(t.Context(), "test")
			if err != nil {
				t.Fatal(err)
			}
			gauges(t.Context(), tele, d)
			w := httptest.NewRecorder()
			tele.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
			for _, name := range []string{"tillpost_webhook_deliveries_waiting", "tillpost_webhook_oldest_waiting_seconds"} {
				if !strings.Contains(w.Body.String(), "\n"+name+" "+want+"\n") {
					t.Errorf("%s is not %s: %s", name, want, w.Body)
				}
			}
			_ = d.Close()
		}
	})
}
