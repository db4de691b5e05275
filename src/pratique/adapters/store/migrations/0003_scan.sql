-- What a set of rules saw in a file, so that the same bytes are looked into once.
CREATE TABLE scan (digest TEXT NOT NULL, rules TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (digest, rules)) STRICT, WITHOUT ROWID;
