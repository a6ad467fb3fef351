// SPDX-License-Identifier: Apache-2.0
//
// The API explorer: calls the open API as one of the tenant's apps.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api';
import { useParam, useT } from '../../base';
import type { App, Page } from '../../types';
import { Head, Load, State } from '../../ui';
import { Operations } from './operations';
import { operationsOf, type Spec } from './spec';
import { Try } from './try';

export default function ApiPage() {
    const t = useT();
    const spec = useQuery({
        queryKey: ['openapi'],
        staleTime: Infinity,
        queryFn: async () => (await fetch('/openapi.json')).json() as Promise<Spec>,
    });
    const apps = useQuery({ queryKey: ['apps'], queryFn: () => get<Page<App>>('apps') });
    const [chosen, setChosen] = useParam('op');
    const all = useMemo(() => operationsOf(spec.data), [spec.data]);
    const one = all.find((o) => o.key === chosen);
    return (
        <>
            <Head
                title={t('接口调试', 'API')}
                sub={
                    <>
                        {t(
                            '用租户的一个应用试任何接口，并得到能直接运行的代码；机器可读的描述在 ',
                            "Try any operation with one of your tenant's apps and get code that is ready to run. For the machine-readable description, see ",
                        )}
                        <a href="/openapi.json">/openapi.json</a>
                    </>
                }
            />
            <Load q={spec} lines={8}>
                {(d) => (
                    <div className="cards">
                        <Operations all={all} chosen={chosen} choose={setChosen} />
                        <section className="card s8" aria-live="off">
                            {one ? (
                                <Try key={one.key} spec={d} operation={one} apps={apps.data?.items ?? []} />
                            ) : (
                                <State
                                    kind="empty"
                                    title={t('选一个接口', 'Select an operation')}
                                    text={t(
                                        '填好参数后即可发送，也可以复制为 curl 或 SDK 代码。',
                                        'Fill in the parameters and send the request, or copy it as curl or SDK code.',
                                    )}
                                />
                            )}
                        </section>
                    </div>
                )}
            </Load>
        </>
    );
}
