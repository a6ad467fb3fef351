/* SPDX-License-Identifier: Apache-2.0
 *
 * Arranges a check from a recruiter's input: validates the input against what the vendor of the account has pushed
 * (packages, add-on items, fields) and creates the order, which keeps a copy of the definitions.
 */
#ifndef HIRED_HIRE_ORDER_ARRANGE_H
#define HIRED_HIRE_ORDER_ARRANGE_H

#include "api_types.h"
#include "hire/hire.h"

struct order_arrange_input {
    int64_t order_id; /* as in struct order_arrangement */
    int64_t application_id;
    int64_t account_id;    /* the vendor account */
    int64_t creator_uid;   /* the recruiter; 0: none */
    struct str package;    /* id of one of the account's packages */
    struct str_list items; /* ids of add-on items */
    /* An absent name is taken from the application's talent; mobile and email are too if both are absent. */
    struct candidate_contact_info candidate;
    int64_t contact_uid; /* the user whom the vendor may contact; 0: contact has the data */
    struct user_contact_info contact;
    /* A multiselect field may have several entries with its key. */
    struct background_check_custom_field_data_value_list values;
    struct str geo, location_code, remark; /* absent: none */
    bool once;                             /* refuse (REASON_CHECK_RUNNING) if order_arrange_running() finds one */
};

/* Validates the input and creates the order. If the vendor of the account has pushed nothing (no package, item or
 * field), package is a name and items and values are stored as given. Refuses (REFUSED_PARAMETER) an unknown
 * application, account, package or item, a candidate without a name, invalid phone numbers and mail addresses,
 * unknown keys, missing required fields and values that do not fit the type of their field; and what order_arrange
 * refuses. */
int order_arrange_checked(struct hire *h, const struct order_arrange_input *in, int64_t *ret_order_id);

struct order_arrangement;

struct order_running {
    int64_t order_id, application_id;
};

/* Finds an order of the same person, account and package that has not ended. Returns 1, 0 or < 0. */
int order_arrange_running(struct hire *h, const struct order_arrangement *in, struct order_running *ret);

#define ORDER_VALUE_TEXT_MAX 100 /* characters of a text field's value */
#define ORDER_VALUE_TEXTAREA_MAX 200
#define ORDER_VALUE_NUMBER_MAX 40

/* Validates the n given texts against the definition of a field (only a multiselect field takes several) and returns
 * the value in the form of orders and events: a decimal number, "true" or "false", the key of an option, a JSON list
 * of keys in the order of the definition, milliseconds since 1970, or the id of an attachment. */
int order_arrange_value(struct hire *h, const struct eco_background_check_custom_field_data *field,
                        const struct str *given, size_t n, struct str *ret);

#endif
