// SPDX-License-Identifier: Apache-2.0
//
// Generates code for a request that runs when pasted, with the app secret in the environment variable APP_SECRET.
export interface Request {
    method: string;
    path: string; // with the parameters' values
    query: [string, string][];
    body?: string; // JSON
    file?: string; // the name of a file to send as multipart
    app: string;
    origin: string;
    open: boolean; // needs no token
}
export type Language = 'curl' | 'node' | 'python';
export const languages: [Language, string][] = [
    ['curl', 'curl'],
    ['node', 'Node SDK'],
    ['python', 'Python SDK'],
];

const quoted = (s: string) => `'${s.replace(/'/g, `'\\''`)}'`;
export const urlOf = (r: Request) => r.path + (r.query.length ? `?${new URLSearchParams(r.query)}` : '');

function curl(r: Request) {
    const lines: string[] = [];
    if (!r.open)
        lines.push(
            '# export APP_SECRET=...',
            `TENANT_ACCESS_TOKEN=$(curl -s ${quoted(`${r.origin}/open-apis/auth/v3/tenant_access_token/internal`)} \\`,
            `  -H 'Content-Type: application/json; charset=utf-8' \\`,
            `  -d '{"app_id":"${r.app}","app_secret":"'"$APP_SECRET"'"}' | sed 's/.*"tenant_access_token":"\\([^"]*\\)".*/\\1/')`,
        );
    const parts = [`curl -X ${r.method} ${quoted(r.origin + urlOf(r))}`];
    if (!r.open) parts.push('-H "Authorization: Bearer $TENANT_ACCESS_TOKEN"');
    if (r.file) parts.push(`-F ${quoted(`content=@${r.file}`)}`);
    if (r.body !== undefined) parts.push("-H 'Content-Type: application/json; charset=utf-8'", `-d ${quoted(r.body)}`);
    return [...lines, parts.join(' \\\n  ')].join('\n');
}

const indented = (text: string, by: string) => text.replace(/\n/g, `\n${by}`);
// Each name has one value or a list of values.
const asObject = (query: [string, string][]) =>
    query.reduce<Record<string, string | string[]>>(
        (all, [n, v]) => ({ ...all, [n]: n in all ? [all[n], v].flat() : v }),
        {},
    );

function node(r: Request) {
    const lines = [
        `import * as lark from '@larksuiteoapi/node-sdk'`,
        ...(r.file ? [`import { createReadStream } from 'node:fs'`] : []),
        '',
        `const client = new lark.Client({`,
        `  appId: '${r.app}',`,
        `  appSecret: process.env.APP_SECRET,`,
        `  domain: '${r.origin}',`,
        `  loggerLevel: lark.LoggerLevel.error,`,
        `})`,
        `const res = await client.request({`,
        `  method: '${r.method}',`,
        `  url: ${JSON.stringify(r.path)},`,
        ...(r.query.length ? [`  params: ${JSON.stringify(asObject(r.query))},`] : []),
        ...(r.body === undefined ? [] : [`  data: ${indented(r.body, '  ')},`]),
        ...(r.file
            ? [
                  `  data: { content: createReadStream(${JSON.stringify(r.file)}) },`,
                  `  headers: { 'Content-Type': 'multipart/form-data' },`,
              ]
            : []),
        `})`,
        `console.log(JSON.stringify(res, null, 2))`,
    ];
    return lines.join('\n');
}

function python(r: Request) {
    if (r.file) return null;
    const lines = [
        ...(r.body === undefined ? ['import os'] : ['import json', 'import os']),
        '',
        'import lark_oapi as lark',
        '',
        `client = lark.Client.builder().app_id("${r.app}").app_secret(os.environ["APP_SECRET"]) \\`,
        `    .domain("${r.origin}").build()`,
        `request = lark.BaseRequest.builder() \\`,
        `    .http_method(lark.HttpMethod.${r.method}) \\`,
        `    .uri(${JSON.stringify(r.path)}) \\`,
        ...(r.query.length
            ? [
                  `    .queries([${r.query.map(([n, v]) => `(${JSON.stringify(n)}, ${JSON.stringify(v)})`).join(', ')}]) \\`,
              ]
            : []),
        ...(r.body === undefined ? [] : [`    .body(json.loads(${JSON.stringify(r.body)})) \\`]),
        `    .token_types({lark.AccessTokenType.TENANT}) \\`,
        `    .build()`,
        `print(client.request(request).raw.content.decode())`,
    ];
    return lines.join('\n');
}

// null: the language would need too many lines for this request.
export const codeOf = (language: Language, r: Request) => ({ curl, node, python })[language](r);
