-- Webhooks: who wants to hear of what in the log of changes, and what became of each message.

CREATE TABLE webhook_endpoints ( -- hub/webhooks
  id           BYTEA PRIMARY KEY,
  url          TEXT NOT NULL,
  topics       TEXT NOT NULL DEFAULT '', -- as JSON; '' for all
  stores       TEXT NOT NULL DEFAULT '', -- as JSON; '' for all
  secret       TEXT NOT NULL,            -- sealed by platform/secrets
  old_secret   TEXT NOT NULL DEFAULT '', -- the one before, which signs too until old_until_ms
  old_until_ms BIGINT NOT NULL DEFAULT 0,
  state        TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active','paused','disabled','removed')),
  reason       TEXT NOT NULL DEFAULT '', -- why it was disabled
  version      BIGINT NOT NULL DEFAULT 1,
  cursor_seq   BIGINT NOT NULL,          -- the log up to here has become deliveries, or does not concern it
  created_ms   BIGINT NOT NULL,
  changed_ms   BIGINT NOT NULL
);

CREATE TABLE webhook_deliveries ( -- hub/webhooks: one row a message and endpoint
  id         BYTEA PRIMARY KEY,          -- the webhook-id, the same in every attempt
  endpoint   BYTEA NOT NULL,
  seq        BIGINT NOT NULL,            -- of the log
  subject    TEXT NOT NULL,
  state      TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','delivered','dead')),
  attempts   BIGINT NOT NULL DEFAULT 0,  -- since it was last made to wait
  due_ms     BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  done_ms    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX webhook_deliveries_seq ON webhook_deliveries (endpoint, seq);
CREATE INDEX webhook_deliveries_subject ON webhook_deliveries (endpoint, subject, seq) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint, due_ms) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (endpoint, seq) WHERE state = 'dead';
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (done_ms) WHERE state <> 'waiting';

CREATE TABLE webhook_attempts ( -- hub/webhooks
  seq         SEQKEY,
  delivery    BYTEA NOT NULL,
  at_ms       BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  status      BIGINT NOT NULL,           -- of HTTP; 0 when there was no answer
  error       TEXT NOT NULL DEFAULT '',
  excerpt     TEXT NOT NULL DEFAULT ''   -- the beginning of an answer that was not fine
);
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (delivery);

CREATE TABLE webhook_lease ( -- hub/webhooks: the one process that delivers
  name     TEXT PRIMARY KEY,
  owner    BYTEA NOT NULL,
  until_ms BIGINT NOT NULL
);
