// SPDX-License-Identifier: Apache-2.0
//
// The request as code, with a copy button.
import { useState } from 'react';
import { useT } from '../../base';
import { Button, done, Seg } from '../../ui';
import { codeOf, languages, type Language, type Request } from './code-of';

export function Code({ request }: { request: Request }) {
    const t = useT();
    const offered = languages.filter(([l]) => codeOf(l, request) !== null);
    const [picked, pick] = useState<Language>('curl');
    const language = offered.some(([l]) => l === picked) ? picked : 'curl';
    const code = codeOf(language, request) ?? '';
    return (
        <section className="code-of">
            <div className="row">
                <Seg label={t('代码', 'Code')} value={language} onChange={pick} options={offered} />
                <Button
                    size="small"
                    className="end"
                    onClick={() => navigator.clipboard?.writeText(code).then(() => done(t('已复制', 'Copied')))}
                >
                    {t('复制代码', 'Copy code')}
                </Button>
            </div>
            <pre className="code" data-code={language} tabIndex={0} aria-label={t('请求代码', 'Request code')}>
                {code}
            </pre>
        </section>
    );
}
