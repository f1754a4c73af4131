-- +goose Up
-- Statements are separated by an empty line. Run again, they change nothing. MySQL and
-- MariaDB commit after each, so one that broke off is run again from its beginning.
--
-- Text is compared byte by byte, spaces at its end included. The two call that by different
-- names: MySQL runs what follows /*!80017, and MariaDB what follows /*M!. A column of a key
-- needs a length; what is longer is refused, never cut, in strict mode.
--
-- The migrations that ran, by whatever tool: each file adds itself at its end, so that one
-- that broke off, without the triggers of the audit log, has not run.
CREATE TABLE IF NOT EXISTS postern_migrations (
    version     BIGINT    NOT NULL,
    name        TEXT      NOT NULL,
    migrated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (version)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

-- Times are microseconds since 1970 in UTC, 0 for "not set". There are no foreign keys, as
-- in the other dialects: the code deletes what belongs to a record together with it.
--
-- The rows to lock before anything that depends on more than one record. In a cluster, where
-- only what is written is seen by the others, touch is what locking them writes.
CREATE TABLE IF NOT EXISTS postern_guards (
    name  VARCHAR(64) NOT NULL,
    touch BIGINT      NOT NULL DEFAULT 0,
    PRIMARY KEY (name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

INSERT IGNORE INTO postern_guards (name) VALUES ('operators'), ('tokens');

CREATE TABLE IF NOT EXISTS postern_operators (
    id                   VARCHAR(255) NOT NULL,
    version              BIGINT       NOT NULL,
    name                 MEDIUMTEXT   NOT NULL,
    name_key             VARCHAR(700) NOT NULL,
    email                MEDIUMTEXT   NOT NULL,
    email_key            VARCHAR(700) NOT NULL,
    search_key           MEDIUMTEXT   NOT NULL, -- what searches look in
    member_id            VARCHAR(700), -- NULL: stands alone
    member_name          MEDIUMTEXT   NOT NULL, -- what the community says of the member,
    member_email         MEDIUMTEXT   NOT NULL, -- who was
    refreshed_at         BIGINT       NOT NULL, -- last asked about then
    language             MEDIUMTEXT   NOT NULL, -- BCP 47 tag, or empty
    state                VARCHAR(64)  NOT NULL,
    primary_role         VARCHAR(255) NOT NULL,
    roles                MEDIUMTEXT   NOT NULL, -- JSON array, the additional ones
    password             MEDIUMTEXT   NOT NULL,
    password_set_at      BIGINT       NOT NULL,
    password_history     MEDIUMTEXT   NOT NULL, -- JSON array
    must_change_password BOOLEAN      NOT NULL,
    password_by          MEDIUMTEXT   NOT NULL,
    invite_expires_at    BIGINT       NOT NULL,
    created_by           MEDIUMTEXT   NOT NULL,
    created_at           BIGINT       NOT NULL,
    updated_at           BIGINT       NOT NULL,
    last_active_at       BIGINT       NOT NULL,
    locked_until         BIGINT       NOT NULL,
    two_factor           BOOLEAN      NOT NULL, -- has a confirmed factor
    mark                 BIGINT       NOT NULL, -- another random number after each change that requests see
    subject              VARCHAR(700), -- NULL: no account at the identity provider
    subject_name         MEDIUMTEXT   NOT NULL, -- what the provider calls it
    ends_at              BIGINT       NOT NULL, -- when access ends; 0: never
    passkey              BOOLEAN      NOT NULL, -- has a confirmed passkey
    touch                BIGINT       NOT NULL DEFAULT 0, -- see postern_guards
    PRIMARY KEY (id),
    UNIQUE KEY postern_operators_name_key (name_key),
    UNIQUE KEY postern_operators_email_key (email_key),
    UNIQUE KEY postern_operators_member_id (member_id),
    KEY postern_operators_locked (state, locked_until),
    KEY postern_operators_invited (state, invite_expires_at),
    KEY postern_operators_factor (state, two_factor),
    UNIQUE KEY postern_operators_subject (subject),
    KEY postern_operators_end (ends_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS postern_roles (
    id                 VARCHAR(255) NOT NULL,
    version            BIGINT       NOT NULL,
    name               MEDIUMTEXT   NOT NULL,
    name_key           VARCHAR(700) NOT NULL,
    description        MEDIUMTEXT   NOT NULL,
    require_two_factor BOOLEAN      NOT NULL,
    permissions        MEDIUMTEXT   NOT NULL, -- JSON array
    created_at         BIGINT       NOT NULL,
    updated_at         BIGINT       NOT NULL,
    require_passkey    BOOLEAN      NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY postern_roles_name_key (name_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS postern_sessions (
    digest      VARBINARY(32) NOT NULL,
    id          VARCHAR(255)  NOT NULL,
    operator_id VARCHAR(255)  NOT NULL,
    created_at  BIGINT        NOT NULL,
    seen_at     BIGINT        NOT NULL,
    ends_at     BIGINT        NOT NULL,
    proved_at   BIGINT        NOT NULL,
    ip          MEDIUMTEXT    NOT NULL,
    user_agent  MEDIUMTEXT    NOT NULL,
    method      MEDIUMTEXT    NOT NULL, -- how the operator last proved who they are
    provider    MEDIUMTEXT    NOT NULL, -- the key of the session at the identity provider
    touch       BIGINT        NOT NULL DEFAULT 0, -- see postern_guards
    PRIMARY KEY (digest),
    UNIQUE KEY postern_sessions_id (id),
    KEY postern_sessions_operator (operator_id),
    KEY postern_sessions_end (ends_at),
    KEY postern_sessions_seen (seen_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS postern_session_values (
    session_id VARCHAR(255) NOT NULL,
    name       VARCHAR(255) NOT NULL,
    data       MEDIUMBLOB   NOT NULL,
    PRIMARY KEY (session_id, name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS postern_pre_sessions (
    digest           VARBINARY(32) NOT NULL,
    operator_id      VARCHAR(255)  NOT NULL,
    operator_version BIGINT        NOT NULL,
    created_at       BIGINT        NOT NULL,
    expires_at       BIGINT        NOT NULL,
    next             MEDIUMTEXT    NOT NULL,
    ip               MEDIUMTEXT    NOT NULL,
    user_agent       MEDIUMTEXT    NOT NULL,
    method           MEDIUMTEXT    NOT NULL,
    provider         MEDIUMTEXT    NOT NULL,
    PRIMARY KEY (digest),
    KEY postern_pre_sessions_operator (operator_id),
    KEY postern_pre_sessions_end (expires_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS postern_factors (
    id           VARCHAR(255)  NOT NULL,
    operator_id  VARCHAR(255)  NOT NULL,
    kind         MEDIUMTEXT    NOT NULL,
    label        MEDIUMTEXT    NOT NULL,
    secret       MEDIUMBLOB    NOT NULL, -- ciphertext
    step         BIGINT        NOT NULL,
    created_at   BIGINT        NOT NULL,
    confirmed_at BIGINT        NOT NULL,
    last_used_at BIGINT        NOT NULL,
    ip           MEDIUMTEXT    NOT NULL,
    handle       VARBINARY(32), -- digest of what its authenticator calls a credential; NULL: none
    PRIMARY KEY (id),
    KEY postern_factors_operator (operator_id),
    UNIQUE KEY postern_factors_handle (handle)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS postern_recovery_sets (
    operator_id VARCHAR(255) NOT NULL,
    salt        MEDIUMBLOB   NOT NULL,
    created_at  BIGINT       NOT NULL,
    PRIMARY KEY (operator_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

-- The unused codes of a set.
CREATE TABLE IF NOT EXISTS postern_recovery_codes (
    operator_id VARCHAR(255)    NOT NULL,
    hash        VARBINARY(2000) NOT NULL,
    PRIMARY KEY (operator_id, hash)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS postern_devices (
    operator_id VARCHAR(255)  NOT NULL,
    digest      VARBINARY(32) NOT NULL,
    first_at    BIGINT        NOT NULL,
    last_at     BIGINT        NOT NULL,
    PRIMARY KEY (operator_id, digest),
    KEY postern_devices_last (last_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

-- previous finds a browser that did not get its new token; all zero: none.
CREATE TABLE IF NOT EXISTS postern_browsers (
    id          VARCHAR(255)  NOT NULL,
    digest      VARBINARY(32) NOT NULL,
    previous    VARBINARY(32) NOT NULL,
    operator_id VARCHAR(255)  NOT NULL,
    created_at  BIGINT        NOT NULL,
    seen_at     BIGINT        NOT NULL,
    ip          MEDIUMTEXT    NOT NULL,
    user_agent  MEDIUMTEXT    NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY postern_browsers_digest (digest),
    KEY postern_browsers_operator (operator_id),
    KEY postern_browsers_seen (seen_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

-- The index postern_tokens_home is for the links that the office may have to replace.
CREATE TABLE IF NOT EXISTS postern_tokens (
    digest     VARBINARY(32) NOT NULL,
    purpose    VARCHAR(255)  NOT NULL,
    subject    VARCHAR(255)  NOT NULL,
    created_at BIGINT        NOT NULL,
    expires_at BIGINT        NOT NULL,
    used_at    BIGINT        NOT NULL,
    created_by MEDIUMTEXT    NOT NULL,
    home       VARCHAR(255)  NOT NULL, -- stands for the office address in the link; empty: it leads elsewhere
    sealed     MEDIUMBLOB    NOT NULL, -- ciphertext: what the token is for
    PRIMARY KEY (digest),
    KEY postern_tokens_subject (subject, purpose),
    KEY postern_tokens_created (created_at),
    KEY postern_tokens_home (purpose, used_at, home, expires_at, digest)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

-- One row, from the beginning: every request reads it.
CREATE TABLE IF NOT EXISTS postern_parameters (
    id             BIGINT     NOT NULL CHECK (id = 1),
    revision       BIGINT     NOT NULL, -- 0: not stored yet
    roles_mark     BIGINT     NOT NULL, -- another random number after each change of a role
    office         MEDIUMTEXT NOT NULL, -- random, since the first start
    alias          MEDIUMTEXT NOT NULL,
    previous_alias MEDIUMTEXT NOT NULL,
    confirm_by     BIGINT     NOT NULL,
    sessions_from  BIGINT     NOT NULL, -- sessions that began by then are over
    settings       MEDIUMTEXT NOT NULL, -- JSON object
    setup          MEDIUMTEXT NOT NULL, -- JSON object: what was done, and when
    updated_at     BIGINT     NOT NULL,
    updated_by     MEDIUMTEXT NOT NULL,
    min_version    BIGINT     NOT NULL DEFAULT 1, -- the oldest schema that a program must know
    PRIMARY KEY (id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

INSERT IGNORE INTO postern_parameters (id, revision, roles_mark, office, alias, previous_alias, confirm_by, sessions_from, settings, setup, updated_at, updated_by)
VALUES (1, 0, 0, '', '', '', 0, 0, '{}', '{}', 0, '');

CREATE TABLE IF NOT EXISTS postern_events (
    seq         BIGINT       NOT NULL,
    id          MEDIUMTEXT   NOT NULL,
    at          BIGINT       NOT NULL,
    code        VARCHAR(255) NOT NULL,
    outcome     VARCHAR(255) NOT NULL,
    actor_id    VARCHAR(700) NOT NULL,
    actor_name  MEDIUMTEXT   NOT NULL,
    target_kind MEDIUMTEXT   NOT NULL,
    target_id   VARCHAR(700) NOT NULL,
    target_name MEDIUMTEXT   NOT NULL,
    ip          VARCHAR(255) NOT NULL,
    user_agent  MEDIUMTEXT   NOT NULL,
    route       MEDIUMTEXT   NOT NULL,
    request_id  MEDIUMTEXT   NOT NULL,
    session_id  VARCHAR(255) NOT NULL,
    reason      MEDIUMTEXT   NOT NULL,
    detail      MEDIUMTEXT   NOT NULL, -- JSON object
    mac         MEDIUMBLOB   NOT NULL,
    latest_at   BIGINT       NOT NULL, -- the latest "at" up to here
    area        VARCHAR(255) GENERATED ALWAYS AS (SUBSTRING_INDEX(code, '.', 1)) STORED,
    PRIMARY KEY (seq),
    KEY postern_events_area (area, seq),
    KEY postern_events_code (code, seq),
    KEY postern_events_outcome (outcome, seq),
    KEY postern_events_actor (actor_id, seq),
    KEY postern_events_target (target_id, seq),
    KEY postern_events_ip (ip, seq),
    KEY postern_events_session (session_id, seq),
    KEY postern_events_latest (latest_at, seq)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

-- The events after which no earlier or equal "at" was appended. Together with
-- latest_at it turns bounds of time into bounds of seq, exactly, although
-- replicas' clocks may differ: the first event from a time on, or a later one,
-- is the first whose latest_at is; the last one before a time is the last here
-- whose "at" is.
CREATE TABLE IF NOT EXISTS postern_event_times (
    at  BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

-- The last event, and the last one that was purged, in one row that every
-- append and every purge locks.
CREATE TABLE IF NOT EXISTS postern_event_head (
    id         BIGINT     NOT NULL CHECK (id = 1),
    seq        BIGINT     NOT NULL,
    mac        MEDIUMBLOB NOT NULL,
    latest_at  BIGINT     NOT NULL,
    purged_seq BIGINT     NOT NULL,
    purged_mac MEDIUMBLOB NOT NULL,
    seal       MEDIUMBLOB NOT NULL, -- what the office vouches for the rest with
    PRIMARY KEY (id),
    CHECK (purged_seq <= seq)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

INSERT IGNORE INTO postern_event_head (id, seq, mac, latest_at, purged_seq, purged_mac, seal)
VALUES (1, 0, '', -9223372036854775808, 0, '', '');

DROP TRIGGER IF EXISTS postern_events_no_update;

-- +goose StatementBegin
-- Events are appended, never changed (ASVS 16.4.2). The one way out is at the
-- old end: a transaction that notes in the head up to which event it purges may
-- delete those. Nothing is ever left for anybody else to delete so. Nothing can
-- refuse TRUNCATE but that the account lacks the privilege DROP.
CREATE /*M! OR REPLACE */ TRIGGER postern_events_no_update BEFORE UPDATE ON postern_events FOR EACH ROW
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'events are append-only';
-- +goose StatementEnd

