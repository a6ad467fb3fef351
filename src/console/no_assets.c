/* SPDX-License-Identifier: Apache-2.0
 *
 * In place of the console's pages in a binary that is built without them.
 */
#include "console/assets.h"

const struct asset console_assets[] = {{.path = {NULL, 0}}};
