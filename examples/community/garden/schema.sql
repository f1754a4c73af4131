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
    -- What the team notes; the community shows neither.
    plot       TEXT NOT NULL DEFAULT '',
    note       TEXT NOT NULL DEFAULT '',
    joined_at  INTEGER NOT NULL
);

CREATE INDEX IF NOT EXISTS members_joined ON members (joined_at, id);

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
    state      TEXT NOT NULL DEFAULT 'shown',
    -- Why a moderator hid it.
    reason     TEXT NOT NULL DEFAULT '',
    -- How many members reported it since a moderator looked.
    reports    INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);

CREATE INDEX IF NOT EXISTS posts_created ON posts (created_at, id);
CREATE INDEX IF NOT EXISTS posts_reports ON posts (reports, id);

CREATE TRIGGER IF NOT EXISTS members_posts AFTER DELETE ON members BEGIN
    UPDATE posts SET member_id = '' WHERE member_id = old.id;
END;

CREATE TABLE IF NOT EXISTS reports (
    post_id    TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    member_id  TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (post_id, member_id)
);

CREATE TABLE IF NOT EXISTS announcements (
    id         INTEGER PRIMARY KEY,
    title      TEXT NOT NULL UNIQUE,
    body       TEXT NOT NULL,
    state      TEXT NOT NULL DEFAULT 'draft',
    -- The last day on which it is shown, at midnight in UTC; 0 for no end.
    until      INTEGER NOT NULL DEFAULT 0,
    edited     INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);

CREATE INDEX IF NOT EXISTS announcements_created ON announcements (created_at, id);
