-- The record: entries in the order of the tree, the tree's tiles, a signed checkpoint a commit, the documents entries name,
-- the terms under which blocks of entries are found (those of the newest blocks lie together in `fresh_term`), and rows of what is in force (record/state.py). The triggers stop
-- accidents; what shows the work of whoever owns the file is the tree, and a checkpoint remembered elsewhere.
CREATE TABLE entry (idx INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE tile (
    level INTEGER NOT NULL, n INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE TABLE document (digest TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE term (term TEXT NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (term, block)) STRICT, WITHOUT ROWID;
CREATE TABLE fresh_term (term TEXT NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (block, term)) STRICT, WITHOUT ROWID;
CREATE TABLE row (
    view TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (view, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_is_not_changed BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER entry_is_not_removed BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER tile_only_grows BEFORE UPDATE ON tile
    WHEN (NEW.level, NEW.n, substr(NEW.hashes, 1, length(OLD.hashes))) IS NOT (OLD.level, OLD.n, OLD.hashes)
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER tile_is_not_removed BEFORE DELETE ON tile BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER checkpoint_is_not_changed BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER checkpoint_is_not_removed BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER document_is_not_changed BEFORE UPDATE ON document BEGIN SELECT RAISE(ABORT, 'documents do not change'); END;
CREATE TRIGGER document_is_not_removed BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'documents do not change'); END;
CREATE TRIGGER term_is_not_changed BEFORE UPDATE ON term BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER term_is_not_removed BEFORE DELETE ON term BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER fresh_term_is_not_changed BEFORE UPDATE ON fresh_term BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER fresh_term_is_only_moved BEFORE DELETE ON fresh_term
    WHEN NOT EXISTS (SELECT 1 FROM term WHERE term = OLD.term AND block = OLD.block)
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
