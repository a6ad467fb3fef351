-- What vendors push about themselves: forms, packages and add-on items; and what customers fill in for their accounts.

-- What the tenant told the vendor of the account, as event hire.eco_account.created_v1 has it (type
-- eco_account_created_v1_event); '': nothing, as of an account that an import made.
ALTER TABLE vendor_account ADD COLUMN doc TEXT NOT NULL DEFAULT '';

-- The fields of a form. Deleted ones stay, because their keys may never be used again.
CREATE TABLE vendor_field (
    tenant BIGINT NOT NULL,
    owner BIGINT NOT NULL,     -- of an account's form: the vendor's app; of an order's form: the vendor account
    form INTEGER NOT NULL,     -- enum vendor_form
    key TEXT NOT NULL,
    position INTEGER NOT NULL, -- in the form, from 0
    deleted INTEGER NOT NULL,
    doc TEXT NOT NULL,         -- type eco_account_custom_field_data or eco_background_check_custom_field_data
    PRIMARY KEY (tenant, owner, form, key)
) /*CLUSTERED*/;

CREATE TABLE vendor_package (
    tenant BIGINT NOT NULL,
    account BIGINT NOT NULL,
    kind INTEGER NOT NULL,     -- enum vendor_package_kind: 1 package, 2 add-on item
    id TEXT NOT NULL,          -- the vendor's own
    position BIGINT NOT NULL,  -- grows in the order in which they were pushed
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (tenant, account, kind, id)
) /*CLUSTERED*/;
