-- One text for SQLite and PostgreSQL. Two words are replaced per engine: SEQKEY (the clustered 64-bit
-- key of an append-only table) and CLUSTERED (rows kept in primary key order). Money is minor units,
-- quantities and unit prices are millionths, rates are 10^-10, instants are Unix milliseconds, business
-- days are 'YYYY-MM-DD', ids and hashes are bytes. Behind each table: the package that writes it.

CREATE TABLE settings ( -- domain/org
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE counters ( -- platform/db
  name  TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

CREATE TABLE outbox ( -- platform/outbox: the log of changes
  seq     SEQKEY,
  topic   TEXT NOT NULL,
  subject TEXT NOT NULL,            -- a UUID's text, or the code of a thing
  store   TEXT NOT NULL DEFAULT '',
  actor   TEXT NOT NULL DEFAULT '', -- who did it: 'cli', 'key:NAME', 'system'
  at_ms   BIGINT NOT NULL
);

-- The shop ---------------------------------------------------------------------------------------

CREATE TABLE stores ( -- domain/org
  code           TEXT PRIMARY KEY,
  name           TEXT NOT NULL,
  zone           TEXT NOT NULL,
  cutover_min    BIGINT NOT NULL DEFAULT 0 CHECK (cutover_min BETWEEN 0 AND 720),
  jurisdiction   TEXT NOT NULL DEFAULT '',
  prices_include BOOLEAN NOT NULL,
  tax_rounding   TEXT NOT NULL,
  cash_step      BIGINT NOT NULL DEFAULT 1,
  created_ms     BIGINT NOT NULL
);

CREATE TABLE registers ( -- domain/org; the end of a register's chain is in register_heads
  store      TEXT NOT NULL REFERENCES stores (code),
  code       TEXT NOT NULL,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('till','import')),
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (store, code)
);

CREATE TABLE drawers ( -- domain/org
  store      TEXT NOT NULL REFERENCES stores (code),
  code       TEXT NOT NULL,
  name       TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (store, code)
);

CREATE TABLE tender_types ( -- domain/payments
  code       TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN
    ('cash','card','gift_card','store_credit','on_account','coupon','loyalty','marketplace','transfer','check','unspecified','other')),
  created_ms BIGINT NOT NULL
);

-- Catalogue --------------------------------------------------------------------------------------

CREATE TABLE items ( -- domain/catalog
  sku           TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  department    TEXT NOT NULL DEFAULT '',
  kind          TEXT NOT NULL DEFAULT 'item',
  unit          TEXT NOT NULL DEFAULT 'each',
  tax_category  TEXT NOT NULL DEFAULT '',
  cost          BIGINT NOT NULL DEFAULT 0, -- provisional unit cost, millionths of the major unit, used when stock is not known
  reorder_point BIGINT NOT NULL DEFAULT 0,
  reorder_to    BIGINT NOT NULL DEFAULT 0,
  terms         TEXT NOT NULL DEFAULT '', -- JSON: tags, attached deposits, no_discount, consignor, commission; '' for none
  active        BOOLEAN NOT NULL DEFAULT TRUE,
  created_ms    BIGINT NOT NULL,
  updated_ms    BIGINT NOT NULL -- when it was put last
);

CREATE TABLE barcodes ( -- domain/catalog
  code TEXT PRIMARY KEY,
  sku  TEXT NOT NULL REFERENCES items (sku),
  qty  BIGINT NOT NULL DEFAULT 1000000
);
CREATE INDEX barcodes_sku ON barcodes (sku);

