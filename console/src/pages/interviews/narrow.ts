// SPDX-License-Identifier: Apache-2.0
//
// True if the window is too narrow for seven columns.
import { useSyncExternalStore } from 'react';

const query = matchMedia('(max-width: 900px)');
export const useNarrow = () =>
    useSyncExternalStore(
        (l) => {
            query.addEventListener('change', l);
            return () => query.removeEventListener('change', l);
        },
        () => query.matches,
    );
