-- What the account under which the application runs needs in PostgreSQL, here
-- called postern_app, once another account has run the migrations.

GRANT SELECT, INSERT, UPDATE, DELETE ON
    postern_operators, postern_roles,
    postern_sessions, postern_session_values, postern_pre_sessions,
    postern_factors, postern_recovery_sets, postern_recovery_codes, postern_devices,
    postern_browsers,
    postern_tokens, postern_parameters, postern_event_times, postern_mails, postern_counters,
    postern_answers
    TO postern_app;

-- Events are appended, never changed. They may be deleted only as far as the
-- head says that they are purged: see the trigger. Leave DELETE out where events
-- are kept for ever, or where another account purges them.
GRANT SELECT, INSERT, DELETE ON postern_events TO postern_app;

-- The right to UPDATE is also the right to lock a row.
GRANT SELECT, UPDATE ON postern_event_head, postern_guards TO postern_app;

GRANT SELECT ON postern_migrations TO postern_app;