DROP TRIGGER IF EXISTS postern_events_no_delete;

-- +goose StatementBegin
CREATE /*M! OR REPLACE */ TRIGGER postern_events_no_delete BEFORE DELETE ON postern_events FOR EACH ROW
IF OLD.seq > COALESCE((SELECT purged_seq FROM postern_event_head WHERE id = 1), -1) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'events are append-only';
END IF;
-- +goose StatementEnd

DROP TRIGGER IF EXISTS postern_event_head_forward;

-- +goose StatementBegin
-- Nor do its ends go back, so that nobody can take newer events for purged, delete
-- them, and put the head back.
CREATE /*M! OR REPLACE */ TRIGGER postern_event_head_forward BEFORE UPDATE ON postern_event_head FOR EACH ROW
IF NEW.seq < OLD.seq OR NEW.purged_seq < OLD.purged_seq OR NEW.id <> OLD.id THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the audit log only goes forward';
END IF;
-- +goose StatementEnd

DROP TRIGGER IF EXISTS postern_event_head_no_delete;

-- +goose StatementBegin
CREATE /*M! OR REPLACE */ TRIGGER postern_event_head_no_delete BEFORE DELETE ON postern_event_head FOR EACH ROW
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the audit log only goes forward';
-- +goose StatementEnd

