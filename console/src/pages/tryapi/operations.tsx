// SPDX-License-Identifier: Apache-2.0
//
// All operations grouped by resource, with a search.
import { useState } from 'react';
import { useLang, useT } from '../../base';
import { fold } from '../../fold';
import { State, Text } from '../../ui';
import type { Operation } from './spec';

const groups: Record<string, [string, string]> = {
    background_check_order: ['背景调查订单', 'Background check orders'],
    eco_background_check: ['供应商：背调进度与结果', 'Vendor: progress and results'],
    eco_background_check_package: ['供应商：套餐与附加项', 'Vendor: packages and add-ons'],
    eco_background_check_custom_field: ['供应商：订单字段', 'Vendor: order fields'],
    eco_account_custom_field: ['供应商：账号字段', 'Vendor: account fields'],
    application: ['投递', 'Applications'],
    interview: ['面试', 'Interviews'],
    interview_feedback_form: ['面试评价表', 'Assessment forms'],
    interview_round_type: ['面试轮次类型', 'Interview round types'],
    external_application: ['外部投递', 'External applications'],
    external_background_check: ['外部背调', 'External background checks'],
    attachment: ['附件', 'Attachments'],
    user: ['通讯录：用户', 'Contacts: users'],
    job_level: ['通讯录：职级', 'Contacts: job levels'],
    job_process: ['招聘流程', 'Job processes'],
    termination_reason: ['终止原因', 'Termination reasons'],
    resume_source: ['简历来源', 'Resume sources'],
    location: ['地址', 'Locations'],
    room: ['会议室', 'Rooms'],
    tenant_access_token: ['租户访问凭证', 'Tenant access token'],
    app_access_token: ['应用访问凭证', 'App access token'],
    app_ticket: ['应用票据', 'App ticket'],
};
export const useTitle = () => {
    const lang = useLang();
    return (o: Operation) => (lang === 'zh' ? (o.op['x-title-zh'] ?? o.op.summary) : o.op.summary);
};

function Item({ o, chosen, choose }: { o: Operation; chosen: boolean; choose: (key: string) => void }) {
    const title = useTitle();
    return (
        <li>
            <button type="button" className="op" aria-pressed={chosen} onClick={() => choose(o.key)}>
                <span>{title(o)}</span>
                <span className="mono">
                    <b className={o.writes ? 't-amber' : 't-blue'}>{o.method}</b> {o.path.replace('/open-apis', '')}
                </span>
            </button>
        </li>
    );
}

export function Operations({
    all,
    chosen,
    choose,
}: {
    all: Operation[];
    chosen: string;
    choose: (key: string) => void;
}) {
    const t = useT();
    const [find, setFind] = useState('');
    const shown = all.filter((o) => fold(`${o.key} ${o.op.summary} ${o.op['x-title-zh']}`).includes(fold(find)));
    const names = [...new Set([...Object.keys(groups), ...all.map((o) => o.group)])];
    return (
        <section className="card s4 ops">
            <Text
                type="search"
                aria-label={t('查找接口', 'Search operations')}
                placeholder={t('按名称或路径查找', 'Search by name or path')}
                value={find}
                onChange={setFind}
            />
            {!shown.length && <State kind="empty" title={t('没有这样的接口', 'No matching operations')} />}
            <div className="ops-list" tabIndex={0} role="group" aria-label={t('接口', 'Operations')}>
                {names.map((g) => {
                    const of = shown.filter((o) => o.group === g);
                    return of.length ? (
                        <section key={g}>
                            <h2>{groups[g] ? t(...groups[g]) : g}</h2>
                            <ul>
                                {of.map((o) => (
                                    <Item key={o.key} o={o} chosen={o.key === chosen} choose={choose} />
                                ))}
                            </ul>
                        </section>
                    ) : null;
                })}
            </div>
        </section>
    );
}
