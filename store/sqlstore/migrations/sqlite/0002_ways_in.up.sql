-- +goose Up
-- Statements are separated by an empty line. Run again, they change nothing.
--
-- SQLite can add a column, but not only if it is missing. So each table is made anew with
-- its new columns, filled from the old one, and takes its name. In (SELECT column FROM
-- old ...), a column that the old table lacks is the one of "lacking" around it, and
-- a column that it has, because this ran before, is its own.
--
-- Dropping a table deletes what refers to it in tables of yours, if foreign keys are on. If
-- there is such a table, the next statement fails: drop its foreign key first.
INSERT INTO postern_guards (name)
SELECT NULL FROM sqlite_master m, pragma_foreign_key_list(m.name) k
WHERE m.type = 'table' AND k."table" IN ('postern_operators', 'postern_roles', 'postern_sessions', 'postern_pre_sessions', 'postern_factors', 'postern_tokens');

CREATE TABLE postern_new_operators (
    id                   TEXT    NOT NULL PRIMARY KEY,
    version              INTEGER NOT NULL,
    name                 TEXT    NOT NULL,
    name_key             TEXT    NOT NULL UNIQUE,
    email                TEXT    NOT NULL,
    email_key            TEXT    NOT NULL UNIQUE,
    search_key           TEXT    NOT NULL, -- what searches look in
    member_id            TEXT    UNIQUE, -- NULL: stands alone
    member_name          TEXT    NOT NULL, -- what the community says of the member,
    member_email         TEXT    NOT NULL, -- who was
    refreshed_at         INTEGER NOT NULL, -- last asked about then
    language             TEXT    NOT NULL, -- BCP 47 tag, or empty
    state                TEXT    NOT NULL,
    primary_role         TEXT    NOT NULL,
    roles                TEXT    NOT NULL, -- JSON array, the additional ones
    password             TEXT    NOT NULL,
    password_set_at      INTEGER NOT NULL,
    password_history     TEXT    NOT NULL, -- JSON array
    must_change_password INTEGER NOT NULL,
    password_by          TEXT    NOT NULL,
    invite_expires_at    INTEGER NOT NULL,
    created_by           TEXT    NOT NULL,
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    last_active_at       INTEGER NOT NULL,
    locked_until         INTEGER NOT NULL,
    two_factor           INTEGER NOT NULL, -- has a confirmed factor
    mark                 INTEGER NOT NULL, -- another random number after each change that requests see
    subject              TEXT    UNIQUE, -- NULL: no account at the identity provider
    subject_name         TEXT    NOT NULL DEFAULT '', -- what the provider calls it
    ends_at              INTEGER NOT NULL DEFAULT 0,  -- when access ends; 0: never
    passkey              INTEGER NOT NULL DEFAULT 0   -- has a confirmed passkey
) STRICT;

INSERT INTO postern_new_operators (
    id, version, name, name_key, email, email_key, search_key, member_id, member_name, member_email, refreshed_at,
    language, state, primary_role, roles, password, password_set_at, password_history, must_change_password,
    password_by, invite_expires_at, created_by, created_at, updated_at, last_active_at, locked_until, two_factor,
    mark, subject, subject_name, ends_at, passkey)
SELECT
    o.id, o.version, o.name, o.name_key, o.email, o.email_key, o.search_key, o.member_id, o.member_name,
    o.member_email, o.refreshed_at, o.language, o.state, o.primary_role, o.roles, o.password, o.password_set_at,
    o.password_history, o.must_change_password, o.password_by, o.invite_expires_at, o.created_by, o.created_at,
    o.updated_at, o.last_active_at, o.locked_until, o.two_factor, o.mark,
    (SELECT subject FROM postern_operators p WHERE p.id = o.id),
    (SELECT subject_name FROM postern_operators p WHERE p.id = o.id),
    (SELECT ends_at FROM postern_operators p WHERE p.id = o.id),
    (SELECT passkey FROM postern_operators p WHERE p.id = o.id)
FROM postern_operators o, (SELECT NULL AS subject, '' AS subject_name, 0 AS ends_at, 0 AS passkey) lacking;

DROP TABLE postern_operators;

ALTER TABLE postern_new_operators RENAME TO postern_operators;

CREATE INDEX IF NOT EXISTS postern_operators_locked ON postern_operators (state, locked_until);

CREATE INDEX IF NOT EXISTS postern_operators_invited ON postern_operators (state, invite_expires_at);

CREATE INDEX IF NOT EXISTS postern_operators_factor ON postern_operators (state, two_factor);

-- The accounts that end, for the home page and for those whose time has come.
CREATE INDEX IF NOT EXISTS postern_operators_end ON postern_operators (ends_at) WHERE ends_at <> 0 AND state <> 'disabled';

