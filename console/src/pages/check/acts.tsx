// SPDX-License-Identifier: Apache-2.0
//
// The actions that a check allows now, each with a confirmation. The server names them by the check's state and the user's role.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../../api';
import type { OrderDetail } from '../../types';
import { dateTime, useT } from '../../base';
import { Ask, Button, differences, done, Meanwhile, useVersion } from '../../ui';
import { orderAction, orderStatus } from '../../words';
import { doer } from './story';

interface Act {
    name: string;
    button: string;
    title: string;
    ok: string;
    text: string;
    done: string;
    reason: 'required' | 'optional';
    danger?: boolean;
}

// While the arrangement waits for approval, the vendor has not heard of the order.
function useWords({ phase, status }: OrderDetail): Act[] {
    const t = useT();
    const report = phase === 2,
        unsent = status === 5 && !report;
    return [
        {
            name: 'approve',
            button: report ? t('通过报告', 'Approve report') : t('通过安排', 'Approve'),
            title: report ? t('通过报告？', 'Approve this report?') : t('通过安排？', 'Approve this background check?'),
            ok: t('通过', 'Approve'),
            text: report
                ? t('背景调查随即完成。', 'The background check will be completed.')
                : t('订单随即发给供应商。', 'The order will be sent to the vendor.'),
            done: t('已通过', 'Approved'),
            reason: 'optional',
        },
        {
            name: 'reject',
            button: t('驳回', 'Reject'),
            title: report ? t('驳回报告？', 'Reject this report?') : t('驳回安排？', 'Reject this background check?'),
            ok: t('驳回', 'Reject'),
            text: report
                ? t('供应商可以再次提交结果。', 'The vendor can submit another result.')
                : t('订单就此结束，供应商不会收到。', 'The order ends here and is not sent to the vendor.'),
            done: t('已驳回', 'Rejected'),
            reason: 'required',
            danger: true,
        },
        {
            name: 'withdraw',
            button: t('撤回审批', 'Withdraw'),
            title: t('撤回审批？', 'Withdraw this approval request?'),
            ok: t('撤回', 'Withdraw'),
            text: report
                ? t(
                      '报告不再等待审批。之后只能终止背调，或等供应商再次提交结果；审批不能恢复。',
                      'The report will no longer be pending approval, and you cannot restore the request. After that, you can only terminate the check or wait for the vendor to submit another result.',
                  )
                : t('订单就此结束，无法恢复。', 'The order ends here. You cannot undo this.'),
            done: t('已撤回', 'Withdrawn'),
            reason: 'optional',
            danger: true,
        },
        {
            name: 'terminate',
            button: t('终止背调', 'Terminate'),
            title: t('终止背景调查？', 'Terminate this background check?'),
            ok: t('终止', 'Terminate'),
            text: unsent
                ? t(
                      '订单没有发给过供应商。终止后无法恢复。',
                      'The order has not been sent to the vendor. You cannot undo this.',
                  )
                : t('供应商会收到取消通知，终止后无法恢复。', 'The vendor will be notified. You cannot undo this.'),
            done: t('已终止', 'Terminated'),
            reason: 'required',
            danger: true,
        },
    ];
}

// The steps that others took since the dialog was opened.
function Since({ before, now }: { before: OrderDetail; now: OrderDetail }) {
    const n = (now.history?.length ?? 0) - (before.history?.length ?? 0);
    return (
        <ul>
            {(now.history ?? []).slice(0, Math.max(0, n)).map((s, i) => (
                <li key={i}>{[dateTime(s.at), doer(s), orderAction(s.action)].filter(Boolean).join(' · ')}</li>
            ))}
        </ul>
    );
}

// The dialog keeps the state that the check had when it was opened, even if the check changes.
function Question({ id, name, d, close }: { id: string; name: string; d: OrderDetail; close: () => void }) {
    const t = useT();
    const qc = useQueryClient();
    const v = useVersion(d, () => get<OrderDetail>(`orders/${id}`));
    const [opened] = useState(d);
    const a = useWords(opened).find((x) => x.name === name)!;
    const now = v.latest;
    const same = now.phase === opened.phase && now.status === opened.status && now.actions?.includes(name);
    const status = (x: OrderDetail) => orderStatus(x.status, x.phase).text;
    const act = (reason: string) =>
        v.run(async (version) => {
            await post(`orders/${id}/${name}`, { version, ...(reason && { reason }) });
            done(a.done);
            await Promise.all(
                ['order', 'orders', 'application', 'overview'].map((k) => qc.invalidateQueries({ queryKey: [k] })),
            );
        });
    return (
        <Ask
            open
            close={close}
            title={a.title}
            okText={a.ok}
            text={a.text}
            reason={a.reason}
            danger={a.danger}
            act={act}
            blocked={v.stale}
            notice={
                v.stale && (
                    <Meanwhile
                        changes={differences([[t('状态', 'Status'), status(opened), status(now)]])}
                        goOn={same ? v.goOn : undefined}
                        goOnText={t('仍然继续', 'Continue anyway')}
                    >
                        <Since before={v.base} now={now} />
                        {!same && (
                            <p>
                                {t(
                                    '这个操作已不再适用。请关闭后查看当前状态。',
                                    'This action is no longer available. Close this window to see the current status.',
                                )}
                            </p>
                        )}
                    </Meanwhile>
                )
            }
        />
    );
}

export function Acts({ id, d }: { id: string; d: OrderDetail }) {
    const [deed, setDeed] = useState('');
    const acts = useWords(d);
    return (
        <div className="do">
            {acts
                .filter((a) => d.actions?.includes(a.name))
                .map((a) => (
                    <Button
                        key={a.name}
                        theme={a.name === 'approve' ? 'solid' : 'light'}
                        type={a.name === 'reject' || a.name === 'terminate' ? 'danger' : 'primary'}
                        onClick={() => setDeed(a.name)}
                    >
                        {a.button}
                    </Button>
                ))}
            {deed && <Question key={deed} id={id} name={deed} d={d} close={() => setDeed('')} />}
        </div>
    );
}
