// SPDX-License-Identifier: Apache-2.0

// Case folding for searches in lists that are already in the browser. It follows the server's rule (src/base/fold.h) as far as
// browsers support it.
export const fold = (text: string) => text.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
