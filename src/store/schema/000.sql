-- What every database of hired has from its first moment: the table that says which schema it is of.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) /*CLUSTERED*/;
