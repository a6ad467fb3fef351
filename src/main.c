/* SPDX-License-Identifier: Apache-2.0
 *
 * hired: a recruiting server that speaks the Feishu/Lark Hire open API.
 */
#include "cli/cli.h"

int main(int argc, char **argv) {
    return cli_main(argc, argv);
}