CREATE TABLE IF NOT EXISTS postern_mails (
    id              VARCHAR(255) NOT NULL,
    kind            VARCHAR(255) NOT NULL,
    operator_id     VARCHAR(255) NOT NULL,
    recipient       MEDIUMTEXT   NOT NULL,
    subject         MEDIUMTEXT   NOT NULL,
    search_key      MEDIUMTEXT   NOT NULL, -- what searches look in
    body            MEDIUMBLOB   NOT NULL, -- ciphertext, empty once sent or cancelled
    state           VARCHAR(64)  NOT NULL,
    attempts        BIGINT       NOT NULL,
    next_attempt_at BIGINT       NOT NULL,
    lane            VARCHAR(320) NOT NULL, -- urgent or notice, a space, the recipient's domain
    reply           MEDIUMTEXT   NOT NULL,
    created_at      BIGINT       NOT NULL,
    tried_at        BIGINT       NOT NULL,
    sent_at         BIGINT       NOT NULL,
    expires_at      BIGINT       NOT NULL,
    sealed_id       VARCHAR(255) GENERATED ALWAYS AS (IF(LENGTH(body) > 0, id, NULL)) STORED,
    PRIMARY KEY (id),
    KEY postern_mails_page (created_at, id),
    KEY postern_mails_state (state, created_at, id),
    KEY postern_mails_kind (kind, created_at, id),
    KEY postern_mails_operator (operator_id, created_at, id),
    KEY postern_mails_due (state, next_attempt_at),
    KEY postern_mails_lane (state, lane, next_attempt_at),
    KEY postern_mails_tried (state, tried_at),
    KEY postern_mails_sealed (sealed_id) -- the few emails that still have a body
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS postern_counters (
    id         VARCHAR(700) NOT NULL,
    hits       BIGINT       NOT NULL,
    first_at   BIGINT       NOT NULL,
    last_at    BIGINT       NOT NULL,
    expires_at BIGINT       NOT NULL,
    PRIMARY KEY (id),
    KEY postern_counters_end (expires_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

-- Answers to forms, for the same form sent again.
CREATE TABLE IF NOT EXISTS postern_answers (
    digest     VARBINARY(32) NOT NULL,
    claim      VARCHAR(255)  NOT NULL,
    data       MEDIUMBLOB    NOT NULL,
    expires_at BIGINT        NOT NULL,
    PRIMARY KEY (digest),
    KEY postern_answers_end (expires_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 /*!80017 COLLATE = utf8mb4_0900_bin */ /*M! COLLATE = utf8mb4_nopad_bin */;

INSERT IGNORE INTO postern_migrations (version, name) VALUES (1, 'initial');
