-- Who may fetch an attachment: a vendor's app those that it uploaded, and those that its orders name.

ALTER TABLE attachment ADD COLUMN app BIGINT NOT NULL DEFAULT 0; -- that uploaded it; 0: a person did, or not known

CREATE TABLE background_check_order_attachment (
    tenant BIGINT NOT NULL,
    attachment_id TEXT NOT NULL,
    order_id BIGINT NOT NULL,
    PRIMARY KEY (tenant, attachment_id, order_id)
) /*CLUSTERED*/;

-- From the orders that are there: whatever a value of the vendor's fields says that is the id of an attachment.
WITH RECURSIVE named (tenant, id, tail) AS (
    SELECT tenant, id, SUBSTR(doc, STRPOS(doc, '"custom_data_list":')) FROM background_check_order
    WHERE STRPOS(doc, '"custom_data_list":') > 0
    UNION ALL
    SELECT tenant, id, SUBSTR(tail, STRPOS(tail, '"value":"') + 9) FROM named WHERE STRPOS(tail, '"value":"') > 0
), known (tenant, id) AS (
    SELECT tenant, CAST(id AS TEXT) FROM attachment
    UNION
    SELECT tenant, id FROM reference WHERE kind = 'attachment'
)
INSERT INTO background_check_order_attachment (tenant, attachment_id, order_id)
SELECT DISTINCT n.tenant, k.id, n.id
FROM named n CROSS JOIN known k -- in this order, or SQLite keeps all of named
WHERE k.tenant = n.tenant AND k.id = SUBSTR(n.tail, 1, STRPOS(n.tail, '"') - 1);
