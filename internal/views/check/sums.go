package check

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/domain/ledger"
)

// ofChain are the ledger's findings that belong to the chain; the others belong to the balance.
var ofChain = map[string]bool{ledger.FoundMissing: true, ledger.FoundChanged: true, ledger.FoundBroken: true, ledger.FoundHead: true}

// compareLedger reports what the ledger finds in itself.
func (w *walk) compareLedger() error {
	if !w.wants(Chain, Balance) {
		return nil
	}
	found, err := w.verifier.Finish(w.q)
	if err != nil {
		return err
	}
	for _, f := range found.Findings {
		x := Finding{Check: Balance, Where: "ledger", Message: f.Message}
		if ofChain[f.Code] {
			x.Check = Chain
		}
		if f.Seq > 0 {
			x.Where = fmt.Sprintf("entry %d", f.Seq)
		}
		cur := w.result.Currency
		if f.Off != 0 {
			x.Message = "its debits and credits differ by " + cur.Format(f.Off.Abs())
		}
		if t := f.Total; t != nil {
			x.Where = fmt.Sprintf("account %s on %s, %s", t.Account, t.Day, orNone(t.Store))
			if t.Month != "" {
				x.Where = fmt.Sprintf("account %s in %s", t.Account, t.Month)
			}
			x.Message = "the running total is not the sum of the entries"
			x.Want = "debit " + cur.Format(t.LinesDebit) + ", credit " + cur.Format(t.LinesCredit)
			x.Got = "debit " + cur.Format(t.Debit) + ", credit " + cur.Format(t.Credit)
		}
		w.report(x)
	}
	w.result.More += found.Count - int64(len(found.Findings))
	return nil
}
