-- What the account under which the application runs needs in MySQL and MariaDB, here
-- called postern_app, once another account has run the migrations. If it has a host,
-- write that too: postern_app@'10.0.0.%'. Run it in the office's database: USE name, first.

GRANT SELECT, INSERT, UPDATE, DELETE ON postern_operators TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_roles TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_sessions TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_session_values TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_pre_sessions TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_factors TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_recovery_sets TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_recovery_codes TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_devices TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_browsers TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_tokens TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_parameters TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_event_times TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_mails TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_counters TO postern_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON postern_answers TO postern_app;

-- Events are appended, never changed. They may be deleted only as far as the
-- head says that they are purged: see the trigger. Leave DELETE out where events
-- are kept for ever, or where another account purges them.
GRANT SELECT, INSERT, DELETE ON postern_events TO postern_app;

-- The right to UPDATE is also the right to lock a row.
GRANT SELECT, UPDATE ON postern_event_head TO postern_app;
GRANT SELECT, UPDATE ON postern_guards TO postern_app;

GRANT SELECT ON postern_migrations TO postern_app;
