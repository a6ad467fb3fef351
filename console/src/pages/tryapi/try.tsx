// SPDX-License-Identifier: Apache-2.0
//
// One operation: parameters, body, code, and a button that sends it with an app's token.
import { useState } from 'react';
import { post } from '../../api';
import { Link, useT } from '../../base';
import type { App } from '../../types';
import { Ask, Button, Choice, Field, useDeed } from '../../ui';
import { AnswerView, readAnswer, type Answer } from './answer';
import { Body, firstBody } from './body';
import { Code } from './code';
import { urlOf, type Request } from './code-of';
import { useTitle } from './operations';
import { missing, Params, queryOf, type Values } from './params';
import { jsonFault, type Operation, type Spec } from './spec';

function Needs({ operation: o, app }: { operation: Operation; app?: App }) {
    const t = useT();
    const scopes = o.op['x-scopes'] ?? [],
        limits = o.op['x-limits'] ?? [];
    const lacks = app && scopes.length > 0 && !scopes.some((s) => app.scopes?.includes(s));
    return (
        <>
            <p className="small muted">
                {scopes.length > 0 && (
                    <>
                        {t('需要任一权限：', 'Requires one of these scopes: ')}
                        <span className="mono">{scopes.join(', ')}</span>
                        {t('。', '. ')}
                    </>
                )}
                {limits
                    .map((l) =>
                        t(
                            `每 ${l.seconds} 秒最多 ${l.calls} 次。`,
                            `Limited to ${l.calls} ${l.calls === 1 ? 'call' : 'calls'} per ${l.seconds === 1 ? 'second' : `${l.seconds} seconds`}. `,
                        ),
                    )
                    .join('')}
            </p>
            {lacks && (
                <div className="notice t-amber" role="status">
                    {t(
                        '这个应用没有所需的权限，请求会被拒绝（99991672）。',
                        'This app has none of the required scopes, so the request will be refused (99991672). ',
                    )}
                    <Link href="/settings/apps">{t('去设置', 'Go to settings')}</Link>
                </div>
            )}
        </>
    );
}

async function tokenOf(app: string) {
    return (await post<{ tenant_access_token: string }>(`apps/${app}/token`)).tenant_access_token;
}
async function send(r: Request, file: File | null): Promise<Answer> {
    const headers: Record<string, string> = r.open ? {} : { Authorization: `Bearer ${await tokenOf(r.app)}` };
    let body: BodyInit | undefined = r.body;
    if (r.body !== undefined) headers['Content-Type'] = 'application/json; charset=utf-8';
    if (file) {
        body = new FormData();
        body.append('content', file, file.name);
    }
    const from = performance.now();
    const res = await fetch(urlOf(r), { method: r.method, credentials: 'omit', headers, body });
    return readAnswer(res, performance.now() - from);
}

export function Try({ spec, operation: o, apps }: { spec: Spec; operation: Operation; apps: App[] }) {
    const t = useT();
    const title = useTitle();
    const { busy, run } = useDeed();
    const usable = apps.filter((a) => !a.disabled && !a.shared);
    const [picked, setApp] = useState(''),
        [values, setValues] = useState<Values>({}),
        [body, setBody] = useState(firstBody(spec, o)),
        [file, setFile] = useState<File | null>(null),
        [tried, setTried] = useState(false),
        [ask, setAsk] = useState(false),
        [answer, setAnswer] = useState<Answer | null>(null);
    const app = usable.find((a) => a.app_id === picked) ?? usable[0];
    const request: Request = {
        method: o.method,
        path: o.path.replace(/\{(\w+)\}/g, (all, n) => (values[n] ? encodeURIComponent(values[n].trim()) : all)),
        query: queryOf(o.params, values),
        body: o.json ? body : undefined,
        file: o.file ? (file?.name ?? 'resume.pdf') : undefined,
        app: app?.app_id ?? 'cli_...',
        origin: location.origin,
        open: o.open,
    };
    const faults = missing(o.params, values),
        ready = !faults.length && !(o.json && jsonFault(body)) && (!o.file || file) && (o.open || app);
    const go = async () => setAnswer(await send(request, file));
    return (
        <form
            className="form"
            noValidate
            onSubmit={(e) => {
                e.preventDefault();
                setTried(true);
                if (!ready) return;
                if (o.writes) setAsk(true);
                else run(go);
            }}
        >
            <div>
                <h2 className="op-title">{title(o)}</h2>
                <div className="mono muted">
                    {o.method} {o.path}
                </div>
            </div>
            <Needs operation={o} app={app} />
            {!o.open && (
                <Field label={t('应用', 'App')} error={app ? undefined : t('没有可用的应用', 'No apps available')}>
                    <Choice
                        name="app"
                        value={app?.app_id ?? ''}
                        onChange={setApp}
                        options={usable.map((a) => [a.app_id, `${a.name} (${a.app_id})`])}
                    />
                </Field>
            )}
            <Params params={o.params} values={values} set={setValues} faults={tried ? faults : []} />
            {o.json && <Body spec={spec} operation={o} value={body} set={setBody} />}
            {o.file && (
                <Field
                    label={t('文件（content）', 'File (content)')}
                    required
                    error={tried && !file ? t('请选择文件', 'Select a file') : undefined}
                >
                    <input
                        type="file"
                        name="content"
                        className="native file"
                        onChange={(e) => setFile(e.target.files?.[0] ?? null)}
                    />
                </Field>
            )}
            <div className="row">
                <Button htmlType="submit" theme="solid" loading={busy} disabled={!o.open && !app}>
                    {t('发送', 'Send')}
                </Button>
                {o.writes && (
                    <span className="small muted">
                        {t('会改变数据，发送前会再问一次', 'This changes data. You will be asked to confirm.')}
                    </span>
                )}
            </div>
            {answer && <AnswerView answer={answer} operation={o} />}
            <Code request={request} />
            <Ask
                open={ask}
                close={() => setAsk(false)}
                title={t('发送会改变数据的请求？', 'Send this request? It changes data.')}
                text={
                    <span className="mono">
                        {o.method} {urlOf(request)}
                    </span>
                }
                okText={t('发送', 'Send')}
                act={go}
            />
        </form>
    );
}
