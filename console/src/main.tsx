// SPDX-License-Identifier: Apache-2.0
//
// Begins the console: who is signed in, and the frame or the sign-in for them.
import '@douyinfe/semi-ui/lib/es/_base/base.css';
import '@douyinfe/semi-foundation/lib/es/sideSheet/sideSheet.css';
import './styles/index.css';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import LocaleProvider from '@douyinfe/semi-ui/lib/es/locale/localeProvider';
import enGB from '@douyinfe/semi-ui/lib/es/locale/source/en_GB';
import zhCN from '@douyinfe/semi-ui/lib/es/locale/source/zh_CN';
import { createRoot } from 'react-dom/client';
import { ApiError, get, setCsrf, whenSignedOut } from './api';
import type { Session } from './types';
import { useLang } from './base';
import { SignIn } from './pages/signin';
import { Shell } from './shell/shell';
import { Failed, Loading } from './ui';

const client = new QueryClient({
    defaultOptions: {
        queries: {
            staleTime: 10_000,
            retry: (n, e) => e instanceof ApiError && (e.offline || e.status >= 502) && n < 2,
            refetchOnWindowFocus: true,
        },
    },
});
whenSignedOut(() => client.setQueryData(['session'], null));

function Root() {
    const l = useLang();
    const q = useQuery<Session | null>({
        queryKey: ['session'],
        staleTime: Infinity,
        queryFn: async () => {
            try {
                return await get<Session>('session');
            } catch (e) {
                if (e instanceof ApiError && (e.signedOut || e.forbidden)) return null;
                throw e;
            }
        },
    });
    if (q.data) setCsrf(q.data.csrf_token);
    return (
        <LocaleProvider locale={l === 'zh' ? zhCN : enGB}>
            {q.error && q.data === undefined ? (
                <Failed error={q.error} retry={() => q.refetch()} />
            ) : q.data === undefined ? (
                <Loading />
            ) : q.data ? (
                <Shell session={q.data} />
            ) : (
                <SignIn />
            )}
        </LocaleProvider>
    );
}
createRoot(document.getElementById('root')!).render(
    <QueryClientProvider client={client}>
        <Root />
    </QueryClientProvider>,
);
