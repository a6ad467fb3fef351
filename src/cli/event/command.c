/* SPDX-License-Identifier: Apache-2.0
 *
 * hired event: subscriptions, receivers, and the deliveries of events.
 */
#include "cli/cli.h"
#include "cli/event/event.h"

static const char help[] =
    "usage: hired event list [--type TYPE] [--limit N] [--before EVENT_ID]\n"
    "       hired event show EVENT_ID\n"
    "       hired event replay EVENT_ID [--app APP_ID]\n"
    "       hired event subscribe --app APP_ID [TYPE...|all|none]\n"
    "       hired event url --app APP_ID [--url URL] [--encrypt-key KEY] [--verification-token TOKEN]\n\n"
    "Shows events and their deliveries, and sets which app receives which events where. Answers are JSON.\n\n"
    "  --type TYPE       such as hire.eco_background_check.created_v1, or app_ticket\n"
    "  --limit N         at most N events, the newest first (20)\n"
    "  --before EVENT_ID only events before this one\n"
    "  --app APP_ID      the app\n"
    "  --url URL         where its events are posted; it must echo a challenge within a second\n"
    "  --encrypt-key KEY encrypts and signs events; '': neither\n"
    "  --verification-token TOKEN\n"
    "                    is sent in every event; generated if the app has none yet\n"
    "  --tenant KEY      which tenant; optional if there is only one\n"
    "  --data DIR        the data directory (data)\n\n"
    "subscribe sets an app's types (all: every type that hired sends; none: no type); without a type it\n"
    "shows them. replay sends an event once more, to all its receivers or to one app. url sends a\n"
    "challenge first; an address in this machine or network needs --fetch-allow loopback or private.\n\n"
    "example: hired event url --app cli_0123456789abcdef --url https://hr.example.com/events\n";

int cli_event(int argc, char **argv) {
    static const struct cli_verb verbs[] = {
        {"list", event_list_main},           {"show", event_show_main}, {"replay", event_replay_main},
        {"subscribe", event_subscribe_main}, {"url", event_url_main},   {NULL, NULL},
    };

    return cli_verbs("event", help, verbs, argc, argv);
}
