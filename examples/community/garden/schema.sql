CREATE TABLE IF NOT EXISTS members (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL UNIQUE,
    email      TEXT NOT NULL,
    email_key  TEXT NOT NULL UNIQUE,
    -- A PHC string; empty for people who sign in with their company.
    password   TEXT NOT NULL DEFAULT '',
    -- Who this is at the company sign-in; empty for nobody there.
    company_id TEXT NOT NULL DEFAULT '',
    joined_at  INTEGER NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS members_company ON members (company_id) WHERE company_id <> '';

CREATE TABLE IF NOT EXISTS member_sessions (
    -- SHA-256 of the token in the cookie.
    digest    BLOB PRIMARY KEY,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    ends_at   INTEGER NOT NULL
);

CREATE INDEX IF NOT EXISTS member_sessions_member ON member_sessions (member_id);

CREATE TABLE IF NOT EXISTS posts (
    id         TEXT PRIMARY KEY,
    -- Empty for the posts that were here first: nobody can sign in as their author.
    member_id  TEXT NOT NULL DEFAULT '',
    author     TEXT NOT NULL,
    title      TEXT NOT NULL,
    body       TEXT NOT NULL,
    hidden     INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);

CREATE INDEX IF NOT EXISTS posts_created ON posts (created_at);

CREATE TABLE IF NOT EXISTS reports (
    post_id    TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    member_id  TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (post_id, member_id)
);
