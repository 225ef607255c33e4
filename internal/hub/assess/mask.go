package assess

import "github.com/tillpost/tillpost/internal/base/pan"

// Mask takes card numbers out of what the report repeats of the file. Who shows a report does it first.
func (r *Report) Mask() {
	for i := range r.Findings {
		for j := range r.Findings[i].Examples {
			x := &r.Findings[i].Examples[j]
			x.Document, x.Message = pan.Mask(x.Document), pan.Mask(x.Message)
		}
	}
	for i := range r.Series {
		r.Series[i].Name = pan.Mask(r.Series[i].Name)
	}
	for i := range r.Totals {
		for _, list := range [][]Sum{r.Totals[i].Tenders, r.Totals[i].Taxes} {
			for j := range list {
				list[j].Name = pan.Mask(list[j].Name)
			}
		}
	}
}
