package webhooks

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Published messages are signed by us as by everybody else.
func TestPublishedSignatures(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Secret, Body string
		Headers      map[string]string
		Valid        bool
	}
	if err := json.Unmarshal(text, &list); err != nil || len(list) < 3 {
		t.Fatalf("%d vectors, %v", len(list), err)
	}
	for i, v := range list {
		sent, err := strconv.ParseInt(v.Headers[headerTimestamp], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := sign(v.Secret, v.Headers[headerID], sent, []byte(v.Body))
		if err != nil || slices.Contains(strings.Fields(v.Headers[headerSignature]), ours) != v.Valid {
			t.Errorf("vector %d: we sign it %s, %v; they %s", i, ours, err, v.Headers[headerSignature])
		}
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	one, two := newSecret(), newSecret()
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(one, "whsec_"))
	if err != nil || len(raw) != 32 || one == two || !strings.HasPrefix(one, "whsec_") {
		t.Errorf("%s, %s, %v", one, two, err)
	}
	if _, err := sign("whsec_???", "x", 1, nil); err == nil || strings.Contains(err.Error(), "???") {
		t.Error(err)
	}
}

// The body is what the documents say.
func TestBody(t *testing.T) {
	t.Parallel()
	body, err := bodyOf(outbox.Change{Seq: 7, Topic: outbox.SaleCompleted, Subject: "019283a0-0000-7000-8000-000000000001", Store: "S01", Actor: "key:till",
		At: time.Date(2026, 3, 14, 15, 4, 5, 6_000_000, time.UTC)})
	want := `{"type":"sale.completed","timestamp":"2026-03-14T15:04:05.006Z","data":{"seq":7,"topic":"sale.completed",` +
		`"subject":"019283a0-0000-7000-8000-000000000001","store":"S01","actor":"key:till","at":"2026-03-14T15:04:05.006Z"}}`
	if err != nil || string(body) != want {
		t.Errorf("%s, %v", body, err)
	}
}
