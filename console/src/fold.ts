// SPDX-License-Identifier: Apache-2.0

// The form in which lists that a page holds itself are searched: the server's rule (src/base/fold.h) as far as browsers have it.
export const fold = (text: string) => text.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
