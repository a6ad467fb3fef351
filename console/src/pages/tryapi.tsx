// SPDX-License-Identifier: Apache-2.0
//
// Trying the open API with one of the tenant's apps; the request is shown as curl and as SDK code.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { get, post } from '../api';
import type { App, Page } from '../types';
import { useParam, useT } from '../base';
import { Ask, Button, Choice, Field, Head, Load, Pill, Seg, State, Text, useDeed } from '../ui';

interface Param {
    name: string;
    in: string;
    required?: boolean;
    description?: string;
    schema?: { type?: string; enum?: string[]; default?: unknown };
}
interface Op {
    operationId?: string;
    summary?: string;
    description?: string;
    parameters?: Param[];
    requestBody?: { content?: Record<string, { example?: unknown; schema?: unknown }> };
    deprecated?: boolean;
}
interface Spec {
    paths: Record<string, Record<string, Op>>;
}

export default function ApiPage() {
    const t = useT();
    const spec = useQuery({
        queryKey: ['openapi'],
        staleTime: Infinity,
        queryFn: async () => (await fetch('/openapi.json')).json() as Promise<Spec>,
    });
    const apps = useQuery({ queryKey: ['apps'], queryFn: () => get<Page<App>>('apps') });
    const [chosen, setChosen] = useParam('op'),
        [find, setFind] = useState('');
    const ops = useMemo(
        () =>
            Object.entries(spec.data?.paths ?? {})
                .flatMap(([path, methods]) =>
                    Object.entries(methods).map(([method, op]) => ({
                        key: `${method.toUpperCase()} ${path}`,
                        method: method.toUpperCase(),
                        path,
                        op,
                    })),
                )
                .filter((o) => o.path.startsWith('/open-apis/')),
        [spec.data],
    );
    const shown = ops.filter((o) => `${o.key} ${o.op.summary}`.toLowerCase().includes(find.toLowerCase())),
        one = ops.find((o) => o.key === chosen);
    return (
        <>
            <Head
                title={t('接口调试', 'API')}
                sub={
                    <>
                        {t(
                            '用租户的一个应用试任何接口；描述见 ',
                            "Try any operation with one of the tenant's apps; described in ",
                        )}
                        <a href="/openapi.json">/openapi.json</a>
                    </>
                }
            />
            <Load q={spec}>
                {() => (
                    <div className="cards">
                        <section className="card s5">
                            <Text
                                type="search"
                                aria-label={t('查找接口', 'Find an operation')}
                                placeholder={t('查找接口', 'Find an operation')}
                                value={find}
                                onChange={setFind}
                            />
                            <ul
                                style={{ marginTop: 10, maxHeight: 560, overflowY: 'auto' }}
                                tabIndex={0}
                                aria-label={t('接口', 'Operations')}
                            >
                                {shown.map((o) => (
                                    <li key={o.key}>
                                        <button
                                            type="button"
                                            className="iconbtn"
                                            style={{
                                                width: '100%',
                                                textAlign: 'left',
                                                display: 'block',
                                                ...(o.key === chosen && {
                                                    background: 'var(--brand-soft)',
                                                    color: 'var(--brand)',
                                                }),
                                            }}
                                            aria-pressed={o.key === chosen}
                                            onClick={() => setChosen(o.key)}
                                        >
                                            <div>{o.op.summary}</div>
                                            <div className="mono">
                                                {o.method} {o.path.replace('/open-apis/', '')}
                                            </div>
                                        </button>
                                    </li>
                                ))}
                            </ul>
                        </section>
                        <section className="card s7">
                            {one ? (
                                <Try
                                    key={one.key}
                                    method={one.method}
                                    path={one.path}
                                    op={one.op}
                                    apps={apps.data?.items ?? []}
                                />
                            ) : (
                                <State kind="empty" title={t('选一个接口', 'Choose an operation')} />
                            )}
                        </section>
                    </div>
                )}
            </Load>
        </>
    );
}
function Try({ method, path, op, apps }: { method: string; path: string; op: Op; apps: App[] }) {
    const t = useT();
    const { busy, run } = useDeed();
    const content = Object.values(op.requestBody?.content ?? {})[0],
        params = (op.parameters ?? []).filter((p) => p.in === 'path' || p.in === 'query');
    const [picked, setApp] = useState(''),
        [values, setValues] = useState<Record<string, string>>({}),
        [body, setBody] = useState(content ? JSON.stringify(content.example ?? {}, null, 2) : '');
    const app = picked || (apps.find((a) => !a.disabled)?.app_id ?? '');
    const [answer, setAnswer] = useState<{ status: number; ms: number; logId: string; text: string } | null>(null),
        [form, setForm] = useState<'curl' | 'node' | 'python'>('curl'),
        [ask, setAsk] = useState(false);
    const filled = path.replace(/\{(\w+)\}/g, (_, n) => encodeURIComponent(values[n] ?? '')),
        query = new URLSearchParams(
            params.filter((p) => p.in === 'query' && values[p.name]).map((p) => [p.name, values[p.name]]),
        ).toString();
    const url = filled + (query ? `?${query}` : '');
    const one = body.replace(/'/g, "'\\''");
    const code = {
        curl: `curl -X ${method} '${location.origin}${url}' \\\n  -H "Authorization: Bearer $TENANT_ACCESS_TOKEN"${content ? ` \\\n  -H 'Content-Type: application/json; charset=utf-8' \\\n  -d '${one}'` : ''}`,
        node: `import * as lark from '@larksuiteoapi/node-sdk'\nconst client = new lark.Client({ appId: '${app}', appSecret: process.env.APP_SECRET, domain: '${location.origin}' })\nconst res = await client.request({\n  method: '${method}',\n  url: '${filled}',${query ? `\n  params: ${JSON.stringify(Object.fromEntries(new URLSearchParams(query)))},` : ''}${content ? `\n  data: ${body},` : ''}\n})`,
        python: `import lark_oapi as lark\nclient = lark.Client.builder().app_id("${app}").app_secret(APP_SECRET).domain("${location.origin}").build()\nreq = lark.BaseRequest.builder().http_method(lark.HttpMethod.${method}).uri("${url}") \\\n    .token_types({lark.AccessTokenType.TENANT})${content ? `.body(json.loads('''${body}'''))` : ''}.build()\nres = client.request(req)`,
    }[form];
    const send = async () => {
        const token = (await post<{ tenant_access_token: string }>(`apps/${app}/token`)).tenant_access_token,
            from = performance.now();
        const res = await fetch(url, {
            method,
            credentials: 'omit',
            headers: {
                Authorization: `Bearer ${token}`,
                ...(content && { 'Content-Type': 'application/json; charset=utf-8' }),
            },
            ...(content && { body }),
        });
        const text = await res.text();
        let pretty = text;
        try {
            pretty = JSON.stringify(JSON.parse(text), null, 2);
        } catch {
            /* as it came */
        }
        setAnswer({
            status: res.status,
            ms: Math.round(performance.now() - from),
            logId: res.headers.get('X-Tt-Logid') ?? '',
            text: pretty,
        });
    };
    return (
        <form
            className="form"
            onSubmit={(e) => {
                e.preventDefault();
                if (method === 'GET' || /query|search|batch_get/.test(path)) run(send);
                else setAsk(true);
            }}
        >
            <div>
                <h2 style={{ fontSize: 16 }}>{op.summary}</h2>
                <div className="mono muted">
                    {method} {path}
                </div>
            </div>
            <Field label={t('应用', 'App')}>
                <Choice
                    value={app}
                    onChange={setApp}
                    none={t('请选择', 'Choose')}
                    options={apps.filter((a) => !a.disabled).map((a) => [a.app_id, `${a.name} (${a.app_id})`])}
                />
            </Field>
            {params.map((p) => (
                <Field key={p.name} label={p.name} required={p.required || p.in === 'path'} hint={p.description}>
                    {p.schema?.enum ? (
                        <Choice
                            value={values[p.name] ?? ''}
                            onChange={(v) => setValues({ ...values, [p.name]: v })}
                            none="—"
                            options={p.schema.enum.map((v) => [String(v), String(v)])}
                        />
                    ) : (
                        <Text value={values[p.name] ?? ''} onChange={(v) => setValues({ ...values, [p.name]: v })} />
                    )}
                </Field>
            ))}
            {content && (
                <Field label={t('请求体', 'Body')}>
                    <Text className="mono" rows={8} value={body} onChange={setBody} />
                </Field>
            )}
            <div className="row">
                <Button htmlType="submit" theme="solid" loading={busy} disabled={!app}>
                    {t('发送', 'Send')}
                </Button>
                <Seg
                    label={t('代码', 'Code')}
                    value={form}
                    onChange={setForm}
                    options={[
                        ['curl', 'curl'],
                        ['node', 'Node SDK'],
                        ['python', 'Python SDK'],
                    ]}
                />
            </div>
            <pre className="code" tabIndex={0} aria-label={t('请求代码', 'The request as code')}>
                {code}
            </pre>
            {answer && (
                <div aria-live="polite">
                    <div className="row" style={{ marginBottom: 8 }}>
                        <Pill tone={answer.status < 400 ? 'green' : 'red'} text={`HTTP ${answer.status}`} />
                        <span className="small muted">{answer.ms} ms</span>
                        <span className="mono muted">{answer.logId}</span>
                    </div>
                    <pre className="code" tabIndex={0} aria-label={t('回应', 'The answer')}>
                        {answer.text}
                    </pre>
                </div>
            )}
            <Ask
                open={ask}
                close={() => setAsk(false)}
                title={t('发送会改变数据的请求？', 'Send a request that changes data?')}
                text={
                    <span className="mono">
                        {method} {url}
                    </span>
                }
                okText={t('发送', 'Send')}
                act={send}
            />
        </form>
    );
}
