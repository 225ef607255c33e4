package check

import (
	"context"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// corruption is a row that somebody has changed behind the books' back, and what must be found: "check:
// where", of which each is found at least once and nothing else.
type corruption struct {
	sql  db.SQL
	want []string
}

// The third receipt is the first of till 02/R1 and has entry 11; entries 12 and 13 belong to the next
// two receipts.
const (
	third    = "receipt 02/R1 #1"
	booked12 = "receipt 02/R2 #1"

	thirdMessage = `(SELECT seq FROM outbox WHERE topic = 'sale.completed' ORDER BY seq LIMIT 1 OFFSET 2)`
)

var corruptions = map[string]corruption{
	"line amount": {`UPDATE receipt_lines SET net = net + 1 WHERE receipt_seq = 3 AND line_no = 2`,
		[]string{"chain: " + third, "receipts: " + third, "receipts: " + third + " line 2", "totals: totals_sales Day 2026-03-14 Store 02 Register R1",
			"totals: totals_days Day 2026-03-14 Department toys",
			"totals: totals_receipts Day 2026-03-14 Store 02 Register R1"}},
	"deleted line": {`DELETE FROM receipt_lines WHERE receipt_seq = 3 AND line_no = 4`,
		[]string{"chain: " + third, "receipts: " + third, "tax: " + third, "totals: totals_"}},
	"receipt hash":     {`UPDATE receipts SET hash = id WHERE seq = 3`, []string{"chain: " + third}},
	"previous hash":    {`UPDATE receipts SET prev_hash = hash WHERE seq = 3`, []string{"chain: " + third}},
	"content hash":     {`UPDATE receipts SET content = id WHERE seq = 3`, []string{"chain: " + third}},
	"note":             {`UPDATE receipts SET note = 'x' WHERE seq = 3`, []string{"chain: " + third}},
	"total":            {`UPDATE receipts SET total = total + 1 WHERE seq = 3`, []string{"receipts: " + third}},
	"tax":              {`UPDATE receipts SET tax = tax + 1 WHERE seq = 3`, []string{"receipts: " + third}},
	"line tax":         {`UPDATE receipt_lines SET tax = tax + 1 WHERE receipt_seq = 3 AND line_no = 2`, []string{"receipts: " + third + " line 2"}},
	"hour":             {`UPDATE receipts SET hour = 3 WHERE seq = 3`, []string{"receipts: " + third, "totals: totals_sales Day 2026-03-14 Store 02 Register R1", "totals: totals_receipts Day 2026-03-14 Store 02 Register R1"}},
	"business day":     {`UPDATE receipts SET business_day = '2026-03-13' WHERE seq = 3`, []string{"chain: " + third, "receipts: " + third, "totals: totals_"}},
	"tender":           {`UPDATE receipt_tenders SET amount = amount + 1 WHERE receipt_seq = 3`, []string{"chain: " + third, "receipts: " + third, "totals: totals_tenders Day 2026-03-14 Store 02 Register R1 Tender cash"}},
	"tender type":      {`UPDATE receipt_tenders SET type = 'card' WHERE receipt_seq = 3`, []string{"chain: " + third, "receipts: " + third, "totals: totals_tenders Day 2026-03-14 Store 02 Register R1 Tender"}},
	"deleted tender":   {`DELETE FROM receipt_tenders WHERE receipt_seq = 3`, []string{"chain: " + third, "receipts: " + third, "totals: totals_tenders Day 2026-03-14 Store 02 Register R1 Tender cash"}},
	"tax of a line":    {`UPDATE receipt_taxes SET amount = amount + 1 WHERE receipt_seq = 3 AND line_no = 2`, []string{"chain: " + third, "receipts: " + third, "receipts: " + third + " line 2", "tax: " + third, "totals: totals_"}},
	"discount":         {`UPDATE receipt_reductions SET amount = amount + 1 WHERE receipt_seq = 3`, []string{"chain: " + third, "receipts: " + third + " line 2"}},
	"unexplained":      {`UPDATE receipts SET unexplained = unexplained + 1 WHERE external = 'w10.00'`, []string{"receipts: receipt 01/WEB #2 (w10.00)", "totals: totals_receipts Day 2026-03-14 Store 01 Register WEB"}},
	"renumbered":       {`UPDATE receipts SET number = 900 WHERE seq = 3`, []string{"chain: receipt 02/R1 #900", "chain: register 02/R1", "gaps: register 02/R1"}},
	"deleted receipt":  {`DELETE FROM receipts WHERE seq = 3`, []string{"chain: row 3 of receipts", "receipts: entry 11 (sale)", "totals: totals_", "gaps: register 02/R1", "outbox: message 154: it announces"}},
	"deleted the last": {`DELETE FROM receipts WHERE seq = (SELECT MAX(seq) FROM receipts)`, []string{"chain: row 69 of receipts", "chain: register 01/R1", "receipts: entry 114 (sale)", "totals: totals_", "outbox: message 293: it announces"}},
	"head of a till":   {`UPDATE register_heads SET number = number + 1 WHERE store = '02' AND register = 'R2'`, []string{"chain: register 02/R2"}},
	"no head":          {`DELETE FROM register_heads WHERE store = '02' AND register = 'R2'`, []string{"chain: register 02/R2"}},
	"seal":             {`UPDATE day_closes SET total = total + 1 WHERE register = 'R1'`, []string{"chain: close of 2026-03-14, store 01, register R1"}},
	"deleted seal":     {`DELETE FROM day_closes WHERE register = 'R1'`, []string{"chain: close of 2026-03-14, store 01"}},

	"entry line":     {`UPDATE entry_lines SET amount = amount + 1 WHERE entry_seq = 12 AND line_no = 1`, []string{"chain: entry 12", "balance: entry 12", "balance: account 1110 on 2026-03-14, store 02", "balance: account 1110 in 2026-03", "receipts: " + booked12}},
	"entry's tender": {`UPDATE entry_lines SET tender = 'card' WHERE entry_seq = 12 AND tender = 'cash'`, []string{"chain: entry 12", "receipts: " + booked12}},
	"entry's tax":    {`UPDATE entry_lines SET tax_code = 'X' WHERE entry_seq = 12 AND tax_code = 'VAT20'`, []string{"chain: entry 12", "tax: " + booked12}},
	"entry's day":    {`UPDATE entries SET business_day = '2026-03-13' WHERE seq = 12`, []string{"chain: entry 12", "receipts: " + booked12, "stock: stock move 1 of entry 12", "stock: stock move 2 of entry 12"}},
	"entry's memo":   {`UPDATE entries SET memo = 'x' WHERE seq = 12`, []string{"chain: entry 12"}},
	"entry's hash":   {`UPDATE entries SET hash = id WHERE seq = 12`, []string{"chain: entry 12"}},
	"entry's account": {`UPDATE entry_lines SET account = 'none' WHERE entry_seq = 12 AND line_no = 1`, []string{"chain: entry 12", "balance: entry 12", "balance: account 1110 on 2026-03-14, store 02", "balance: account 1110 in 2026-03",
		"balance: account none on 2026-03-14, store 02", "balance: account none in 2026-03"}},
	"deleted entry":      {`DELETE FROM entries WHERE seq = 12`, []string{"chain: entry 13", "balance: entry 12", "balance: account ", "receipts: " + booked12, "stock: stock move 1 of entry 12", "stock: stock move 2 of entry 12", "stock: " + booked12}},
	"deleted entry line": {`DELETE FROM entry_lines WHERE entry_seq = 12 AND line_no = 1`, []string{"chain: entry 12", "balance: entry 12", "balance: account 1110 on 2026-03-14, store 02", "balance: account 1110 in 2026-03", "receipts: " + booked12}},
	"swapped entries": {`UPDATE entries SET doc = (SELECT id FROM receipts WHERE receipts.seq = 17 - entries.seq) WHERE seq IN (12, 13)`,
		[]string{"chain: entry 12", "chain: entry 13", "receipts: " + booked12, "receipts: receipt 01/R1 #2", "tax: " + booked12, "tax: receipt 01/R1 #2",
			"stock: stock move ", "stock: " + booked12, "stock: receipt 01/R1 #2"}},
	"ledger's head": {`UPDATE chain_heads SET number = number + 1 WHERE name = 'ledger'`, []string{"chain: ledger"}},

	"account's day":      {`UPDATE account_days SET debit = debit + 1 WHERE account = '1150' AND day = '2026-03-14' AND store = '01'`, []string{"balance: account 1150 on 2026-03-14, store 01"}},
	"deleted day":        {`DELETE FROM account_days WHERE account = '1150' AND day = '2026-03-14' AND store = '01'`, []string{"balance: account 1150 on 2026-03-14, store 01"}},
	"invented day":       {`INSERT INTO account_days (account, day, store, debit, credit) VALUES ('1150', '2025-01-01', '01', 5, 0)`, []string{"balance: account 1150 on 2025-01-01, store 01"}},
	"account's month":    {`UPDATE account_months SET debit = debit + 1 WHERE account = '1150' AND month = '2026-03'`, []string{"balance: account 1150 in 2026-03"}},
	"deleted month":      {`DELETE FROM account_months WHERE account = '1150' AND month = '2026-03'`, []string{"balance: account 1150 in 2026-03"}},
	"invented month":     {`INSERT INTO account_months (month, account, debit, credit) VALUES ('2025-01', '1150', 5, 0)`, []string{"balance: account 1150 in 2025-01"}},
	"totals of a day":    {`UPDATE totals_days SET gross = gross + 1 WHERE day = '2026-03-14' AND department = 'food'`, []string{"totals: totals_days Day 2026-03-14 Department food"}},
	"deleted totals day": {`DELETE FROM totals_days WHERE day = '2026-03-14' AND department = 'food'`, []string{"totals: totals_days Day 2026-03-14 Department food"}},
	"totals of no day": {`INSERT INTO totals_days (day, department, qty, gross, discounts, returns, tax, other) VALUES ('2025-01-01', 'X', 1, 5, 0, 0, 0, 0)`,
		[]string{"totals: totals_days Day 2025-01-01 Department X"}},
	"totals of sales":    {`UPDATE totals_sales SET gross = gross + 1 WHERE store = '02' AND register = 'R2' AND department = 'food'`, []string{"totals: totals_sales Day 2026-03-14 Store 02 Register R2 Employee e1 Department food"}},
	"totals of receipts": {`UPDATE totals_receipts SET receipts = receipts + 1 WHERE store = '02' AND register = 'R2'`, []string{"totals: totals_receipts Day 2026-03-14 Store 02 Register R2"}},
	"totals of tenders":  {`UPDATE totals_tenders SET count = count + 1 WHERE store = '02' AND register = 'R2'`, []string{"totals: totals_tenders Day 2026-03-14 Store 02 Register R2 Tender cash"}},
	"deleted totals":     {`DELETE FROM totals_taxes WHERE store = '02' AND day = '2026-02-27'`, []string{"totals: totals_taxes Day 2026-02-27 Store 02 Code VAT20"}},
	"totals of nothing":  {`INSERT INTO totals_taxes (day, store, code, rate, base, amount) VALUES ('2025-01-01', '02', 'X', 1, 5, 5)`, []string{"totals: totals_taxes Day 2025-01-01 Store 02 Code X"}},

	"level":            {`UPDATE stock_levels SET qty = qty + 1000000 WHERE location = '02' AND item = 'B'`, []string{"stock: item B at 02"}},
	"level's value":    {`UPDATE stock_levels SET value = value + 1 WHERE location = '02' AND item = 'B'`, []string{"stock: item B at 02"}},
	"deleted level":    {`DELETE FROM stock_levels WHERE location = '02' AND item = 'B'`, []string{"stock: item B at 02"}},
	"level of nothing": {`INSERT INTO stock_levels (location, item, qty, value) VALUES ('02', 'E', 0, 5)`, []string{"stock: item E at 02"}},
	"move's quantity":  {`UPDATE stock_moves SET qty = qty - 1000000 WHERE entry_seq = 12 AND line_no = 1`, []string{"stock: " + booked12 + " line 1", "stock: item A at 02"}},
	"move's value":     {`UPDATE stock_moves SET value = value - 1 WHERE entry_seq = 12 AND line_no = 1`, []string{"stock: entry 12 (sale), inventory of 02", "stock: item A at 02", "stock: inventory of store 02"}},
	"move's item":      {`UPDATE stock_moves SET item = 'C' WHERE entry_seq = 12 AND line_no = 1`, []string{"stock: stock move 1 of entry 12", "stock: item A at 02", "stock: item C at 02", "stock: " + booked12 + " line 1"}},
	"move's store":     {`UPDATE stock_moves SET location = '01' WHERE entry_seq = 12 AND line_no = 1`, []string{"stock: stock move 1 of entry 12", "stock: entry 12 (sale), inventory of 0", "stock: item A at 0", "stock: " + booked12 + " line 1", "stock: inventory of store 0"}},
	"move's day":       {`UPDATE stock_moves SET business_day = '2026-03-13' WHERE entry_seq = 12 AND line_no = 1`, []string{"stock: stock move 1 of entry 12"}},
	"deleted move":     {`DELETE FROM stock_moves WHERE entry_seq = 12 AND line_no = 1`, []string{"stock: entry 12 (sale), inventory of 02", "stock: item A at 02", "stock: " + booked12 + " line 1", "stock: inventory of store 02"}},
	"move of nobody":   {`INSERT INTO stock_moves (entry_seq, line_no, kind, location, item, business_day, qty, value, doc_line) VALUES (100000, 1, 'sale', '02', 'B', '2026-03-14', 1, 1, 1)`, []string{"stock: stock move 1 of entry 100000", "stock: item B at 02", "stock: inventory of store 02"}},
	"open delivery":    {`UPDATE stock_docs SET open_value = open_value + 1 WHERE kind = 'delivery' AND location = '02' AND entry_seq = 7`, []string{"stock: goods received and not billed"}},

	"waiting goods":      {`UPDATE stock_waiting SET qty = qty - 1 WHERE item = 'TOY' AND entry_seq = (SELECT MIN(entry_seq) FROM stock_waiting)`, []string{"stock: waiting goods of entry ", "stock: receipt 01/R1 #"}},
	"their item":         {`UPDATE stock_waiting SET item = 'ODD' WHERE item = 'TOY' AND entry_seq = (SELECT MIN(entry_seq) FROM stock_waiting)`, []string{"stock: waiting goods of entry ", "stock: receipt 01/R1 #"}},
	"their store":        {`UPDATE stock_waiting SET location = '02' WHERE item = 'TOY' AND entry_seq = (SELECT MIN(entry_seq) FROM stock_waiting)`, []string{"stock: waiting goods of entry ", "stock: receipt 01/R1 #", "stock: item TOY at 02"}},
	"they are gone":      {`DELETE FROM stock_waiting WHERE item = 'TOY'`, []string{"stock: receipt 01/R1 #"}},
	"they moved, too":    {`INSERT INTO stock_waiting (entry_seq, line_no, location, item, qty) VALUES (12, 1, '02', 'A', -3000000)`, []string{"stock: waiting goods of entry 12 line 1", "stock: item A at 02"}},
	"they wait again":    {`UPDATE stock_waiting SET moved_seq = 0 WHERE item = 'GIFT' AND location = '02'`, []string{"stock: entry ", "stock: receipt 02/R1 #"}},
	"they are not moved": {`UPDATE stock_waiting SET moved_seq = 5 WHERE item = 'TOY'`, []string{"stock: entry 5 (reclass), item TOY at 01"}},

	"counted cash":  {`UPDATE shift_counts SET counted = counted + 1 WHERE stage = 'open' AND currency = 'USD'`, []string{"drawers: drawer 02/R1, USD"}},
	"counted euros": {`UPDATE shift_counts SET counted = counted + 1 WHERE stage = 'open' AND currency = 'EUR'`, []string{"drawers: drawer 02/R1, EUR"}},
	"bag":           {`UPDATE cash_deposits SET match_id = NULL`, []string{"drawers: bags on their way to the bank, store 02", "outbox: bank_deposit.matched 0"}},
	"other numbers": {`UPDATE tasks SET key = 'gap:01/R2:4-5' WHERE kind = 'number_gap' AND state = 'open'`, []string{"gaps: register 01/R2: number 4 is missing and no task says so", "gaps: task gap:01/R2:4-5", "outbox: task.opened gap:01/R2:4-"}},
	"no task":       {`DELETE FROM tasks WHERE kind = 'number_gap' AND state = 'open'`, []string{"gaps: register 01/R2: number 4 is missing and no task says so", "outbox: task.opened gap:01/R2:4-4"}},
	"no message":    {`DELETE FROM outbox WHERE seq = ` + thirdMessage, []string{"outbox: message 154: it is missing", "outbox: " + third}},
	"no end":        {`DELETE FROM outbox WHERE seq > (SELECT MAX(seq) FROM outbox) - 2`, []string{"outbox: messages 292 to 293: they are missing", "outbox: day.closed 01/2026-03-14", "outbox: receipt 01/R1 #49"}},
	"beyond":        {`INSERT INTO outbox (seq, topic, subject, at_ms) SELECT MAX(seq) + 1, 'item.changed', 'A', 0 FROM outbox`, []string{"outbox: message 294: it is behind the end"}},
	"message twice": {`UPDATE outbox SET subject = (SELECT subject FROM outbox WHERE topic = 'sale.completed' ORDER BY seq LIMIT 1) WHERE seq = ` + thirdMessage,
		[]string{"outbox: " + third, "outbox: message 154: it announces"}},
	"nameless":         {`UPDATE outbox SET subject = 'x' WHERE seq = ` + thirdMessage, []string{"outbox: " + third, "outbox: message 154: it names no receipt"}},
	"other delivery":   {`UPDATE outbox SET subject = 'x' WHERE seq = (SELECT MIN(seq) FROM outbox WHERE topic = 'delivery.recorded')`, []string{"outbox: delivery.recorded x", "outbox: delivery.recorded 0"}},
	"other topic":      {`UPDATE outbox SET topic = 'shift.closed' WHERE seq = (SELECT MIN(seq) FROM outbox WHERE topic = 'shift.opened')`, []string{"outbox: shift.closed 0", "outbox: shift.opened 0"}},
	"close of nothing": {`UPDATE outbox SET topic = 'day.closed', subject = '09/2026-03-14' WHERE seq = 1`, []string{"outbox: day.closed 09/2026-03-14"}},
	"dead letter": {`INSERT INTO webhook_deliveries (id, endpoint, seq, subject, state, due_ms, created_ms) SELECT id, id, 1, 'x', 'dead', 0, 0 FROM receipts WHERE seq = 1`,
		[]string{"outbox: webhook 0"}},
	"task reopened":  {`UPDATE tasks SET state = 'open' WHERE state = 'done'`, []string{"outbox: task.resolved ", "gaps: task gap:01/R2:3-4"}},
	"task gone":      {`DELETE FROM tasks WHERE key = (SELECT MIN(key) FROM tasks WHERE state = 'open')`, []string{"outbox: task.opened "}},
	"currency":       {`UPDATE receipts SET currency = 'USD' WHERE seq = 3`, []string{"chain: " + third}},
	"receipt's kind": {`UPDATE receipts SET kind = 'training' WHERE seq = 3`, []string{"chain: " + third, "receipts: entry 11 (sale)", "totals: totals_"}},
}

// Whatever is changed behind the books' back is named, down to the row, and nothing else is.
func TestCorruptions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Everything()
		sound := found(t, d, "")
		if len(sound) != 1 || !strings.HasPrefix(sound[0], "gaps: register 01/R2: number 4 is missing") {
			t.Fatalf("before anything was changed:\n%s", strings.Join(sound, "\n"))
		}
		for name, c := range corruptions {
			for _, problem := range c.check(found(t, d, c.sql), sound) {
				t.Errorf("%s: %s", name, problem)
			}
		}
		if after := found(t, d, ""); len(after) != 1 {
			t.Errorf("afterwards:\n%s", strings.Join(after, "\n"))
		}
	})
}

// check tells what was found and is not wanted, and what is wanted and was not found.
func (c corruption) check(found, sound []string) (problems []string) {
	met := map[string]bool{}
	for _, f := range found {
		wanted := f == sound[0]
		for _, w := range c.want {
			if strings.HasPrefix(f, w) {
				wanted, met[w] = true, true
			}
		}
		if !wanted {
			problems = append(problems, "not asked for: "+f)
		}
	}
	for _, w := range c.want {
		if !met[w] {
			problems = append(problems, "not found: "+w)
		}
	}
	return problems
}

// found runs all checks on the database with a statement carried out, and undoes it.
func found(t *testing.T, d *db.DB, statement db.SQL) (out []string) {
	t.Helper()
	err := d.Try(context.Background(), func(tx *db.Tx) error {
		out = nil
		if statement != "" {
			if n, err := tx.Exec(statement); err != nil || n == 0 {
				t.Errorf("%s: %d rows, %v", statement, n, err)
			}
		}
		res, err := look(tx, shoptest.Currency, Names, func(string, int64, int64) {})
		for _, f := range res.Findings {
			out = append(out, f.Check+": "+f.Where+": "+f.Message+" ("+f.Want+" / "+f.Got+")")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
