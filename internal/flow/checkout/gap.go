package checkout

import (
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// reportGap keeps one open task for each run of numbers that a register has not sent, and the task names
// exactly what is missing. A receipt that leaves numbers out opens one; a late one closes the task that
// its number is in, and what is left of it goes on as one or two others. What a person has decided stays
// decided. A receipt in its order costs nothing here.
func reportGap(tx *db.Tx, sale *sales.Sale) error {
	r := &sale.Receipt
	if sale.Gap != (sales.Run{}) {
		return tasks.Open(tx, gapTask(r, sale.Gap))
	}
	if sale.Filled == (sales.Run{}) {
		return nil
	}
	var left []tasks.Task
	resolution := sales.GapFilled
	for _, run := range sale.Filled.Without(r.Number) {
		left, resolution = append(left, gapTask(r, run)), sales.GapNarrowed
	}
	_, err := tasks.Narrow(tx, sales.GapKey(r.Store, r.Register, sale.Filled), left, resolution)
	return err
}

func gapTask(r *receipt.Receipt, run sales.Run) tasks.Task {
	return tasks.Task{Kind: sales.NumberGap, Key: sales.GapKey(r.Store, r.Register, run), Store: r.Store, Doc: r.ID,
		Message: sales.GapMessage(r.Store, r.Register, run)}
}
