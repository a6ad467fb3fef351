-- only: postgresql
-- Kept files (store/files/files.h) are in the database, where every server reaches them; with SQLite they are in the
-- directory. Only src/store/postgresql/kept.c uses these tables.

-- Which file has which bytes. A file has a row here from when it is complete.
CREATE TABLE kept_file (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,      -- of its record: an attachment or a report_file
    content BIGINT NOT NULL, -- a random number: whose chunks are its bytes
    size BIGINT NOT NULL,
    kept_s BIGINT NOT NULL,  -- when, by the clock of the database's server
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX kept_file_by_content ON kept_file (tenant, content);

-- Chunks that no row of kept_file names are those of a file that is being written, or was left unfinished.
CREATE TABLE kept_chunk (
    tenant BIGINT NOT NULL,
    content BIGINT NOT NULL,
    n INTEGER NOT NULL,      -- from 0; all but the last have 1 MiB
    made_s BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (tenant, content, n)
);
-- PDFs are compressed already; and of what is not compressed, parts can be read alone.
ALTER TABLE kept_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
