/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the templates of seeds in the database: in meta, under "template NAME".
 */
#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/json.h"
#include "testing/seed.h"

#define KEY "template "

/* What a test needs that asks for nothing more. Its ids are the same in every tenant. */
static const char built_in[] =
    "{\"templates\":[{\"name\":\"default\",\"tenant\":{\"name\":\"A test's tenant\","
    "\"apps\":["
    "{\"name\":\"hr\",\"scopes\":[\"all\"],\"events\":[\"all\"]},"
    "{\"name\":\"vendor\",\"scopes\":[\"all\"],\"events\":[\"all\"]}],"
    "\"users\":["
    "{\"user_id\":\"recruiter\",\"name\":\"罗静\",\"en_name\":\"Jing Luo\",\"email\":\"recruiter@example.com\","
    "\"mobile\":\"+8613800000001\",\"login\":\"recruiter\",\"password\":\"" SEED_KNOWN_PASSWORD "\","
    "\"roles\":[\"recruiter\"]},"
    "{\"user_id\":\"approver\",\"name\":\"何伟\",\"en_name\":\"Wei He\",\"email\":\"approver@example.com\","
    "\"mobile\":\"+8613800000002\",\"login\":\"approver\",\"password\":\"" SEED_KNOWN_PASSWORD "\","
    "\"roles\":[\"admin\",\"approver\"]}],"
    "\"job_processes\":[{\"id\":\"6960663240925956550\",\"zh_name\":\"社招流程\",\"en_name\":\"Social recruitment\","
    "\"type\":1,\"stage_list\":["
    "{\"id\":\"6960663240925956551\",\"zh_name\":\"初筛\",\"en_name\":\"Screening\",\"type\":1},"
    "{\"id\":\"6960663240925956552\",\"zh_name\":\"面试\",\"en_name\":\"Interview\",\"type\":4}]}],"
    "\"jobs\":[{\"id\":\"6960663240925956555\",\"title\":\"后端工程师\",\"code\":\"A1001\","
    "\"job_process_id\":\"6960663240925956550\",\"process_type\":1,\"active_status\":1}],"
    "\"talents\":[{\"id\":\"6960663240925956554\",\"is_onboarded\":false,\"basic_info\":{\"name\":\"林悦\","
    "\"mobile\":\"13800000003\",\"mobile_code\":\"86\",\"email\":\"candidate@example.com\"}}],"
    "\"applications\":[{\"id\":\"6960663240925956556\",\"talent_id\":\"6960663240925956554\","
    "\"job_id\":\"6960663240925956555\",\"stage\":{\"id\":\"6960663240925956551\",\"zh_name\":\"初筛\","
    "\"en_name\":\"Screening\",\"type\":1}}],"
    "\"vendors\":[{\"account_id\":\"6960663240925956560\",\"name\":\"Checks\",\"provider_id\":\"checks\","
    "\"provider_name\":{\"zh_cn\":\"背调公司\",\"en_us\":\"Checks\"},\"app\":\"vendor\","
    "\"order_fields\":[{\"type\":\"text\",\"key\":\"note\",\"name\":{\"zh_cn\":\"说明\",\"en_us\":\"Note\"},"
    "\"is_required\":false}],"
    "\"packages\":[{\"id\":\"standard\",\"name\":\"Standard\",\"description\":\"Identity and education\"}]}]"
    "}}]}";

static struct str key_of(struct str name, struct arena *a) {
    return arena_printf(a, KEY "%.*s", STR_FMT(name));
}

int seed_template_get(struct db *db, struct str name, struct arena *a, struct str *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, key_of(name, a));
    int r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(a, db_text(&q, COL_META_GET_VALUE));
    else if (r == 0 && str_eq(name, STR(SEED_DEFAULT_TEMPLATE))) {
        *ret = str_of(built_in);
        r = 1;
    }
    return r;
}

int seed_template_names(struct db *db, struct arena *a, struct str_list *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_BETWEEN);
    size_t cap = 0;
    int r;

    *ret = (struct str_list){0};
    db_bind_text(&q, 1, STR(KEY));
    db_bind_text(&q, 2, STR("template!")); /* the character behind the blank */
    db_bind_int(&q, 3, SEED_TEMPLATES_MAX);
    while ((r = db_row(&q)) == 1) {
        ret->v = arena_array_grow(a, ret->v, ret->n, &cap, sizeof *ret->v);
        ret->v[ret->n++] = arena_dup(a, str_skip(db_text(&q, COL_META_BETWEEN_KEY), sizeof KEY - 1));
    }
    return r;
}

static bool has(const struct str_list *names, struct str name) {
    for (size_t i = 0; i < names->n; i++)
        if (str_eq(names->v[i], name))
            return true;
    return false;
}

int seed_template_keep(struct db *db, struct str name, const json_t *tenant, struct arena *a) {
    struct str_list names;
    int r = seed_template_names(db, a, &names);

    if (r < 0)
        return r;
    if (names.n >= SEED_TEMPLATES_MAX && !has(&names, name))
        return -E2BIG;
    char *text = json_dumps(tenant, JSON_COMPACT);
    struct buf seed BUF_CLEANUP = BUF_EMPTY;
    buf_add_lit(&seed, "{\"templates\":[{\"name\":");
    json_str(&seed, name);
    buf_printf(&seed, ",\"tenant\":%s}]}", text ? text : "{}");
    free(text);
    if (seed.len > SEED_TEMPLATE_BYTES_MAX)
        return -EFBIG;
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_SET);
    db_bind_text(&q, 1, key_of(name, a));
    db_bind_text(&q, 2, buf_str(&seed));
    r = db_run(&q);
    return r < 0 ? r : 0;
}
