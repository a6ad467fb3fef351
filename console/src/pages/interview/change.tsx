// SPDX-License-Identifier: Apache-2.0
//
// Rescheduling and cancelling an interview; possible until somebody submits an assessment.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../../api';
import { dateTime, personName, tr, useT } from '../../base';
import type { Interview, InterviewDetail } from '../../types';
import { Ask, Button, differences, done, Meanwhile, Sheet, useVersion, type Difference } from '../../ui';
import { PlanForm } from '../schedule/plan';
import { planOf } from '../schedule/model';

const LISTS = ['interview', 'interviews', 'application'];
type Of = { i: Interview; version?: string };

function whatChanged(before: Interview, now: Interview): Difference[] {
    const people = (i: Interview) => (i.interviewers ?? []).map((p) => personName(p) || p.user_id).join(tr('、', ', '));
    const other = (i: Interview) =>
        JSON.stringify([
            i.interview_type,
            i.video_type,
            i.address_id,
            i.room_ids,
            i.stage?.id,
            i.round_type?.id,
            i.round,
        ]);
    const same = other(before) === other(now);
    return differences([
        [tr('开始', 'Start'), dateTime(before.begin_time), dateTime(now.begin_time)],
        [tr('结束', 'End'), dateTime(before.end_time), dateTime(now.end_time)],
        [tr('面试官', 'Interviewers'), people(before), people(now)],
        [tr('备注', 'Notes'), before.remark ?? '', now.remark ?? ''],
        [
            tr('方式、地点或轮次', 'Format, location or round'),
            tr('原来的', 'unchanged'),
            same ? tr('原来的', 'unchanged') : tr('已改', 'changed'),
        ],
        [
            tr('评价', 'Assessment'),
            before.may_change ? tr('没有', 'none') : tr('已有', 'submitted'),
            now.may_change ? tr('没有', 'none') : tr('已有', 'submitted'),
        ],
    ]);
}
function useChange({ i, version }: Of) {
    const qc = useQueryClient();
    return {
        v: useVersion({ i, version }, async () => {
            const d = await get<InterviewDetail>(`interviews/${i.id}`);
            return { i: d.interview, version: d.version };
        }),
        changed: () => Promise.all(LISTS.map((k) => qc.invalidateQueries({ queryKey: [k] }))),
    };
}
const Over = () => {
    const t = useT();
    return <p>{t('这场面试现在不能再改。', 'This interview can no longer be changed.')}</p>;
};

function Move({ of, close }: { of: Of; close: () => void }) {
    const t = useT();
    const { v, changed } = useChange(of);
    const [from, setFrom] = useState(v.base.i);
    const { latest } = v;
    return (
        <PlanForm
            key={JSON.stringify(from)}
            application={of.i.application_id}
            start={planOf(from)}
            except={of.i.id}
            okText={t('保存', 'Save')}
            blocked={v.stale}
            notice={(merge) =>
                v.stale && (
                    <Meanwhile
                        changes={whatChanged(v.base.i, latest.i)}
                        restart={
                            latest.i.may_change
                                ? () => {
                                      v.goOn();
                                      setFrom(latest.i);
                                  }
                                : undefined
                        }
                        goOn={
                            latest.i.may_change
                                ? () => {
                                      merge(planOf(v.base.i), planOf(latest.i));
                                      v.goOn();
                                  }
                                : undefined
                        }
                    >
                        {!latest.i.may_change && <Over />}
                    </Meanwhile>
                )
            }
            save={(plan) =>
                v.run(async (version) => {
                    await post(`interviews/${of.i.id}/reschedule`, { version, plan });
                    done(t('安排已更改', 'Interview rescheduled'));
                    close();
                    await changed();
                })
            }
        />
    );
}

function Cancel({ of, close }: { of: Of; close: () => void }) {
    const t = useT();
    const { v, changed } = useChange(of);
    return (
        <Ask
            open
            close={close}
            danger
            reason="optional"
            title={t('取消这场面试？', 'Cancel this interview?')}
            text={t(
                '它会从日历、投递和开放接口的列表中消失，不能恢复。请另行通知候选人和面试官。',
                'It will be removed permanently from the calendar, the application and the open API. Please notify the candidate and the interviewers yourself.',
            )}
            okText={t('取消面试', 'Cancel interview')}
            closeText={t('保留面试', 'Keep interview')}
            blocked={v.stale}
            notice={
                v.stale && (
                    <Meanwhile
                        changes={whatChanged(v.base.i, v.latest.i)}
                        goOn={v.latest.i.may_change ? v.goOn : undefined}
                        goOnText={t('仍然继续', 'Continue anyway')}
                    >
                        {!v.latest.i.may_change && <Over />}
                    </Meanwhile>
                )
            }
            act={(reason) =>
                v.run(async (version) => {
                    await post(`interviews/${of.i.id}/cancel`, { version, ...(reason && { reason }) });
                    done(t('面试已取消', 'Interview cancelled'));
                    await changed();
                })
            }
        />
    );
}

export function Change(of: Of) {
    const t = useT();
    const [open, setOpen] = useState<'' | 'move' | 'cancel'>('');
    const close = () => setOpen('');
    return (
        <>
            {of.i.may_change && (
                <>
                    <Button onClick={() => setOpen('move')}>{t('更改安排', 'Reschedule')}</Button>
                    <Button type="danger" onClick={() => setOpen('cancel')}>
                        {t('取消面试', 'Cancel interview')}
                    </Button>
                </>
            )}
            <Sheet title={t('更改面试安排', 'Reschedule interview')} open={open === 'move'} close={close}>
                {open === 'move' && <Move of={of} close={close} />}
            </Sheet>
            {open === 'cancel' && <Cancel of={of} close={close} />}
        </>
    );
}
