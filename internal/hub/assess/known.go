package assess

// known are the findings' severities and words. Codes that readers make and that are not listed are
// warnings under their own name.
var known = map[string]struct {
	severity      Severity
	title, effect string
}{
	// found here
	"nothing_understood":  {Blocker, "nothing in the file could be understood", "nothing would be posted; another layout is needed"},
	"rejected":            {Warning, "rows that could not be understood", "they would wait in quarantine; their sales would be missing from the books until they are corrected"},
	"rejected_many":       {Blocker, "many rows could not be understood", "the books would miss a visible part of the sales; the layout or the export is wrong"},
	"refused":             {Warning, "receipts that the books do not accept", "they would wait in quarantine until a person has looked at them"},
	"card_number":         {Blocker, "texts that hold a payment card number", "such receipts are refused, so that the number is never stored; have it removed at its source"},
	"unexplained_much":    {Blocker, "what was collected is far from what the lines add up to", "the difference would be posted to suspense, and be too much to sort out; the layout probably misses a column"},
	"total_unexplained":   {Warning, "receipts that collected more or less than their lines add up to", "the difference would be posted to suspense (9999), with a task each"},
	"number_reused":       {Warning, "numbers that stand for two different documents", "the second one would be refused and wait in quarantine: a number is recorded once"},
	"number_repeated":     {Info, "documents that stand in the file twice", "they would be recorded once"},
	"sale_twice":          {Warning, "receipts that look like another one under a second number", "both would be posted; if it was one sale, revenue and stock are wrong by it"},
	"gaps":                {Warning, "missing numbers in a series that has few", "sales may be missing from the export; the books cannot tell"},
	"numbers_loose":       {Info, "numbering with many gaps", "nothing; but completeness cannot be proven by the numbers"},
	"item_blank":          {Warning, "lines of goods without an item code", "revenue is posted, stock does not move; such sales are invisible in item reports"},
	"sku_case":            {Warning, "item codes that differ only in capital letters", "they would become two items with two stocks"},
	"sku_names":           {Info, "item codes with several names", "the item keeps the first name; if the code was given to other goods, their stock and reports are mixed"},
	"sku_prices":          {Info, "item codes whose highest price is over ten times the lowest", "revenue is right; margins and stock value of the item may mean little"},
	"gtin_check":          {Warning, "item codes with a wrong GTIN check digit", "scanning the real barcode would not find the item"},
	"gtin_padding":        {Info, "item codes that are as long as a GTIN but mostly do not check", "nothing: they are taken as the shop's own codes and not validated"},
	"line_price":          {Info, "lines whose amount is not price x quantity", "the amount of the file is posted; the unit price in reports is the file's"},
	"tax_rate":            {Warning, "receipts whose tax is not its base x rate", "the tax of the file is posted; the tax return shows a difference to the rate"},
	"no_tax":              {Info, "there is no tax in the file", "all revenue is posted without tax; if tax was charged, it is counted as revenue"},
	"tender_unspecified":  {Warning, "receipts that do not say how they were paid", "their takings wait in a clearing account until they are matched with the bank"},
	"tender_unknown":      {Warning, "tenders that are not known yet", "they would be posted to suspense (9999) until they are mapped to an account"},
	"return_without_sale": {Warning, "returns of goods that the file has not sold before", "stock comes back at a cost that has to be guessed; at the start of a file it is normal"},
	"clock_back":          {Warning, "receipts with a higher number but an earlier time", "they may fall on the wrong business day"},
	"future":              {Warning, "documents dated in the future", "they are refused when they lie more than three days ahead"},
	"night":               {Info, "receipts between midnight and five", "with a wrong time zone or cut-over hour they fall on the wrong business day"},
	"silence":             {Info, "more than a week without a receipt", "nothing; but ask whether the shop was closed or the export is incomplete"},
	"currencies":          {Warning, "more than one currency", "only documents in the books' currency can be posted; import the others into their own books"},
	"payout_unexplained":  {Warning, "payouts that are not the sum of their parts", "the rest stays open in the processor's clearing account"},
	"charges_alone":       {Info, "movements of a processor's account without any sales", "charges explain the tenders of sales that another file or a till brings; when none does, import into a fresh database with --settle, and they count as takings whose sales are not known"},
	"negative_receipt":    {Info, "receipts with a negative total (refunds)", "money out of the drawer or back to the card; nothing to do"},

	// found by readers
	"number_twice":            {Warning, "numbers that stand on documents of different days, stores or registers", "each would be recorded, the later ones as NUMBER/2; let the layout's group name what the till counts by"},
	"document_continued":      {Warning, "documents whose rows are too far apart", "the rest would be recorded as a second document; sort the export by document"},
	"not_utf8":                {Info, "texts that are not UTF-8", "they are read as Windows-1252; look at names with accents"},
	"movement_unknown":        {Warning, "movements of a kind that the layout does not know", "they would be recorded as adjustments of the clearing account"},
	"movement_net_differs":    {Warning, "rows where gross less fee is not the net", "the net is taken; the difference stays in the clearing account"},
	"balance_differs":         {Warning, "places where the running balance does not follow", "rows are missing in the file or stand twice; the clearing account would not agree with the processor"},
	"refund_tax_unknown":      {Warning, "partial refunds that do not say for what", "no tax is taken back with them, so the tax return may show too much"},
	"refund_date_unknown":     {Info, "refunds without a date", "they are dated like their sale"},
	"tax_differs":             {Warning, "documents whose lines' taxes are not the document's tax", "the lines' taxes are posted"},
	"discount_differs":        {Warning, "documents whose lines' discounts are not the document's discount", "the lines' discounts are posted"},
	"gross_differs":           {Warning, "documents whose lines are not the document's gross amount", "the lines are posted"},
	"net_differs":             {Warning, "documents whose lines are not the document's net amount", "the lines are posted"},
	"total_differs":           {Warning, "documents whose lines and taxes are not the document's total", "the lines are posted; what was collected beyond them goes to suspense"},
	"no_transactions":         {Warning, "sales without a row in the transactions file", "their tender, tip and fee are not known"},
	"cash_movement":           {Warning, "loans, pick-ups and deposits of money", "they are not posted from the file; enter them in the shift, or the drawer is off"},
	"line_voided":             {Info, "lines that were rung up and voided", "neither is posted; they are worth a look when one cashier has many"},
	"reward_unplaced":         {Warning, "rewards that belong to no line", "the discount is missing from the lines; the difference goes to suspense"},
	"tax_unplaced":            {Warning, "taxes that belong to no line", "they are spread over all lines"},
	"tax_base_differs":        {Warning, "taxes whose base is not the sum of their lines", "the tax of the file is posted; the base in the tax return is that of the lines"},
	"business_day_unreadable": {Warning, "business days that are no date", "the day is worked out from the time"},
}

// passedOver are readers' findings that are counted here in another way.
var passedOver = map[string]bool{"document_repeated": true, "item_blank": true, "total_unexplained": true}
