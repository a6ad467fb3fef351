/* SPDX-License-Identifier: Apache-2.0
 *
 * Every state with every action and both positions of the approval switch, compared with a table written as text.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hire/order/state.h"

/* A state is its status with a for arrangement and r for report. A cell is the next state, or "-" if the action is
 * refused; "x|y": without and with approval; +: event created, !: event canceled, >: ORDER_FINISH follows. */
static const char *const columns[] = {"arrange", "approve",   "reject", "withdraw", "vendor took", "progress", "result",
                                      "cancel",  "terminate", "record", "finish",   "import",      "file lost"};
static const char *const table[][14] = {
    /*from  arrange   approve reject withdr took  progr  result  cancel term  record finish */
    {"0", "2+|5a", "-", "-", "-", "-", "-", "-", "-", "-", "3", "-", "-", "-"},
    {"2", "-", "-", "-", "-", "-", "2", "3|5r", "4", "4!", "-", "-", "-", "-"},
    {"3", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"},
    {"4", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"},
    {"5a", "-", "8a+", "9a", "6a", "-", "-", "-", "-", "4", "-", "-", "-", "-"},
    {"5r", "-", "8r>", "9r", "6r", "-", "-", "-", "-", "4!", "-", "-", "-", "-"},
    {"6a", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"},
    {"6r", "-", "-", "-", "-", "-", "6r", "3|5r", "4", "4!", "-", "-", "-", "-"},
    {"8a", "-", "-", "-", "-", "2", "2", "3|5r", "4", "4!", "-", "-", "-", "-"},
    {"8r", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "3", "-", "-"},
    {"9a", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"},
    {"9r", "-", "-", "-", "-", "-", "9r", "3|5r", "4", "4!", "-", "-", "-", "-"},
};

static struct order_state state_of(const char *text) {
    struct order_state s = {(enum order_status)(text[0] - '0'), PHASE_NONE};

    if (text[1] == 'a')
        s.phase = PHASE_ARRANGEMENT;
    if (text[1] == 'r')
        s.phase = PHASE_REPORT;
    return s;
}

static void cell_of(struct order_state from, enum order_action action, bool approval, char out[8]) {
    struct order_step step;
    int r = order_next(from, action, approval, &step);

    if (r < 0) {
        assert_int_equal(r, -EPERM);
        strcpy(out, "-");
        return;
    }
    snprintf(out, 8, "%d%s%s%s", step.to.status,
             step.to.phase == PHASE_REPORT        ? "r"
             : step.to.phase == PHASE_ARRANGEMENT ? "a"
                                                  : "",
             step.event == ORDER_EVENT_CREATED    ? "+"
             : step.event == ORDER_EVENT_CANCELED ? "!"
                                                  : "",
             step.then_finish ? ">" : "");
}

static void every_state_and_action(void **state) {
    assert_int_equal(ORDER_ACTIONS - 1, sizeof(columns) / sizeof(columns[0]));
    for (size_t row = 0; row < sizeof(table) / sizeof(table[0]); row++) {
        for (int action = 1; action < ORDER_ACTIONS; action++) {
            const char *expected = table[row][action];
            char without[8], with[8], got[20];

            assert_string_equal(columns[action - 1], order_action_text((enum order_action)action));
            cell_of(state_of(table[row][0]), (enum order_action)action, false, without);
            cell_of(state_of(table[row][0]), (enum order_action)action, true, with);
            if (strcmp(without, with) == 0)
                snprintf(got, sizeof(got), "%s", without);
            else
                snprintf(got, sizeof(got), "%s|%s", without, with);
            if (strcmp(got, expected) != 0)
                fail_msg("%s from %s: expected %s, got %s", columns[action - 1], table[row][0], expected, got);
        }
    }
}

/* An approval status without a phase, or another status with one, is not a state. */
static void impossible_states(void **state) {
    static const struct order_state odd[] = {
        {ORDER_IN_APPROVAL, PHASE_NONE},    {ORDER_APPROVED, PHASE_NONE},   {ORDER_REJECTED, PHASE_NONE},
        {ORDER_WITHDRAWN, PHASE_NONE},      {ORDER_ARRANGED, PHASE_REPORT}, {(enum order_status)7, PHASE_NONE},
        {(enum order_status)1, PHASE_NONE},
    };

    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        for (int action = 0; action <= ORDER_ACTIONS; action++) {
            struct order_step step;

            assert_int_equal(order_next(odd[i], (enum order_action)action, false, &step), -EPERM);
            assert_int_equal(order_next(odd[i], (enum order_action)action, true, &step), -EPERM);
        }
    }
}

static void texts_differ(void **state) {
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        assert_string_not_equal(order_state_text(state_of(table[i][0])), "unknown");
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(order_state_text(state_of(table[i][0])), order_state_text(state_of(table[j][0])));
    }
    assert_string_equal(order_state_text((struct order_state){(enum order_status)7, PHASE_NONE}), "unknown");
    assert_string_equal(order_action_text(ORDER_ACTIONS), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_and_action),
        cmocka_unit_test(impossible_states),
        cmocka_unit_test(texts_differ),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
