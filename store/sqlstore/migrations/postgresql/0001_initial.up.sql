-- +goose Up
-- Statements are separated by an empty line. Run again, they change nothing.
--
-- The migrations that ran, by whatever tool: each file adds itself at its end, so that one
-- that broke off, without the triggers of the audit log, has not run.
CREATE TABLE IF NOT EXISTS postern_migrations (
    version     BIGINT    NOT NULL PRIMARY KEY,
    name        TEXT      NOT NULL,
    migrated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- Times are microseconds since 1970 in UTC, 0 for "not set". Text is compared byte by byte, in any
-- locale of the database, so pages come in the same order on every server and no
-- upgrade of its libraries can break an index. There are no foreign keys, as
-- in the other dialects: the code deletes what belongs to a record together
-- with it.
--
-- The rows to lock before anything that depends on more than one record.
CREATE TABLE IF NOT EXISTS postern_guards (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY
);

INSERT INTO postern_guards (name) VALUES ('operators'), ('tokens') ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS postern_operators (
    id                   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version              BIGINT           NOT NULL,
    name                 TEXT COLLATE "C" NOT NULL,
    name_key             TEXT COLLATE "C" NOT NULL UNIQUE,
    email                TEXT COLLATE "C" NOT NULL,
    email_key            TEXT COLLATE "C" NOT NULL UNIQUE,
    search_key           TEXT COLLATE "C" NOT NULL, -- what searches look in
    member_id            TEXT COLLATE "C" UNIQUE, -- NULL: stands alone
    member_name          TEXT COLLATE "C" NOT NULL, -- what the community says of the member,
    member_email         TEXT COLLATE "C" NOT NULL, -- who was
    refreshed_at         BIGINT           NOT NULL, -- last asked about then
    language             TEXT COLLATE "C" NOT NULL, -- BCP 47 tag, or empty
    state                TEXT COLLATE "C" NOT NULL,
    primary_role         TEXT COLLATE "C" NOT NULL,
    roles                TEXT COLLATE "C" NOT NULL, -- JSON array, the additional ones
    password             TEXT COLLATE "C" NOT NULL,
    password_set_at      BIGINT           NOT NULL,
    password_history     TEXT COLLATE "C" NOT NULL, -- JSON array
    must_change_password BOOLEAN          NOT NULL,
    password_by          TEXT COLLATE "C" NOT NULL,
    invite_expires_at    BIGINT           NOT NULL,
    created_by           TEXT COLLATE "C" NOT NULL,
    created_at           BIGINT           NOT NULL,
    updated_at           BIGINT           NOT NULL,
    last_active_at       BIGINT           NOT NULL,
    locked_until         BIGINT           NOT NULL,
    two_factor           BOOLEAN          NOT NULL, -- has a confirmed factor
    mark                 BIGINT           NOT NULL  -- another random number after each change that requests see
);

CREATE INDEX IF NOT EXISTS postern_operators_locked ON postern_operators (state, locked_until);

CREATE INDEX IF NOT EXISTS postern_operators_invited ON postern_operators (state, invite_expires_at);

CREATE INDEX IF NOT EXISTS postern_operators_factor ON postern_operators (state, two_factor);

CREATE TABLE IF NOT EXISTS postern_roles (
    id                 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version            BIGINT           NOT NULL,
    name               TEXT COLLATE "C" NOT NULL,
    name_key           TEXT COLLATE "C" NOT NULL UNIQUE,
    description        TEXT COLLATE "C" NOT NULL,
    require_two_factor BOOLEAN          NOT NULL,
    permissions        TEXT COLLATE "C" NOT NULL, -- JSON array
    created_at         BIGINT           NOT NULL,
    updated_at         BIGINT           NOT NULL
);

CREATE TABLE IF NOT EXISTS postern_sessions (
    digest      BYTEA            NOT NULL PRIMARY KEY,
    id          TEXT COLLATE "C" NOT NULL UNIQUE,
    operator_id TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT           NOT NULL,
    seen_at     BIGINT           NOT NULL,
    ends_at     BIGINT           NOT NULL,
    proved_at   BIGINT           NOT NULL,
    ip          TEXT COLLATE "C" NOT NULL,
    user_agent  TEXT COLLATE "C" NOT NULL
);

CREATE INDEX IF NOT EXISTS postern_sessions_operator ON postern_sessions (operator_id);

CREATE INDEX IF NOT EXISTS postern_sessions_end ON postern_sessions (ends_at);

CREATE INDEX IF NOT EXISTS postern_sessions_seen ON postern_sessions (seen_at);

CREATE TABLE IF NOT EXISTS postern_session_values (
    session_id TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    data       BYTEA            NOT NULL,
    PRIMARY KEY (session_id, name)
);

CREATE TABLE IF NOT EXISTS postern_pre_sessions (
    digest           BYTEA            NOT NULL PRIMARY KEY,
    operator_id      TEXT COLLATE "C" NOT NULL,
    operator_version BIGINT           NOT NULL,
    created_at       BIGINT           NOT NULL,
    expires_at       BIGINT           NOT NULL,
    next             TEXT COLLATE "C" NOT NULL,
    ip               TEXT COLLATE "C" NOT NULL,
    user_agent       TEXT COLLATE "C" NOT NULL
);

CREATE INDEX IF NOT EXISTS postern_pre_sessions_operator ON postern_pre_sessions (operator_id);

CREATE INDEX IF NOT EXISTS postern_pre_sessions_end ON postern_pre_sessions (expires_at);

CREATE TABLE IF NOT EXISTS postern_factors (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    operator_id  TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    label        TEXT COLLATE "C" NOT NULL,
    secret       BYTEA            NOT NULL, -- ciphertext
    step         BIGINT           NOT NULL,
    created_at   BIGINT           NOT NULL,
    confirmed_at BIGINT           NOT NULL,
    last_used_at BIGINT           NOT NULL,
    ip           TEXT COLLATE "C" NOT NULL
);

CREATE INDEX IF NOT EXISTS postern_factors_operator ON postern_factors (operator_id);

CREATE TABLE IF NOT EXISTS postern_recovery_sets (
    operator_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    salt        BYTEA            NOT NULL,
    created_at  BIGINT           NOT NULL
);

-- The unused codes of a set.
CREATE TABLE IF NOT EXISTS postern_recovery_codes (
    operator_id TEXT COLLATE "C" NOT NULL,
    hash        BYTEA            NOT NULL,
    PRIMARY KEY (operator_id, hash)
);

CREATE TABLE IF NOT EXISTS postern_devices (
    operator_id TEXT COLLATE "C" NOT NULL,
    digest      BYTEA            NOT NULL,
    first_at    BIGINT           NOT NULL,
    last_at     BIGINT           NOT NULL,
    PRIMARY KEY (operator_id, digest)
);

CREATE INDEX IF NOT EXISTS postern_devices_last ON postern_devices (last_at);

-- previous finds a browser that did not get its new token; all zero: none.
CREATE TABLE IF NOT EXISTS postern_browsers (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest      BYTEA            NOT NULL UNIQUE,
    previous    BYTEA            NOT NULL,
    operator_id TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT           NOT NULL,
    seen_at     BIGINT           NOT NULL,
    ip          TEXT COLLATE "C" NOT NULL,
    user_agent  TEXT COLLATE "C" NOT NULL
);

CREATE INDEX IF NOT EXISTS postern_browsers_operator ON postern_browsers (operator_id);

CREATE INDEX IF NOT EXISTS postern_browsers_seen ON postern_browsers (seen_at);

CREATE TABLE IF NOT EXISTS postern_tokens (
    digest     BYTEA            NOT NULL PRIMARY KEY,
    purpose    TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    created_at BIGINT           NOT NULL,
    expires_at BIGINT           NOT NULL,
    used_at    BIGINT           NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    home       TEXT COLLATE "C" NOT NULL -- stands for the office address in the link; empty: it leads elsewhere
);

CREATE INDEX IF NOT EXISTS postern_tokens_subject ON postern_tokens (subject, purpose);

CREATE INDEX IF NOT EXISTS postern_tokens_created ON postern_tokens (created_at);

-- The links that the office may have to replace.
CREATE INDEX IF NOT EXISTS postern_tokens_home ON postern_tokens (purpose, home, expires_at, digest) WHERE used_at = 0 AND home <> '';

-- One row, from the beginning: every request reads it.
CREATE TABLE IF NOT EXISTS postern_parameters (
    id             BIGINT           NOT NULL PRIMARY KEY CHECK (id = 1),
    revision       BIGINT           NOT NULL, -- 0: not stored yet
    roles_mark     BIGINT           NOT NULL, -- another random number after each change of a role
    office         TEXT COLLATE "C" NOT NULL, -- random, since the first start
    alias          TEXT COLLATE "C" NOT NULL,
    previous_alias TEXT COLLATE "C" NOT NULL,
    confirm_by     BIGINT           NOT NULL,
    sessions_from  BIGINT           NOT NULL, -- sessions that began by then are over
    settings       TEXT COLLATE "C" NOT NULL, -- JSON object
    setup          TEXT COLLATE "C" NOT NULL, -- JSON object: what was done, and when
    updated_at     BIGINT           NOT NULL,
    updated_by     TEXT COLLATE "C" NOT NULL
);

INSERT INTO postern_parameters (id, revision, roles_mark, office, alias, previous_alias, confirm_by, sessions_from, settings, setup, updated_at, updated_by)
VALUES (1, 0, 0, '', '', '', 0, 0, '{}', '{}', 0, '') ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS postern_events (
    seq         BIGINT           NOT NULL PRIMARY KEY,
    id          TEXT COLLATE "C" NOT NULL,
    at          BIGINT           NOT NULL,
    code        TEXT COLLATE "C" NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    actor_id    TEXT COLLATE "C" NOT NULL,
    actor_name  TEXT COLLATE "C" NOT NULL,
    target_kind TEXT COLLATE "C" NOT NULL,
    target_id   TEXT COLLATE "C" NOT NULL,
    target_name TEXT COLLATE "C" NOT NULL,
    ip          TEXT COLLATE "C" NOT NULL,
    user_agent  TEXT COLLATE "C" NOT NULL,
    route       TEXT COLLATE "C" NOT NULL,
    request_id  TEXT COLLATE "C" NOT NULL,
    session_id  TEXT COLLATE "C" NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL,
    detail      TEXT COLLATE "C" NOT NULL, -- JSON object
    mac         BYTEA            NOT NULL,
    latest_at   BIGINT           NOT NULL, -- the latest "at" up to here
    area        TEXT COLLATE "C" GENERATED ALWAYS AS (split_part(code, '.', 1)) STORED
);

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
    at  BIGINT           NOT NULL PRIMARY KEY,
    seq BIGINT           NOT NULL
);

