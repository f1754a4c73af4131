-- +goose Up
-- Statements are separated by an empty line. Run again, they change nothing.
--
-- The first migration made all that this one adds elsewhere: there was no office in MySQL
-- before.
INSERT IGNORE INTO postern_migrations (version, name) VALUES (2, 'ways_in');
