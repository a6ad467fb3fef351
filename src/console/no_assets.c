/* SPDX-License-Identifier: Apache-2.0
 *
 * An empty list of pages, for a binary that is built without the console.
 */
#include "console/assets.h"

const struct asset console_assets[] = {{.path = {NULL, 0}}};
