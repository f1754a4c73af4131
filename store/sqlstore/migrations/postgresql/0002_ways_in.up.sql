-- +goose Up
-- Statements are separated by an empty line. Run again, they change nothing.
--
-- The defaults are for a program of the version before, which may still run.
--
-- subject is the account at the identity provider, NULL if there is none, and subject_name
-- what the provider calls it. ends_at is when access ends, 0 if it does not. passkey says
-- whether the operator has a confirmed one.
ALTER TABLE postern_operators
    ADD COLUMN IF NOT EXISTS subject      TEXT COLLATE "C",
    ADD COLUMN IF NOT EXISTS subject_name TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS ends_at      BIGINT           NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS passkey      BOOLEAN          NOT NULL DEFAULT FALSE;

CREATE UNIQUE INDEX IF NOT EXISTS postern_operators_subject ON postern_operators (subject);

-- The accounts that end, for the home page and for those whose time has come.
CREATE INDEX IF NOT EXISTS postern_operators_end ON postern_operators (ends_at) WHERE ends_at <> 0 AND state <> 'disabled';

ALTER TABLE postern_roles
    ADD COLUMN IF NOT EXISTS require_passkey BOOLEAN NOT NULL DEFAULT FALSE;

-- method is how the operator last proved who they are, provider the key of the session at the
-- identity provider.
ALTER TABLE postern_sessions
    ADD COLUMN IF NOT EXISTS method   TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS provider TEXT COLLATE "C" NOT NULL DEFAULT '';

ALTER TABLE postern_pre_sessions
    ADD COLUMN IF NOT EXISTS method   TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS provider TEXT COLLATE "C" NOT NULL DEFAULT '';

-- handle is the digest of what its authenticator calls a credential, NULL if there is none.
ALTER TABLE postern_factors
    ADD COLUMN IF NOT EXISTS handle BYTEA;

CREATE UNIQUE INDEX IF NOT EXISTS postern_factors_handle ON postern_factors (handle);

-- sealed is ciphertext: what the token is for.
ALTER TABLE postern_tokens
    ADD COLUMN IF NOT EXISTS sealed BYTEA NOT NULL DEFAULT '';

INSERT INTO postern_migrations (version, name) VALUES (2, 'ways_in') ON CONFLICT DO NOTHING;