CREATE TABLE price_lists ( -- domain/catalog
  code           TEXT PRIMARY KEY,
  name           TEXT NOT NULL,
  store          TEXT NOT NULL DEFAULT '',
  customer_group TEXT NOT NULL DEFAULT '',
  since          TEXT NOT NULL DEFAULT '',
  until          TEXT NOT NULL DEFAULT '',
  priority       BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE prices ( -- domain/catalog
  list  TEXT NOT NULL REFERENCES price_lists (code),
  sku   TEXT NOT NULL,
  since TEXT NOT NULL DEFAULT '',
  price BIGINT NOT NULL,
  PRIMARY KEY (list, sku, since)
);

CREATE TABLE promotions ( -- domain/catalog; body is the JSON that the pricing engine reads
  code   TEXT PRIMARY KEY,
  body   TEXT NOT NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE
);

CREATE TABLE tax_entries ( -- domain/catalog: the shop's own tax law; body is the JSON of the entry with its source
  category     TEXT NOT NULL,
  jurisdiction TEXT NOT NULL,
  since        TEXT NOT NULL,
  body         TEXT NOT NULL,
  active       BOOLEAN NOT NULL DEFAULT TRUE,
  PRIMARY KEY (category, jurisdiction, since)
);

CREATE TABLE barcode_formats ( -- domain/catalog: codes that a scale prints, with a weight or a price inside
  name     TEXT PRIMARY KEY,
  pattern  TEXT NOT NULL,
  decimals BIGINT NOT NULL,
  active   BOOLEAN NOT NULL DEFAULT TRUE
);

-- The books --------------------------------------------------------------------------------------

CREATE TABLE accounts ( -- domain/ledger
  code       TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  type       TEXT NOT NULL CHECK (type IN ('asset','liability','equity','income','expense')),
  currency   TEXT NOT NULL DEFAULT '', -- set on accounts that hold a foreign currency (a dollar drawer in a euro shop)
  created_ms BIGINT NOT NULL
);

CREATE TABLE account_roles ( -- domain/ledger; key '' is the role's default account
  role    TEXT NOT NULL,
  key     TEXT NOT NULL DEFAULT '',
  account TEXT NOT NULL REFERENCES accounts (code),
  PRIMARY KEY (role, key)
);

CREATE TABLE periods ( -- domain/ledger; one row a month of a fiscal year
  start_day   TEXT PRIMARY KEY,
  end_day     TEXT NOT NULL,
  fiscal_year TEXT NOT NULL,
  state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open','locked')),
  changed_ms  BIGINT NOT NULL
);

CREATE TABLE period_changes ( -- domain/ledger: who locked and unlocked a period, and why; never changed
  start_day  TEXT NOT NULL,
  change_no  BIGINT NOT NULL, -- from 1 for each period
  state      TEXT NOT NULL,
  who        TEXT NOT NULL,
  reason     TEXT NOT NULL DEFAULT '',
  changed_ms BIGINT NOT NULL,
  PRIMARY KEY (start_day, change_no)
) CLUSTERED;

CREATE TABLE entries ( -- domain/ledger
  seq           SEQKEY,
  id            BYTEA NOT NULL UNIQUE,
  kind          TEXT NOT NULL,          -- 'sale', 'shift', 'stock', 'reclass', 'manual', …
  doc           BYTEA,                  -- id of the receipt, count, delivery … that it belongs to
  store         TEXT NOT NULL DEFAULT '',
  register      TEXT NOT NULL DEFAULT '',
  business_day  TEXT NOT NULL,          -- when it happened, by the shop's day
  effective_day TEXT NOT NULL,          -- the day of the period it counts in; later than business_day for late arrivals
  posted_ms     BIGINT NOT NULL,
  memo          TEXT NOT NULL DEFAULT '',
  attachment    TEXT NOT NULL DEFAULT '', -- reference to a voucher kept elsewhere
  reverses      BYTEA,
  prev_hash     BYTEA NOT NULL,
  hash          BYTEA NOT NULL
);
CREATE INDEX entries_day ON entries (effective_day);
CREATE INDEX entries_doc ON entries (doc);
CREATE UNIQUE INDEX entries_reverses ON entries (reverses) WHERE reverses IS NOT NULL; -- an entry is reversed once

CREATE TABLE entry_lines ( -- domain/ledger; amount is positive for debit, negative for credit, in the book currency
  entry_seq        BIGINT NOT NULL,
  line_no          BIGINT NOT NULL,
  account          TEXT NOT NULL,
  amount           BIGINT NOT NULL CHECK (amount <> 0),
  store            TEXT NOT NULL DEFAULT '',
  department       TEXT NOT NULL DEFAULT '',
  tax_code         TEXT NOT NULL DEFAULT '',
  tender           TEXT NOT NULL DEFAULT '',
  party            TEXT NOT NULL DEFAULT '',
  unknown          TEXT NOT NULL DEFAULT '', -- 'tender:PayLater-X': why the line is in suspense
  foreign_currency TEXT NOT NULL DEFAULT '',
  foreign_amount   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (entry_seq, line_no)
) CLUSTERED;
CREATE INDEX entry_lines_unknown ON entry_lines (unknown) WHERE unknown <> '';

CREATE TABLE account_days ( -- domain/ledger: running totals per account, effective day and store
  account TEXT NOT NULL,
  day     TEXT NOT NULL,
  store   TEXT NOT NULL,
  debit   BIGINT NOT NULL,
  credit  BIGINT NOT NULL,
  PRIMARY KEY (account, day, store)
) CLUSTERED;

CREATE TABLE chain_heads ( -- domain/ledger; its one row is named 'ledger'
  name   TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  hash   BYTEA NOT NULL
);

CREATE TABLE tasks ( -- domain/tasks: things that a person must decide; the sale went on without waiting
  id          BYTEA PRIMARY KEY,
  kind        TEXT NOT NULL,           -- 'unknown_tender', 'unknown_tax', 'unknown_item', 'unknown_account', 'number_gap', …
  key         TEXT NOT NULL,           -- 'tender:PayLater-X'
  store       TEXT NOT NULL DEFAULT '',
  doc         BYTEA,                   -- the first document that met it
  message     TEXT NOT NULL,
  count       BIGINT NOT NULL DEFAULT 1,
  state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open','done')),
  opened_ms   BIGINT NOT NULL,
  resolved_ms BIGINT,
  resolution  TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX tasks_open ON tasks (key) WHERE state = 'open';

-- Receipts ---------------------------------------------------------------------------------------

CREATE TABLE receipts ( -- domain/sales
  seq            SEQKEY,
  id             BYTEA NOT NULL UNIQUE,
  kind           TEXT NOT NULL,
  store          TEXT NOT NULL,
  register       TEXT NOT NULL,
  number         BIGINT NOT NULL,
  business_day   TEXT NOT NULL,
  device_ms      BIGINT NOT NULL,
  server_ms      BIGINT NOT NULL,
  hour           BIGINT NOT NULL,       -- 0..23 by the store's wall clock, from device_ms
  currency       TEXT NOT NULL,
  shift          BYTEA,
  employee       TEXT NOT NULL DEFAULT '',
  customer       TEXT NOT NULL DEFAULT '',
  channel        TEXT NOT NULL DEFAULT '',
  prices_include BOOLEAN NOT NULL,
  tax_rounding   TEXT NOT NULL,
  tax_mode       TEXT NOT NULL DEFAULT '',
  total          BIGINT NOT NULL,
  tax            BIGINT NOT NULL,
  rounding       BIGINT NOT NULL DEFAULT 0,
  unexplained    BIGINT NOT NULL DEFAULT 0, -- tendered minus (total + rounding) of an imported document that does not foot; in suspense
  voids          BYTEA,
  note           TEXT NOT NULL DEFAULT '',
  source         TEXT NOT NULL DEFAULT '',
  external       TEXT NOT NULL DEFAULT '',
  content        BYTEA NOT NULL,        -- hash of the content without the place in the chain
  prev_hash      BYTEA NOT NULL,
  hash           BYTEA NOT NULL,
  UNIQUE (store, register, number)
);
CREATE INDEX receipts_day ON receipts (business_day, store);
CREATE INDEX receipts_external ON receipts (source, external) WHERE external <> '';
CREATE INDEX receipts_shift ON receipts (shift) WHERE shift IS NOT NULL;
CREATE INDEX receipts_voids ON receipts (voids) WHERE voids IS NOT NULL;

CREATE TABLE register_heads ( -- domain/sales: the highest number of each register's chain, and its hash
  store    TEXT NOT NULL,
  register TEXT NOT NULL,
  number   BIGINT NOT NULL,
  hash     BYTEA NOT NULL,
  PRIMARY KEY (store, register)
) CLUSTERED;

CREATE TABLE receipt_lines ( -- domain/sales
  receipt_seq  BIGINT NOT NULL,
  line_no      BIGINT NOT NULL,
  kind         TEXT NOT NULL,
  item         TEXT NOT NULL,
  name         TEXT NOT NULL,
  department   TEXT NOT NULL,
  party        TEXT NOT NULL,
  qty          BIGINT NOT NULL,
  unit_price   BIGINT NOT NULL,
  extended     BIGINT NOT NULL,
  net          BIGINT NOT NULL,
  net_discount BIGINT NOT NULL,
  tax          BIGINT NOT NULL,
  commission   BIGINT NOT NULL,
  is_return    BOOLEAN NOT NULL,
  returned     BYTEA,                   -- id of the receipt that the goods were bought with
  returned_line BIGINT NOT NULL,
  reason       TEXT NOT NULL,
  disposition  TEXT NOT NULL,
  PRIMARY KEY (receipt_seq, line_no)
) CLUSTERED;
CREATE INDEX receipt_lines_returned ON receipt_lines (returned) WHERE returned IS NOT NULL;

CREATE TABLE receipt_taxes ( -- domain/sales
  receipt_seq BIGINT NOT NULL,
  line_no     BIGINT NOT NULL,
  tax_no      BIGINT NOT NULL,
  code        TEXT NOT NULL,
  rate        BIGINT NOT NULL,
  base        BIGINT NOT NULL,
  amount      BIGINT NOT NULL,
  PRIMARY KEY (receipt_seq, line_no, tax_no)
) CLUSTERED;

CREATE TABLE receipt_reductions ( -- domain/sales
  receipt_seq  BIGINT NOT NULL,
  line_no      BIGINT NOT NULL,
  reduction_no BIGINT NOT NULL,
  kind         TEXT NOT NULL,
  reason       TEXT NOT NULL,
  promotion    TEXT NOT NULL,
  amount       BIGINT NOT NULL,
  PRIMARY KEY (receipt_seq, line_no, reduction_no)
) CLUSTERED;

CREATE TABLE receipt_tenders ( -- domain/sales
  receipt_seq      BIGINT NOT NULL,
  tender_no        BIGINT NOT NULL,
  id               BYTEA,
  type             TEXT NOT NULL,
  amount           BIGINT NOT NULL,
  drawer           TEXT NOT NULL,
  foreign_currency TEXT NOT NULL,
  foreign_amount   BIGINT NOT NULL,
  fx               BIGINT NOT NULL,
  reference        TEXT NOT NULL,
  party            TEXT NOT NULL,
  PRIMARY KEY (receipt_seq, tender_no)
) CLUSTERED;

-- Running totals: written with the receipt, so that a report costs its answer and not its history -----

CREATE TABLE totals_sales ( -- domain/totals
  day        TEXT NOT NULL,
  store      TEXT NOT NULL,
  register   TEXT NOT NULL,
  employee   TEXT NOT NULL,
  department TEXT NOT NULL,
  hour       BIGINT NOT NULL,
  qty        BIGINT NOT NULL, -- goods sold less returned
  gross      BIGINT NOT NULL, -- revenue before discounts, without tax
  discounts  BIGINT NOT NULL, -- positive
  returns    BIGINT NOT NULL, -- positive, net of their discounts
  tax        BIGINT NOT NULL,
  other      BIGINT NOT NULL, -- tips, gift cards, deposits … : money taken that is not revenue
  PRIMARY KEY (day, store, register, employee, department, hour)
) CLUSTERED;

CREATE TABLE totals_receipts ( -- domain/totals
  day      TEXT NOT NULL,
  store    TEXT NOT NULL,
  register TEXT NOT NULL,
  employee TEXT NOT NULL,
  hour     BIGINT NOT NULL,
  receipts BIGINT NOT NULL,
  total    BIGINT NOT NULL,
  rounding BIGINT NOT NULL,
  unexplained BIGINT NOT NULL,
  PRIMARY KEY (day, store, register, employee, hour)
) CLUSTERED;

CREATE TABLE totals_tenders ( -- domain/totals
  day      TEXT NOT NULL,
  store    TEXT NOT NULL,
  register TEXT NOT NULL,
  tender   TEXT NOT NULL,
  currency TEXT NOT NULL, -- the foreign currency, or ''
  count    BIGINT NOT NULL,
  amount   BIGINT NOT NULL,
  foreign_amount BIGINT NOT NULL,
  PRIMARY KEY (day, store, register, tender, currency)
) CLUSTERED;

CREATE TABLE totals_taxes ( -- domain/totals
  day    TEXT NOT NULL,
  store  TEXT NOT NULL,
  code   TEXT NOT NULL,
  rate   BIGINT NOT NULL,
  base   BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (day, store, code, rate)
) CLUSTERED;

-- Stock ------------------------------------------------------------------------------------------

CREATE TABLE stock_levels ( -- domain/inventory; a location is a store's code, or 'transit:ID'
  location TEXT NOT NULL,
  item     TEXT NOT NULL,
  qty      BIGINT NOT NULL,
  value    BIGINT NOT NULL, -- minor units of the book currency; negative while stock is negative
  unit_cost BIGINT NOT NULL DEFAULT 0, -- what a unit cost when it was last known; 0 when it never was
  PRIMARY KEY (location, item)
) CLUSTERED;

CREATE TABLE stock_moves ( -- domain/inventory
  entry_seq    BIGINT NOT NULL, -- the ledger entry that books the value
  line_no      BIGINT NOT NULL,
  kind         TEXT NOT NULL,   -- 'sale','return','receive','opening','count','found','shrink','damage','transfer','true_up'
  location     TEXT NOT NULL,
  item         TEXT NOT NULL,
  business_day TEXT NOT NULL,
  qty          BIGINT NOT NULL, -- positive into the location
  value        BIGINT NOT NULL,
  doc_line     BIGINT NOT NULL,
  PRIMARY KEY (entry_seq, line_no)
) CLUSTERED;

CREATE TABLE stock_waiting ( -- domain/inventory: goods that moved before anybody knew what they are
  entry_seq BIGINT NOT NULL, -- the ledger entry of their receipt
  line_no   BIGINT NOT NULL, -- the receipt's line
  location  TEXT NOT NULL,
  item      TEXT NOT NULL,   -- as the receipt calls it
  qty       BIGINT NOT NULL, -- positive into the location
  moved_seq BIGINT NOT NULL DEFAULT 0, -- the entry whose moves took them, 0 while they wait
  PRIMARY KEY (entry_seq, line_no)
) CLUSTERED;
CREATE INDEX stock_waiting_item ON stock_waiting (item) WHERE moved_seq = 0;

CREATE TABLE stock_docs ( -- domain/inventory: deliveries, counts, transfers, adjustments; one row each
  id           BYTEA PRIMARY KEY,
  kind         TEXT NOT NULL,
  location     TEXT NOT NULL,
  other        TEXT NOT NULL DEFAULT '', -- where a transfer goes
  state        TEXT NOT NULL DEFAULT 'done',
  supplier     TEXT NOT NULL DEFAULT '',
  reference    TEXT NOT NULL DEFAULT '',
  business_day TEXT NOT NULL,
  created_ms   BIGINT NOT NULL,
  entry_seq    BIGINT NOT NULL DEFAULT 0, -- the ledger entry that books it; 0 when there was nothing to book
  open_value   BIGINT NOT NULL DEFAULT 0, -- of a delivery: received and not billed yet; the sum is the account GRNI
  content      BYTEA NOT NULL
);

CREATE TABLE stock_doc_lines ( -- domain/inventory
  doc     BYTEA NOT NULL,
  line_no BIGINT NOT NULL,
  item    TEXT NOT NULL,
  qty     BIGINT NOT NULL, -- received, moved, or counted
  before_qty BIGINT NOT NULL DEFAULT 0,
  value   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (doc, line_no)
) CLUSTERED;

-- The day at the shop ----------------------------------------------------------------------------

CREATE TABLE shifts ( -- domain/shifts
  id           BYTEA PRIMARY KEY,
  store        TEXT NOT NULL,
  register     TEXT NOT NULL,
  drawer       TEXT NOT NULL,
  employee     TEXT NOT NULL DEFAULT '',
  business_day TEXT NOT NULL,
  opened_ms    BIGINT NOT NULL,
  closed_ms    BIGINT,
  state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open','counted','closed')),
  z_number     BIGINT NOT NULL DEFAULT 0,
  number       BIGINT NOT NULL DEFAULT 0, -- order of opening
  counted_ms   BIGINT NOT NULL DEFAULT 0,
  first_seq    BIGINT NOT NULL DEFAULT 0, -- last receipt before it was opened, and before it was counted: receipts without a
  last_seq     BIGINT NOT NULL DEFAULT 0, -- shift belong to it by this range, never by time
  settled_seq  BIGINT NOT NULL DEFAULT 0  -- last receipt before it was closed: what it found late is booked up to here
);
CREATE UNIQUE INDEX shifts_open ON shifts (store, register) WHERE state <> 'closed';
CREATE UNIQUE INDEX shifts_drawer ON shifts (store, drawer) WHERE state <> 'closed';
CREATE INDEX shifts_day ON shifts (store, business_day);
CREATE INDEX shifts_number ON shifts (number);

CREATE TABLE shift_cash ( -- domain/shifts: every cash movement of a shift apart from receipts
  id         BYTEA PRIMARY KEY,
  shift      BYTEA NOT NULL,
  kind       TEXT NOT NULL, -- 'float','paid_in','paid_out','drop','skim','tips_out'
  currency   TEXT NOT NULL,
  amount     BIGINT NOT NULL, -- signed: into the drawer positive
  book       BIGINT NOT NULL, -- the same in the book currency
  purpose    TEXT NOT NULL DEFAULT '', -- of paid in and out: 'expense','safe','owner','wages','supplier'
  expense    TEXT NOT NULL DEFAULT '', -- kind of expense
  tax        BIGINT NOT NULL DEFAULT 0, -- input tax in it
  tax_code   TEXT NOT NULL DEFAULT '',
  payroll    BIGINT NOT NULL DEFAULT 0, -- tips that are paid with the wages
  employee   TEXT NOT NULL DEFAULT '',
  reason     TEXT NOT NULL DEFAULT '',
  at_ms      BIGINT NOT NULL
);
CREATE INDEX shift_cash_shift ON shift_cash (shift);

CREATE TABLE shift_counts ( -- domain/shifts
  shift    BYTEA NOT NULL,
  stage    TEXT NOT NULL, -- 'open', 'close' or 'recount'
  currency TEXT NOT NULL,
  expected BIGINT NOT NULL,
  counted  BIGINT NOT NULL,
  book     BIGINT NOT NULL DEFAULT 0, -- value of the expected cash in the book currency
  detail   TEXT NOT NULL, -- denominations as JSON: [["20.00", 3], …]
  reason   TEXT NOT NULL DEFAULT '', -- why it was counted again
  at_ms    BIGINT NOT NULL,
  PRIMARY KEY (shift, stage, currency)
);

CREATE TABLE cash_deposits ( -- domain/shifts: bags from the safe to the bank
  id           BYTEA PRIMARY KEY,
  store        TEXT NOT NULL,
  business_day TEXT NOT NULL,
  amount       BIGINT NOT NULL CHECK (amount > 0),
  reference    TEXT NOT NULL DEFAULT '', -- the bag's number
  sent_ms      BIGINT NOT NULL,
  match_id     BYTEA,                    -- the matching with a statement line
  statement    TEXT NOT NULL DEFAULT '', -- the statement line
  credited     BIGINT NOT NULL DEFAULT 0,
  matched_ms   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX cash_deposits_transit ON cash_deposits (store) WHERE match_id IS NULL;

CREATE TABLE day_closes ( -- domain/shifts: the seal of a business day, one row a register; register '' is the whole store
  store        TEXT NOT NULL,
  business_day TEXT NOT NULL,
  register     TEXT NOT NULL,
  first_number BIGINT NOT NULL,
  last_number  BIGINT NOT NULL,
  receipts     BIGINT NOT NULL,
  missing      BIGINT NOT NULL,
  last_hash    BYTEA NOT NULL,
  total        BIGINT NOT NULL,
  closed_ms    BIGINT NOT NULL,
  z_number     BIGINT NOT NULL,
  last_seq     BIGINT NOT NULL, -- receipts of the day that come after this one are late
  gaps         TEXT NOT NULL DEFAULT '', -- missing numbers as JSON: [[17, 19], [23, 23]]
  open_shifts  TEXT NOT NULL DEFAULT '', -- the shifts that were still open when the close was forced, as JSON
  prev_hash    BYTEA NOT NULL,
  hash         BYTEA NOT NULL,
  PRIMARY KEY (store, business_day, register)
);
CREATE UNIQUE INDEX day_closes_z ON day_closes (store, register, z_number);

-- Data in ----------------------------------------------------------------------------------------

CREATE TABLE import_runs ( -- hub/importer
  id          BYTEA PRIMARY KEY,       -- derived from the file's content, layout and store
  source      TEXT NOT NULL,
  file_name   TEXT NOT NULL,
  file_hash   BYTEA NOT NULL,
  store       TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('running','done')),
  documents   BIGINT NOT NULL DEFAULT 0, -- documents read and settled so far: the place to go on from
  rows_done   BIGINT NOT NULL DEFAULT 0,
  receipts    BIGINT NOT NULL DEFAULT 0,
  lines       BIGINT NOT NULL DEFAULT 0,
  adjustments BIGINT NOT NULL DEFAULT 0,
  movements   BIGINT NOT NULL DEFAULT 0,
  controls    BIGINT NOT NULL DEFAULT 0,
  repeated    BIGINT NOT NULL DEFAULT 0,
  quarantined BIGINT NOT NULL DEFAULT 0,
  unexplained BIGINT NOT NULL DEFAULT 0,
  cured       BIGINT NOT NULL DEFAULT 0,
  total       BIGINT NOT NULL DEFAULT 0,
  started_ms  BIGINT NOT NULL,
  changed_ms  BIGINT NOT NULL
);

CREATE TABLE import_quarantine ( -- hub/importer
  run       BYTEA NOT NULL,
  row_no    BIGINT NOT NULL,
  external  TEXT NOT NULL DEFAULT '',
  code      TEXT NOT NULL,
  reason    TEXT NOT NULL,
  raw       TEXT NOT NULL,
  state     TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open','done')),
  PRIMARY KEY (run, row_no, external)
) CLUSTERED;

CREATE TABLE movements ( -- domain/payments: lines of processors' accounts, as delivered
  id        BYTEA PRIMARY KEY,
  processor TEXT NOT NULL,
  kind      TEXT NOT NULL,
  at_ms     BIGINT NOT NULL,
  business_day TEXT NOT NULL,
  currency  TEXT NOT NULL,
  gross     BIGINT NOT NULL,
  fee       BIGINT NOT NULL,
  net       BIGINT NOT NULL,
  reference TEXT NOT NULL DEFAULT '',
  payout    TEXT NOT NULL DEFAULT '',
  external  TEXT NOT NULL DEFAULT '',
  source    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX movements_reference ON movements (processor, reference);
CREATE INDEX movements_day ON movements (business_day, id);