-- The last event, and the last one that was purged, in one row that every
-- append and every purge locks.
CREATE TABLE IF NOT EXISTS postern_event_head (
    id         BIGINT           NOT NULL PRIMARY KEY CHECK (id = 1),
    seq        BIGINT           NOT NULL,
    mac        BYTEA            NOT NULL,
    latest_at  BIGINT           NOT NULL,
    purged_seq BIGINT           NOT NULL CHECK (purged_seq <= seq),
    purged_mac BYTEA            NOT NULL,
    seal       BYTEA            NOT NULL -- what the office vouches for the rest with
);

INSERT INTO postern_event_head (id, seq, mac, latest_at, purged_seq, purged_mac, seal)
SELECT 1, 0, '', -9223372036854775808, 0, '', ''
WHERE NOT EXISTS (SELECT 1 FROM postern_event_head);

-- +goose StatementBegin
-- Events are appended, never changed (ASVS 16.4.2). The one way out is at the
-- old end: a transaction that notes in the head up to which event it purges may
-- delete those. Nothing is ever left that anyone else could delete this way.
-- The head is the one beside the events, for any search path of the caller. It is
-- read once for all rows that a statement deletes.
CREATE OR REPLACE FUNCTION postern_events_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    purged BIGINT;
BEGIN
    IF TG_OP = 'DELETE' THEN
        EXECUTE format('SELECT purged_seq FROM %I.postern_event_head', TG_TABLE_SCHEMA) INTO purged;
        IF NOT EXISTS (SELECT 1 FROM deleted WHERE seq > purged OR purged IS NULL) THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION 'events are append-only';
