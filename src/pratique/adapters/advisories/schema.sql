-- Advisories as feeds gave them. Rows of `advisory` are never changed but for their end, so that what was believed at a moment can
-- be asked for. Moments are microseconds since the epoch.
CREATE TABLE feed (
    name TEXT PRIMARY KEY, form TEXT NOT NULL, place TEXT NOT NULL, asked INTEGER NOT NULL, records INTEGER NOT NULL,
    digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE document (
    feed TEXT NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (feed, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE advisory (
    number INTEGER PRIMARY KEY, feed TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    id TEXT NOT NULL, learned INTEGER NOT NULL, until INTEGER, body BLOB NOT NULL
) STRICT;
CREATE INDEX advisory_of_package ON advisory (kind, name);
CREATE INDEX advisory_of_document ON advisory (feed, path) WHERE until IS NULL;
CREATE TABLE alias (name TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;
CREATE TABLE signal (name TEXT PRIMARY KEY, exploited INTEGER NOT NULL, likelihood INTEGER) STRICT, WITHOUT ROWID;
