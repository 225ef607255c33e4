package poslog

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillpost/tillpost/internal/hub/intake"
)

func TestTry(t *testing.T) {
	r, info, err := Open("/work/shared/data/poslog/ncr_poslog_part1.xml", intake.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(info)
	for {
		d, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if d.Receipt != nil {
			t.Log(d.External, len(d.Receipt.Lines), d.Receipt.Total(), d.Receipt.Tenders, d.Unexplained)
		} else {
			t.Log(d.External, d.Control, d.Rejected)
		}
		for _, f := range d.Findings {
			t.Log("    ", f.Code, f.Message)
		}
	}
	_ = os.Args
	_ = filepath.Base
}
