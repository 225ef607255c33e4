-- Coarser running totals beside the fine ones, for the questions that are asked about years: they have
-- few rows whatever the number of stores, and a group of sales adds to few of them. Books that exist
-- get theirs from the finer ones.

CREATE TABLE account_months ( -- domain/ledger: account_days of all stores by month, '2026-03'
  month   TEXT NOT NULL,
  account TEXT NOT NULL,
  debit   BIGINT NOT NULL,
  credit  BIGINT NOT NULL,
  PRIMARY KEY (month, account)
) CLUSTERED;

INSERT INTO account_months (month, account, debit, credit)
  SELECT substr(day, 1, 7), account, CAST(SUM(debit) AS BIGINT), CAST(SUM(credit) AS BIGINT) FROM account_days GROUP BY substr(day, 1, 7), account;

CREATE TABLE totals_days ( -- domain/totals: totals_sales of all stores by day and department
  day        TEXT NOT NULL,
  department TEXT NOT NULL,
  qty        BIGINT NOT NULL,
  gross      BIGINT NOT NULL,
  discounts  BIGINT NOT NULL,
  returns    BIGINT NOT NULL,
  tax        BIGINT NOT NULL,
  other      BIGINT NOT NULL,
  PRIMARY KEY (day, department)
) CLUSTERED;

INSERT INTO totals_days (day, department, qty, gross, discounts, returns, tax, other)
  SELECT day, department, CAST(SUM(qty) AS BIGINT), CAST(SUM(gross) AS BIGINT), CAST(SUM(discounts) AS BIGINT), CAST(SUM(returns) AS BIGINT),
    CAST(SUM(tax) AS BIGINT), CAST(SUM(other) AS BIGINT) FROM totals_sales GROUP BY day, department;
