/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads DIR/demo.json, and updates it when the demo is served.
 */
#include "cli/demo/info.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/demo/demo.h"
#include "cli/demo/place.h"

int demo_info_save(const char *path, const json_t *info) {
    char draft[PATH_MAX];
    if (snprintf(draft, sizeof draft, "%s.draft", path) >= (int)sizeof draft)
        return -ENAMETOOLONG;
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int r = json_dumpfd(info, fd, JSON_INDENT(2)) < 0 || write(fd, "\n", 1) != 1 ? -EIO : 0;
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    close(fd);
    if (r == 0 && rename(draft, path) < 0)
        r = -errno;
    return r;
}

static const char *text(const json_t *info, const char *key) {
    const char *value = json_string_value(json_object_get(info, key));
    return value ? value : "";
}

static void print_accounts(const json_t *info) {
    const json_t *console = json_object_get(info, "console"), *account;
    size_t i;
    if (!json_is_object(console))
        return;
    printf("  the console             %s\n", text(console, "url"));
    json_array_foreach(json_object_get(console, "accounts"), i, account) printf(
        "    %-20s  user %s   password %s\n", text(account, "role"), text(account, "user"), text(account, "password"));
    printf("\n");
}

/* The console has the server's address. */
static void move_console(const json_t *info, const char *base_url) {
    char url[320];
    json_t *console = json_object_get(info, "console");
    snprintf(url, sizeof url, "%s/", base_url);
    if (json_is_object(console))
        json_object_set_new(console, "url", json_string(url));
}

static void print_info(const json_t *info, const char *base_url) {
    printf("\n"
           "  the demo tenant         %s\n"
           "  its app, every scope    app_id %s   app_secret %s\n"
           "  its vendor's app        app_id %s   app_secret %s\n"
           "\n"
           "  the background checks, by curl:\n\n"
           "  curl -s '%s/open-apis/hire/v1/background_check_orders?page_size=3' -H \"Authorization: Bearer $(curl -s "
           "%s/open-apis/auth/v3/tenant_access_token/internal -H 'Content-Type: application/json' -d "
           "'{\"app_id\":\"%s\",\"app_secret\":\"%s\"}' | grep -o 't-[0-9a-f]*')\"\n\n",
           text(info, "tenant_key"), text(info, "app_id"), text(info, "app_secret"), text(info, "vendor_app_id"),
           text(info, "vendor_app_secret"), base_url, base_url, text(info, "app_id"), text(info, "app_secret"));
}

/* Without demo.json, or without a tenant, nobody can sign in: prints what to do. */
static void print_missing(const char *dir, bool shared, struct str tenant) {
    if (shared && str_eq(tenant, STR(DEMO_TENANT_KEY)))
        printf("The demo tenant is here. Its credentials are in the demo.json of the directory that was migrated; or "
               "make new\n"
               "ones, with the ids and names that \"hired app list\" and \"hired user list\" show:\n"
               "  hired app rotate APP_ID --store URL\n"
               "  hired user password NAME --store URL\n");
    else if (str_eq(tenant, STR(DEMO_TENANT_KEY)))
        printf("The demo tenant is here, but %s/demo.json with its credentials is gone. Stop the server and run\n"
               "  hired demo --data %s\nwhich gives its apps new secrets and its accounts new passwords.\n",
               dir, dir);
    else if (str_is_absent(tenant))
        printf("%s There is no tenant yet, so nobody can call or sign in. Stop the server and run\n"
               "  hired demo --data %s\nfor a demo, or make one of your own while it runs (docs: The commands):\n"
               "  hired tenant create --data %s --name NAME\n",
               demo_rest_in(dir) == DEMO_NO_REST ? "The directory is empty."
                                                 : "A demo was begun here and not finished.",
               dir, dir);
}

void demo_info_announce(const char *dir, bool shared, struct str tenant, const char *base_url) {
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/demo.json", dir) >= (int)sizeof path)
        return;
    json_t *info = json_load_file(path, 0, NULL);
    if (!info) {
        print_missing(dir, shared, tenant);
        return;
    }
    if (strcmp(text(info, "base_url"), base_url) != 0) {
        json_object_set_new(info, "base_url", json_string(base_url));
        move_console(info, base_url);
        int r = demo_info_save(path, info);
        if (r < 0)
            log_line(LOG_WARN, "cannot put the address into demo.json", "error", strerror(-r), NULL);
    }
    print_info(info, base_url);
    print_accounts(info);
    json_decref(info);
}
