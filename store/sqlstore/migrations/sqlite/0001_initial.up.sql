-- +goose Up
-- Statements are separated by an empty line. Run again, they change nothing.
--
-- The migrations that ran, by whatever tool: each file adds itself at its end, so that one
-- that broke off, without the triggers of the audit log, has not run.
CREATE TABLE IF NOT EXISTS postern_migrations (
    version     INTEGER   NOT NULL PRIMARY KEY,
    name        TEXT      NOT NULL,
    migrated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- Times are microseconds since 1970 in UTC, 0 for "not set". There are no foreign keys: whether SQLite
-- honours them depends on each connection, so the code deletes what belongs
-- to a record together with it.
--
-- The rows to lock before anything that depends on more than one record.
CREATE TABLE IF NOT EXISTS postern_guards (
    name TEXT NOT NULL PRIMARY KEY
) STRICT;

INSERT INTO postern_guards (name) VALUES ('operators'), ('tokens') ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS postern_operators (
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
    mark                 INTEGER NOT NULL  -- another random number after each change that requests see
) STRICT;

CREATE INDEX IF NOT EXISTS postern_operators_locked ON postern_operators (state, locked_until);

CREATE INDEX IF NOT EXISTS postern_operators_invited ON postern_operators (state, invite_expires_at);

CREATE INDEX IF NOT EXISTS postern_operators_factor ON postern_operators (state, two_factor);

CREATE TABLE IF NOT EXISTS postern_roles (
    id                 TEXT    NOT NULL PRIMARY KEY,
    version            INTEGER NOT NULL,
    name               TEXT    NOT NULL,
    name_key           TEXT    NOT NULL UNIQUE,
    description        TEXT    NOT NULL,
    require_two_factor INTEGER NOT NULL,
    permissions        TEXT    NOT NULL, -- JSON array
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS postern_sessions (
    digest      BLOB    NOT NULL PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    operator_id TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    proved_at   INTEGER NOT NULL,
    ip          TEXT    NOT NULL,
    user_agent  TEXT    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS postern_sessions_operator ON postern_sessions (operator_id);

CREATE INDEX IF NOT EXISTS postern_sessions_end ON postern_sessions (ends_at);

CREATE INDEX IF NOT EXISTS postern_sessions_seen ON postern_sessions (seen_at);

CREATE TABLE IF NOT EXISTS postern_session_values (
    session_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    data       BLOB NOT NULL,
    PRIMARY KEY (session_id, name)
) STRICT;

CREATE TABLE IF NOT EXISTS postern_pre_sessions (
    digest           BLOB    NOT NULL PRIMARY KEY,
    operator_id      TEXT    NOT NULL,
    operator_version INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    next             TEXT    NOT NULL,
    ip               TEXT    NOT NULL,
    user_agent       TEXT    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS postern_pre_sessions_operator ON postern_pre_sessions (operator_id);

CREATE INDEX IF NOT EXISTS postern_pre_sessions_end ON postern_pre_sessions (expires_at);

CREATE TABLE IF NOT EXISTS postern_factors (
    id           TEXT    NOT NULL PRIMARY KEY,
    operator_id  TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    label        TEXT    NOT NULL,
    secret       BLOB    NOT NULL, -- ciphertext
    step         INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    ip           TEXT    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS postern_factors_operator ON postern_factors (operator_id);

CREATE TABLE IF NOT EXISTS postern_recovery_sets (
    operator_id TEXT    NOT NULL PRIMARY KEY,
    salt        BLOB    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- The unused codes of a set.
CREATE TABLE IF NOT EXISTS postern_recovery_codes (
    operator_id TEXT NOT NULL,
    hash        BLOB NOT NULL,
    PRIMARY KEY (operator_id, hash)
) STRICT;

CREATE TABLE IF NOT EXISTS postern_devices (
    operator_id TEXT    NOT NULL,
    digest      BLOB    NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    PRIMARY KEY (operator_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS postern_devices_last ON postern_devices (last_at);

-- previous finds a browser that did not get its new token; all zero: none.
CREATE TABLE IF NOT EXISTS postern_browsers (
    id          TEXT    NOT NULL PRIMARY KEY,
    digest      BLOB    NOT NULL UNIQUE,
    previous    BLOB    NOT NULL,
    operator_id TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    ip          TEXT    NOT NULL,
    user_agent  TEXT    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS postern_browsers_operator ON postern_browsers (operator_id);

CREATE INDEX IF NOT EXISTS postern_browsers_seen ON postern_browsers (seen_at);

CREATE TABLE IF NOT EXISTS postern_tokens (
    digest     BLOB    NOT NULL PRIMARY KEY,
    purpose    TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    home       TEXT    NOT NULL -- stands for the office address in the link; empty: it leads elsewhere
) STRICT;

CREATE INDEX IF NOT EXISTS postern_tokens_subject ON postern_tokens (subject, purpose);

CREATE INDEX IF NOT EXISTS postern_tokens_created ON postern_tokens (created_at);

-- The links that the office may have to replace.
CREATE INDEX IF NOT EXISTS postern_tokens_home ON postern_tokens (purpose, home, expires_at, digest) WHERE used_at = 0 AND home <> '';

-- One row, from the beginning: every request reads it.
CREATE TABLE IF NOT EXISTS postern_parameters (
    id             INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    revision       INTEGER NOT NULL, -- 0: not stored yet
    roles_mark     INTEGER NOT NULL, -- another random number after each change of a role
    office         TEXT    NOT NULL, -- random, since the first start
    alias          TEXT    NOT NULL,
    previous_alias TEXT    NOT NULL,
    confirm_by     INTEGER NOT NULL,
    sessions_from  INTEGER NOT NULL, -- sessions that began by then are over
    settings       TEXT    NOT NULL, -- JSON object
    setup          TEXT    NOT NULL, -- JSON object: what was done, and when
    updated_at     INTEGER NOT NULL,
    updated_by     TEXT    NOT NULL
) STRICT;

INSERT INTO postern_parameters (id, revision, roles_mark, office, alias, previous_alias, confirm_by, sessions_from, settings, setup, updated_at, updated_by)
VALUES (1, 0, 0, '', '', '', 0, 0, '{}', '{}', 0, '') ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS postern_events (
    seq         INTEGER NOT NULL PRIMARY KEY,
    id          TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    code        TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    actor_id    TEXT    NOT NULL,
    actor_name  TEXT    NOT NULL,
    target_kind TEXT    NOT NULL,
    target_id   TEXT    NOT NULL,
    target_name TEXT    NOT NULL,
    ip          TEXT    NOT NULL,
    user_agent  TEXT    NOT NULL,
    route       TEXT    NOT NULL,
    request_id  TEXT    NOT NULL,
    session_id  TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    detail      TEXT    NOT NULL, -- JSON object
    mac         BLOB    NOT NULL,
    latest_at   INTEGER NOT NULL, -- the latest "at" up to here
    area        TEXT    GENERATED ALWAYS AS (substr(code, 1, instr(code || '.', '.') - 1)) VIRTUAL
) STRICT;

CREATE INDEX IF NOT EXISTS postern_events_area ON postern_events (area, seq);

CREATE INDEX IF NOT EXISTS postern_events_code ON postern_events (code, seq);

CREATE INDEX IF NOT EXISTS postern_events_outcome ON postern_events (outcome, seq);

CREATE INDEX IF NOT EXISTS postern_events_actor ON postern_events (actor_id, seq);

CREATE INDEX IF NOT EXISTS postern_events_target ON postern_events (target_id, seq);

CREATE INDEX IF NOT EXISTS postern_events_ip ON postern_events (ip, seq);

CREATE INDEX IF NOT EXISTS postern_events_session ON postern_events (session_id, seq);

CREATE INDEX IF NOT EXISTS postern_events_latest ON postern_events (latest_at, seq);

-- The events after which no earlier or equal "at" was appended. Together with
-- latest_at it turns bounds of time into bounds of seq, exactly, although
-- replicas' clocks may differ: the first event from a time on, or a later one,
-- is the first whose latest_at is; the last one before a time is the last here
-- whose "at" is.
CREATE TABLE IF NOT EXISTS postern_event_times (
    at  INTEGER NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT;

-- The last event, and the last one that was purged, in one row that every
-- append and every purge locks.
CREATE TABLE IF NOT EXISTS postern_event_head (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq        INTEGER NOT NULL,
    mac        BLOB    NOT NULL,
    latest_at  INTEGER NOT NULL,
    purged_seq INTEGER NOT NULL CHECK (purged_seq <= seq),
    purged_mac BLOB    NOT NULL,
    seal       BLOB    NOT NULL -- what the office vouches for the rest with
) STRICT;

INSERT INTO postern_event_head (id, seq, mac, latest_at, purged_seq, purged_mac, seal)
SELECT 1, 0, x'', -9223372036854775808, 0, x'', x''
WHERE NOT EXISTS (SELECT 1 FROM postern_event_head);

-- +goose StatementBegin
-- Events are appended, never changed (ASVS 16.4.2). The one way out is at the
-- old end: a transaction that notes in the head up to which event it purges may
-- delete those. Nothing is ever left for anybody else to delete so.
CREATE TRIGGER IF NOT EXISTS postern_events_no_update BEFORE UPDATE ON postern_events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER IF NOT EXISTS postern_events_no_delete BEFORE DELETE ON postern_events
WHEN OLD.seq > (SELECT purged_seq FROM postern_event_head) BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- INSERT OR REPLACE deletes without asking the trigger on DELETE.
CREATE TRIGGER IF NOT EXISTS postern_events_no_replace BEFORE INSERT ON postern_events
WHEN EXISTS (SELECT 1 FROM postern_events WHERE seq = NEW.seq) BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- Nor do its ends go back, so that nobody can take newer events for purged, delete
-- them, and put the head back.
CREATE TRIGGER IF NOT EXISTS postern_event_head_forward BEFORE UPDATE ON postern_event_head
WHEN NEW.seq < OLD.seq OR NEW.purged_seq < OLD.purged_seq OR NEW.id <> OLD.id BEGIN
    SELECT RAISE(ABORT, 'the audit log only goes forward');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER IF NOT EXISTS postern_event_head_no_delete BEFORE DELETE ON postern_event_head BEGIN
    SELECT RAISE(ABORT, 'the audit log only goes forward');
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- INSERT OR REPLACE again.
CREATE TRIGGER IF NOT EXISTS postern_event_head_no_replace BEFORE INSERT ON postern_event_head BEGIN
    SELECT RAISE(ABORT, 'the audit log only goes forward');
END;
-- +goose StatementEnd

CREATE TABLE IF NOT EXISTS postern_mails (
    id              TEXT    NOT NULL PRIMARY KEY,
    kind            TEXT    NOT NULL,
    operator_id     TEXT    NOT NULL,
    recipient       TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    search_key      TEXT    NOT NULL, -- what searches look in
    body            BLOB    NOT NULL, -- ciphertext, empty once sent or cancelled
    state           TEXT    NOT NULL,
    attempts        INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    lane            TEXT    NOT NULL, -- urgent or notice, a space, the recipient's domain
    reply           TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    tried_at        INTEGER NOT NULL,
    sent_at         INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS postern_mails_page ON postern_mails (created_at, id);

CREATE INDEX IF NOT EXISTS postern_mails_state ON postern_mails (state, created_at, id);

CREATE INDEX IF NOT EXISTS postern_mails_kind ON postern_mails (kind, created_at, id);

CREATE INDEX IF NOT EXISTS postern_mails_operator ON postern_mails (operator_id, created_at, id);

CREATE INDEX IF NOT EXISTS postern_mails_due ON postern_mails (state, next_attempt_at);

CREATE INDEX IF NOT EXISTS postern_mails_lane ON postern_mails (state, lane, next_attempt_at);

CREATE INDEX IF NOT EXISTS postern_mails_tried ON postern_mails (state, tried_at);

-- The few emails that still have a body.
CREATE INDEX IF NOT EXISTS postern_mails_sealed ON postern_mails (id) WHERE length(body) > 0;

CREATE TABLE IF NOT EXISTS postern_counters (
    id         TEXT    NOT NULL PRIMARY KEY,
    hits       INTEGER NOT NULL,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS postern_counters_end ON postern_counters (expires_at);

-- Answers to forms, for the same form sent again.
CREATE TABLE IF NOT EXISTS postern_answers (
    digest     BLOB    NOT NULL PRIMARY KEY,
    claim      TEXT    NOT NULL,
    data       BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS postern_answers_end ON postern_answers (expires_at);

INSERT INTO postern_migrations (version, name) VALUES (1, 'initial') ON CONFLICT DO NOTHING;
