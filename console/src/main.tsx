// SPDX-License-Identifier: Apache-2.0
//
// Entry point: renders the shell or, for users who are not signed in, the sign-in page.
import '@douyinfe/semi-ui/lib/es/_base/base.css';
import './styles/index.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import LocaleProvider from '@douyinfe/semi-ui/lib/es/locale/localeProvider';
import enGB from '@douyinfe/semi-ui/lib/es/locale/source/en_GB';
import zhCN from '@douyinfe/semi-ui/lib/es/locale/source/zh_CN';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api';
import type { Session } from './types';
import { useLang } from './base';
import { SignIn } from './pages/signin';
import { askWho, useLock, useSession } from './session';
import { Locked } from './shell/lock';
import { Shell } from './shell/shell';
import { Failed, Loading } from './ui';

const AGAIN_MS = 3000; // wait before another request to a server that could not be reached

const newClient = () =>
    new QueryClient({
        defaultOptions: {
            queries: {
                staleTime: 10_000,
                retry: (n, e) => e instanceof ApiError && (e.offline || e.status >= 502) && n < 2,
                refetchOnWindowFocus: true,
            },
        },
    });

// Cached answers belong to one account, so the query client is replaced when the account changes.
function Work({ session }: { session: Session }) {
    const [client] = useState(newClient);
    useEffect(() => () => client.clear(), [client]);
    return (
        <QueryClientProvider client={client}>
            <Shell session={session} />
        </QueryClientProvider>
    );
}

function Begin() {
    const [error, setError] = useState<unknown>(null),
        [tries, setTries] = useState(0);
    useEffect(() => {
        let timer = 0;
        askWho().catch((e) => {
            setError(e);
            if ((e as ApiError).offline) timer = window.setTimeout(() => setTries((n) => n + 1), AGAIN_MS);
        });
        return () => clearTimeout(timer);
    }, [tries]);
    return error ? <Failed error={error} retry={() => setTries(tries + 1)} /> : <Loading />;
}

function Root() {
    const l = useLang();
    const session = useSession();
    const lock = useLock();
    return (
        <LocaleProvider locale={l === 'zh' ? zhCN : enGB}>
            {session === undefined ? (
                <Begin />
            ) : session ? (
                <Work key={session.user.id} session={session} />
            ) : (
                <SignIn />
            )}
            {session && lock && <Locked why={lock} session={session} />}
        </LocaleProvider>
    );
}
createRoot(document.getElementById('root')!).render(<Root />);