END
$$;
-- +goose StatementEnd

DROP TRIGGER IF EXISTS postern_events_no_update ON postern_events;

CREATE TRIGGER postern_events_no_update BEFORE UPDATE ON postern_events
    FOR EACH ROW EXECUTE FUNCTION postern_events_append_only();

DROP TRIGGER IF EXISTS postern_events_no_delete ON postern_events;

CREATE TRIGGER postern_events_no_delete AFTER DELETE ON postern_events REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION postern_events_append_only();

DROP TRIGGER IF EXISTS postern_events_no_truncate ON postern_events;

CREATE TRIGGER postern_events_no_truncate BEFORE TRUNCATE ON postern_events
    FOR EACH STATEMENT EXECUTE FUNCTION postern_events_append_only();

-- +goose StatementBegin
-- Nor do its ends go back, so that nobody can take newer events for purged, delete
-- them, and put the head back.
CREATE OR REPLACE FUNCTION postern_event_head_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.seq < OLD.seq OR NEW.purged_seq < OLD.purged_seq THEN
        RAISE EXCEPTION 'the audit log only goes forward';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

DROP TRIGGER IF EXISTS postern_event_head_only_forward ON postern_event_head;

CREATE TRIGGER postern_event_head_only_forward BEFORE UPDATE ON postern_event_head
    FOR EACH ROW EXECUTE FUNCTION postern_event_head_forward();

