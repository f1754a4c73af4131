-- +goose Up
-- Statements are separated by an empty line. Run again, they change nothing. The table is made
-- anew as in 0002.
INSERT INTO postern_guards (name)
SELECT NULL FROM sqlite_master m, pragma_foreign_key_list(m.name) k
WHERE m.type = 'table' AND k."table" = 'postern_parameters';

CREATE TABLE postern_new_parameters (
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
    updated_by     TEXT    NOT NULL,
    min_version    INTEGER NOT NULL DEFAULT 1 -- the oldest version of these tables that a program must know to use them
) STRICT;

INSERT INTO postern_new_parameters (
    id, revision, roles_mark, office, alias, previous_alias, confirm_by, sessions_from, settings, setup, updated_at,
    updated_by, min_version)
SELECT
    o.id, o.revision, o.roles_mark, o.office, o.alias, o.previous_alias, o.confirm_by, o.sessions_from, o.settings,
    o.setup, o.updated_at, o.updated_by, (SELECT min_version FROM postern_parameters p WHERE p.id = o.id)
FROM postern_parameters o, (SELECT 1 AS min_version) lacking;

DROP TABLE postern_parameters;

ALTER TABLE postern_new_parameters RENAME TO postern_parameters;

-- A program that knows only version 1 would let in operators whose access has ended.
UPDATE postern_parameters SET min_version = 2 WHERE min_version < 2;

INSERT INTO postern_migrations (version, name) VALUES (3, 'min_version') ON CONFLICT DO NOTHING;
