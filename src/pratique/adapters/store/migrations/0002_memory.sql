-- What was seen at the indexes, who may do what, and under which salt a person is named in the record.
CREATE TABLE seen (
    place TEXT NOT NULL, project TEXT NOT NULL, filename TEXT NOT NULL, digest TEXT, path TEXT NOT NULL, first_seen TEXT NOT NULL,
    PRIMARY KEY (place, project, filename)
) STRICT, WITHOUT ROWID;
CREATE TABLE waiver (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE waiver_use (id TEXT PRIMARY KEY, uses INTEGER NOT NULL) STRICT;
CREATE TABLE token (digest TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE person (name TEXT PRIMARY KEY, salt TEXT NOT NULL) STRICT;