CREATE TABLE IF NOT EXISTS postern_mails (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind            TEXT COLLATE "C" NOT NULL,
    operator_id     TEXT COLLATE "C" NOT NULL,
    recipient       TEXT COLLATE "C" NOT NULL,
    subject         TEXT COLLATE "C" NOT NULL,
    search_key      TEXT COLLATE "C" NOT NULL, -- what searches look in
    body            BYTEA            NOT NULL, -- ciphertext, empty once sent or cancelled
    state           TEXT COLLATE "C" NOT NULL,
    attempts        BIGINT           NOT NULL,
    next_attempt_at BIGINT           NOT NULL,
    lane            TEXT COLLATE "C" NOT NULL, -- urgent or notice, a space, the recipient's domain
    reply           TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT           NOT NULL,
    tried_at        BIGINT           NOT NULL,
    sent_at         BIGINT           NOT NULL,
    expires_at      BIGINT           NOT NULL
);

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
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hits       BIGINT           NOT NULL,
    first_at   BIGINT           NOT NULL,
    last_at    BIGINT           NOT NULL,
    expires_at BIGINT           NOT NULL
);

CREATE INDEX IF NOT EXISTS postern_counters_end ON postern_counters (expires_at);

-- Answers to forms, for the same form sent again: unlogged, because one that a crash
-- loses is only made again, and so that a form waits for the disk no longer than before.
CREATE UNLOGGED TABLE IF NOT EXISTS postern_answers (
    digest     BYTEA            NOT NULL PRIMARY KEY,
    claim      TEXT COLLATE "C" NOT NULL,
    data       BYTEA            NOT NULL,
    expires_at BIGINT           NOT NULL
);

CREATE INDEX IF NOT EXISTS postern_answers_end ON postern_answers (expires_at);

INSERT INTO postern_migrations (version, name) VALUES (1, 'initial') ON CONFLICT DO NOTHING;
