// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the vendor's side share: paths, forms and packages as vendors push them, and arranging from the
// command line.
import fs from 'node:fs';
import path from 'node:path';

import { hired, hiredOk, root } from './server.mjs';

const base = '/open-apis/hire/v1';
export const paths = {
    accountFields: `${base}/eco_account_custom_fields`,
    orderFields: `${base}/eco_background_check_custom_fields`,
    packages: `${base}/eco_background_check_packages`,
    cancel: `${base}/eco_background_checks/cancel`,
    batchQuery: `${base}/background_check_orders/batch_query`,
    resend: '/open-apis/auth/v3/app_ticket/resend',
    storeAppToken: '/open-apis/auth/v3/app_access_token',
    storeTenantToken: '/open-apis/auth/v3/tenant_access_token',
};

export const demoRecords = (name) => JSON.parse(fs.readFileSync(path.join(root, 'demo', `${name}.json`), 'utf8')).data.items;

export const name = (en, zh) => ({ zh_cn: zh ?? `${en}（中）`, en_us: en });
export const accountField = (key, more = {}) => ({ key, name: name(key), is_required: true, ...more });
export const orderField = (type, key = type, more = {}) => ({
    type, key, name: name(key), is_required: false, description: name(`about ${key}`),
    ...(/select/.test(type) ? { options: ['a', 'b', 'c'].map((k) => ({ key: k, name: name(`option ${k}`) })) } : {}), ...more,
});
export const nineTypes = ['text', 'textarea', 'number', 'boolean', 'select', 'multiselect', 'date', 'file', 'resume'];
export const pkg = (id, more = {}) => ({ id, name: `package ${id}`, ...more });

// Runs a command of two words on the server's data.
export const cli = (server, ...args) => hired([...args.slice(0, 2), '--data', server.dir, ...args.slice(2)]);
export const cliOk = (server, ...args) => hiredOk([...args.slice(0, 2), '--data', server.dir, ...args.slice(2)]);

// An account that the app is bound to (no app: nobody); its id.
export function addAccount(server, app, ...more) {
    const who = app ? ['--app', app.app_id] : [];
    return cliOk(server, 'vendor', 'create', '--tenant', server.demo.tenant_key, '--name', '我们的账号', '--provider', `p-${app?.app_id ?? 'none'}`, ...who, ...more).account_id;
}

const application = demoRecords('applications')[0].id;
export const arrangeArgs = (account, ...more) => ['order', 'arrange', '--application', application, '--account', account, ...more];
