-- +goose Up
-- Statements are separated by an empty line. Run again, they change nothing.
--
-- min_version is the oldest version of these tables that a program must know to use them. Every
-- request reads it with this row.
ALTER TABLE postern_parameters
    ADD COLUMN IF NOT EXISTS min_version BIGINT NOT NULL DEFAULT 1;

-- A program that knows only version 1 would let in operators whose access has ended.
UPDATE postern_parameters SET min_version = 2 WHERE min_version < 2;

INSERT INTO postern_migrations (version, name) VALUES (3, 'min_version') ON CONFLICT DO NOTHING;
