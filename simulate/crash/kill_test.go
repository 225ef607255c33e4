package crash

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/keys"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
	"github.com/tillpost/tillpost/simulate/tills"
)

// killsUsual is how often the server is killed unless KILLS says otherwise, tillsSelling how many tills
// sell meanwhile.
const (
	killsUsual   = 10
	tillsSelling = 32
	stores       = 4
	// firstSale is how long the first sale after a start may take on a busy machine.
	firstSale = time.Minute
)

// kills is how often this run kills.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("KILLS")
	if text == "" {
		return killsUsual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("KILLS=%q is not a number of kills", text)
	}
	return n
}

// till is a real one's memory: the receipt that nobody has acknowledged is sent until somebody does.
type till struct {
	*tills.Till
	unsent *receipt.Receipt
	acked  map[id.ID]receipt.Hash
}

// answered is what the till keeps of an answer.
type answered struct {
	ID   id.ID        `json:"id"`
	Hash receipt.Hash `json:"hash"`
}

// sell sends receipts until the server is gone; sold is called when one is acknowledged.
func (x *till) sell(addr, key string, sold func()) error {
	line, err := tills.Dial(addr)
	if err != nil {
		return nil // killed before the till got through
	}
	defer line.Close()
	for {
		if x.unsent == nil {
			r := x.Next(time.Now())
			x.unsent = &r
		}
		status, body, err := line.Send(tills.Request(http.MethodPost, "/v1/receipts", key, tills.Body(x.unsent)))
		if err != nil {
			return nil
		}
		var a answered
		if status != http.StatusCreated && status != http.StatusOK {
			return fmt.Errorf("status %d: %s", status, body)
		}
		if err := json.Unmarshal(body, &a); err != nil || a.ID != x.unsent.ID || a.Hash != x.unsent.Hash {
			return fmt.Errorf("sent %s, got %s (%w)", x.unsent.ID, body, err)
		}
		x.acked[a.ID], x.unsent = a.Hash, nil
		sold()
	}
}

// A server that is killed while tills sell has every receipt that it acknowledged, once, and nothing by
// halves; what was on its way can be sent again.
func TestKilledWhileSelling(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		key := shop(t, dsn)
		seed := uint64(time.Now().UnixNano())
		random := rand.New(rand.NewPCG(seed, 1))
		t.Logf("seed %d", seed)
		var all []*till
		for i := range tillsSelling {
			all = append(all, &till{Till: tills.New(i, stores, seed), acked: map[id.ID]receipt.Hash{}})
		}
		n := kills(t)
		for i := range n {
			after := time.Duration(5+random.IntN(400)) * time.Millisecond
			round(t, dsn, key, all, after, random.IntN(5) == 0)
			if i%10 == 9 || i == n-1 {
				sound(t, dsn, all)
			}
			if t.Failed() {
				t.Fatalf("after kill %d", i+1)
			}
		}
		total := 0
		for _, x := range all {
			total += len(x.acked)
		}
		t.Logf("%d kills, %d receipts acknowledged", n, total)
		if total < n/2 {
			t.Errorf("only %d receipts were sold: the server hardly ran", total)
		}
	})
}

// round starts the server, has the tills sell, and kills it some time after the first sale; early: some
// time after it listens.
func round(t *testing.T, dsn, key string, all []*till, after time.Duration, early bool) {
	t.Helper()
	c, addr := serve(t, dsn)
	var wait sync.WaitGroup
	selling := make(chan struct{})
	sold := sync.OnceFunc(func() { close(selling) })
	if early {
		sold() // the clock runs before anything is sold
	}
	for _, x := range all {
		wait.Go(func() {
			if err := x.sell(addr, key, sold); err != nil {
				t.Error(err)
			}
		})
	}
	select {
	case <-selling:
	case <-time.After(firstSale):
		t.Errorf("nothing was sold in %s", firstSale)
	}
	<-time.After(after)
	if err := c.Process.Kill(); err != nil {
		t.Error(err)
	}
	wait.Wait()
	_ = c.Wait() // says that it was killed
}

// sound compares what the tills know with what is in the books, and has the books checked.
func sound(t *testing.T, dsn string, all []*till) {
	t.Helper()
	d, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	known, waiting := map[id.ID]receipt.Hash{}, map[id.ID]bool{}
	for _, x := range all {
		for u, h := range x.acked {
			known[u] = h
		}
		if x.unsent != nil {
			waiting[x.unsent.ID] = true
		}
	}
	err = d.Read(t.Context(), func(v *db.View) error {
		return sales.Each(v, 0, func(s *sales.Sale) error {
			switch h, ok := known[s.Receipt.ID]; {
			case ok && h != s.Receipt.Hash:
				t.Errorf("receipt %s has another hash", s.Receipt.ID)
			case !ok && !waiting[s.Receipt.ID]:
				t.Errorf("receipt %s is there twice, or nobody sent it", s.Receipt.ID)
			}
			delete(known, s.Receipt.ID)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for u := range known {
		t.Errorf("receipt %s was acknowledged and is lost", u)
	}
	res, err := check.Run(t.Context(), d, "EUR", nil, nil)
	if err != nil || !res.Sound() {
		t.Errorf("%v %+v", err, res.Findings)
	}
}

// shop sets up the tills' shop and a key for them.
func shop(t *testing.T, dsn string) (key string) {
	t.Helper()
	d, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := tills.Setup(t.Context(), d, stores, tillsSelling/stores); err != nil {
		t.Fatal(err)
	}
	secret := auth.NewSecret()
	_, err = keys.Create(t.Context(), d, keys.Order{Order: auth.Order{Name: "tills", Scopes: []auth.Scope{auth.SalesWrite}, By: "test"}, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	return secret.Text()
}
