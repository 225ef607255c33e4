-- The keys of the HTTP API. A key has 32 random bytes; kept is only their SHA-256, from which nobody
-- finds them again. scopes and stores are sorted lists with commas; no stores are all stores.

CREATE TABLE api_keys ( -- platform/auth
  id         BYTEA PRIMARY KEY,
  name       TEXT NOT NULL,
  prefix     TEXT NOT NULL, -- how the key begins, to tell it by
  hash       BYTEA NOT NULL UNIQUE,
  scopes     TEXT NOT NULL CHECK (scopes <> ''),
  stores     TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  expires_ms BIGINT NOT NULL DEFAULT 0, -- 0: never
  revoked_ms BIGINT NOT NULL DEFAULT 0, -- 0: not revoked
  revoked_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX api_keys_active ON api_keys (name) WHERE revoked_ms = 0;

-- Apart from the keys, so that one statement writes the last use of all of them.
CREATE TABLE api_key_uses ( -- platform/auth
  key          BYTEA PRIMARY KEY,
  last_used_ms BIGINT NOT NULL
);
