package tax

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// vectors are inputs and answers that every build of the engine must give, this one and the one in
// the till. They were computed by a second program with exact fractions (testdata/tax/README.md).
type vectors struct {
	Compute []struct {
		Name     string         `json:"name"`
		Currency money.Currency `json:"currency"`
		Policy   Policy         `json:"policy"`
		Lines    []Line         `json:"lines"`
		Want     Result         `json:"want"`
		Fault    string         `json:"fault"`
	} `json:"compute"`
	Refund []struct {
		Name   string      `json:"name"`
		Total  money.Minor `json:"total"`
		Orig   qty.Qty     `json:"orig_qty"`
		Before qty.Qty     `json:"refunded_before"`
		Now    qty.Qty     `json:"refund_now"`
		Want   money.Minor `json:"want"`
		Fault  string      `json:"fault"`
	} `json:"refund"`
	Cash []struct {
		Name     string         `json:"name"`
		Total    money.Minor    `json:"total"`
		Step     money.Minor    `json:"step"`
		Mode     fixed.Rounding `json:"mode"`
		Want     money.Minor    `json:"want"`
		Rounding money.Minor    `json:"rounding"`
		Fault    string         `json:"fault"`
	} `json:"cash"`
}

func readVectors(t testing.TB) vectors {
	t.Helper()
	data, err := os.ReadFile("../../../testdata/tax/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVectors(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	for _, x := range v.Compute {
		got, err := Compute(x.Lines, x.Policy, x.Currency)
		if fault.CodeOf(err) != x.Fault {
			t.Errorf("%s: fault %v, want %q", x.Name, err, x.Fault)
			continue
		}
		if err != nil {
			continue
		}
		checkSums(t, got)
		if !reflect.DeepEqual(got, x.Want) {
			t.Errorf("%s:\n got %+v\nwant %+v", x.Name, got, x.Want)
		}
	}
	for _, x := range v.Refund {
		got, err := CumulativeShare(x.Total, x.Orig, x.Before, x.Now)
		if fault.CodeOf(err) != x.Fault || got != x.Want {
			t.Errorf("%s: %d (%v), want %d %q", x.Name, got, err, x.Want, x.Fault)
		}
	}
	for _, x := range v.Cash {
		got, rounding, err := CashRound(x.Total, x.Step, x.Mode)
		if fault.CodeOf(err) != x.Fault || got != x.Want || rounding != x.Rounding {
			t.Errorf("%s: %d %d (%v), want %d %d %q", x.Name, got, rounding, err, x.Want, x.Rounding, x.Fault)
		}
	}
	t.Logf("%d computations, %d refunds, %d cash roundings", len(v.Compute), len(v.Refund), len(v.Cash))
}

// TestVectorsRoundTrip: a document that goes through JSON and back is computed alike.
func TestVectorsRoundTrip(t *testing.T) {
	t.Parallel()
	for _, x := range readVectors(t).Compute {
		data, err := json.Marshal(x.Lines)
		if err != nil {
			t.Fatal(err)
		}
		var lines []Line
		if err := json.Unmarshal(data, &lines); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(lines, x.Lines) {
			t.Errorf("%s: %+v came back as %+v", x.Name, x.Lines, lines)
		}
	}
}