CREATE TABLE postern_new_roles (
    id                 TEXT    NOT NULL PRIMARY KEY,
    version            INTEGER NOT NULL,
    name               TEXT    NOT NULL,
    name_key           TEXT    NOT NULL UNIQUE,
    description        TEXT    NOT NULL,
    require_two_factor INTEGER NOT NULL,
    permissions        TEXT    NOT NULL, -- JSON array
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    require_passkey    INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO postern_new_roles (
    id, version, name, name_key, description, require_two_factor, permissions, created_at, updated_at,
    require_passkey)
SELECT
    o.id, o.version, o.name, o.name_key, o.description, o.require_two_factor, o.permissions, o.created_at,
    o.updated_at, (SELECT require_passkey FROM postern_roles p WHERE p.id = o.id)
FROM postern_roles o, (SELECT 0 AS require_passkey) lacking;

DROP TABLE postern_roles;

ALTER TABLE postern_new_roles RENAME TO postern_roles;

CREATE TABLE postern_new_sessions (
    digest      BLOB    NOT NULL PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    operator_id TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    proved_at   INTEGER NOT NULL,
    ip          TEXT    NOT NULL,
    user_agent  TEXT    NOT NULL,
    method      TEXT    NOT NULL DEFAULT '', -- how the operator last proved who they are
    provider    TEXT    NOT NULL DEFAULT ''  -- key of the session at the identity provider
) STRICT;

INSERT INTO postern_new_sessions (
    digest, id, operator_id, created_at, seen_at, ends_at, proved_at, ip, user_agent, method, provider)
SELECT
    o.digest, o.id, o.operator_id, o.created_at, o.seen_at, o.ends_at, o.proved_at, o.ip, o.user_agent,
    (SELECT method FROM postern_sessions p WHERE p.digest = o.digest),
    (SELECT provider FROM postern_sessions p WHERE p.digest = o.digest)
FROM postern_sessions o, (SELECT '' AS method, '' AS provider) lacking;

DROP TABLE postern_sessions;

ALTER TABLE postern_new_sessions RENAME TO postern_sessions;

CREATE INDEX IF NOT EXISTS postern_sessions_operator ON postern_sessions (operator_id);

CREATE INDEX IF NOT EXISTS postern_sessions_end ON postern_sessions (ends_at);

CREATE INDEX IF NOT EXISTS postern_sessions_seen ON postern_sessions (seen_at);

CREATE TABLE postern_new_pre_sessions (
    digest           BLOB    NOT NULL PRIMARY KEY,
    operator_id      TEXT    NOT NULL,
    operator_version INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    next             TEXT    NOT NULL,
    ip               TEXT    NOT NULL,
    user_agent       TEXT    NOT NULL,
    method           TEXT    NOT NULL DEFAULT '',
    provider         TEXT    NOT NULL DEFAULT ''
) STRICT;

INSERT INTO postern_new_pre_sessions (
    digest, operator_id, operator_version, created_at, expires_at, next, ip, user_agent, method, provider)
SELECT
    o.digest, o.operator_id, o.operator_version, o.created_at, o.expires_at, o.next, o.ip, o.user_agent,
    (SELECT method FROM postern_pre_sessions p WHERE p.digest = o.digest),
    (SELECT provider FROM postern_pre_sessions p WHERE p.digest = o.digest)
FROM postern_pre_sessions o, (SELECT '' AS method, '' AS provider) lacking;

DROP TABLE postern_pre_sessions;

ALTER TABLE postern_new_pre_sessions RENAME TO postern_pre_sessions;

CREATE INDEX IF NOT EXISTS postern_pre_sessions_operator ON postern_pre_sessions (operator_id);

CREATE INDEX IF NOT EXISTS postern_pre_sessions_end ON postern_pre_sessions (expires_at);

CREATE TABLE postern_new_factors (
    id           TEXT    NOT NULL PRIMARY KEY,
    operator_id  TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    label        TEXT    NOT NULL,
    secret       BLOB    NOT NULL, -- ciphertext
    step         INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    ip           TEXT    NOT NULL,
    handle       BLOB    UNIQUE -- digest of what its authenticator calls it; NULL: nothing
) STRICT;

INSERT INTO postern_new_factors (
    id, operator_id, kind, label, secret, step, created_at, confirmed_at, last_used_at, ip, handle)
SELECT
    o.id, o.operator_id, o.kind, o.label, o.secret, o.step, o.created_at, o.confirmed_at, o.last_used_at, o.ip,
    (SELECT handle FROM postern_factors p WHERE p.id = o.id)
FROM postern_factors o, (SELECT NULL AS handle) lacking;

DROP TABLE postern_factors;

ALTER TABLE postern_new_factors RENAME TO postern_factors;

CREATE INDEX IF NOT EXISTS postern_factors_operator ON postern_factors (operator_id);

CREATE TABLE postern_new_tokens (
    digest     BLOB    NOT NULL PRIMARY KEY,
    purpose    TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    home       TEXT    NOT NULL, -- stands for the office address in the link; empty: it leads elsewhere
    sealed     BLOB    NOT NULL DEFAULT x'' -- ciphertext: what the token is for
) STRICT;

INSERT INTO postern_new_tokens (
    digest, purpose, subject, created_at, expires_at, used_at, created_by, home, sealed)
SELECT
    o.digest, o.purpose, o.subject, o.created_at, o.expires_at, o.used_at, o.created_by, o.home,
    (SELECT sealed FROM postern_tokens p WHERE p.digest = o.digest)
FROM postern_tokens o, (SELECT x'' AS sealed) lacking;

DROP TABLE postern_tokens;

ALTER TABLE postern_new_tokens RENAME TO postern_tokens;

CREATE INDEX IF NOT EXISTS postern_tokens_subject ON postern_tokens (subject, purpose);

CREATE INDEX IF NOT EXISTS postern_tokens_created ON postern_tokens (created_at);

-- The links that the office may have to replace.
CREATE INDEX IF NOT EXISTS postern_tokens_home ON postern_tokens (purpose, home, expires_at, digest) WHERE used_at = 0 AND home <> '';

INSERT INTO postern_migrations (version, name) VALUES (2, 'ways_in') ON CONFLICT DO NOTHING;
