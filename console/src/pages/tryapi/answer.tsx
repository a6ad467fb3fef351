// SPDX-License-Identifier: Apache-2.0
//
// The response of the tried operation.
import { Link, useT } from '../../base';
import { Pill } from '../../ui';
import type { Operation } from './spec';

export interface Answer {
    status: number;
    ms: number;
    logId: string;
    limit?: string;
    text: string;
    code?: number;
}

export async function readAnswer(res: Response, ms: number): Promise<Answer> {
    const answer: Answer = {
        status: res.status,
        ms: Math.round(ms),
        logId: res.headers.get('X-Tt-Logid') ?? '',
        limit: res.headers.get('x-ogw-ratelimit-limit') ?? undefined,
        text: await res.text(),
    };
    try {
        const json = JSON.parse(answer.text);
        return { ...answer, code: json.code, text: JSON.stringify(json, null, 2) };
    } catch {
        return answer; // not JSON: unchanged
    }
}

export function AnswerView({ answer, operation }: { answer: Answer; operation: Operation }) {
    const t = useT();
    const good = answer.status < 400 && (answer.code ?? 0) === 0;
    const documented = operation.op['x-errors']?.find((e) => e.code === answer.code);
    return (
        <section aria-live="polite" className="answer">
            <div className="row">
                <Pill tone={good ? 'green' : 'red'} text={`HTTP ${answer.status}`} />
                {answer.code !== undefined && <span className="mono">code {answer.code}</span>}
                <span className="small muted">{answer.ms} ms</span>
                <Link className="mono" href={`/requests?log_id=${answer.logId}`}>
                    {answer.logId}
                </Link>
            </div>
            {documented && (
                <p className="small">
                    {t('文档对此代码的说明：', 'About this code: ')}
                    {documented.msg}
                </p>
            )}
            <pre className="code" tabIndex={0} aria-label={t('回应', 'Response')}>
                {answer.text || t('（空）', '(empty)')}
            </pre>
        </section>
    );
}
