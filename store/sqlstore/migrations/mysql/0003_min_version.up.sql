-- +goose Up
-- Statements are separated by an empty line. Run again, they change nothing.
--
-- The first migration made the column. As elsewhere, no program goes on that knows only version
-- 1 of the tables.
UPDATE postern_parameters SET min_version = 2 WHERE min_version < 2;

INSERT IGNORE INTO postern_migrations (version, name) VALUES (3, 'min_version');
