// SPDX-License-Identifier: Apache-2.0
//
// Rescheduling and cancelling an interview, as long as nobody has assessed it.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api';
import { useT } from '../../base';
import type { Interview } from '../../types';
import { Ask, Button, done, Sheet } from '../../ui';
import { PlanForm } from '../schedule/plan';
import { planOf } from '../schedule/model';

const LISTS = ['interview', 'interviews', 'application'];

export function Change({ i }: { i: Interview }) {
    const t = useT();
    const qc = useQueryClient();
    const [open, setOpen] = useState<'' | 'move' | 'cancel'>('');
    if (!i.may_change) return null;
    const changed = () => Promise.all(LISTS.map((k) => qc.invalidateQueries({ queryKey: [k] })));
    return (
        <>
            <Button onClick={() => setOpen('move')}>{t('更改安排', 'Reschedule')}</Button>
            <Button type="danger" onClick={() => setOpen('cancel')}>
                {t('取消面试', 'Cancel the interview')}
            </Button>
            <Sheet
                title={t('更改面试安排', 'Reschedule the interview')}
                open={open === 'move'}
                close={() => setOpen('')}
            >
                {open === 'move' && (
                    <PlanForm
                        application={i.application_id}
                        start={planOf(i)}
                        except={i.id}
                        okText={t('保存', 'Save')}
                        save={async (plan) => {
                            await post(`interviews/${i.id}/reschedule`, { plan });
                            done(t('安排已更改', 'The interview is rescheduled'));
                            setOpen('');
                            await changed();
                        }}
                    />
                )}
            </Sheet>
            <Ask
                open={open === 'cancel'}
                close={() => setOpen('')}
                danger
                reason="optional"
                title={t('取消这场面试？', 'Cancel this interview?')}
                text={t(
                    '它会从日历、投递和开放接口的列表中消失，不能恢复。请另行通知候选人和面试官。',
                    'It goes from the calendar, the application and the open API, for good. Please tell the candidate and the interviewers yourself.',
                )}
                okText={t('取消面试', 'Cancel the interview')}
                closeText={t('保留面试', 'Keep the interview')}
                act={async (reason) => {
                    await post(`interviews/${i.id}/cancel`, reason ? { reason } : {});
                    done(t('面试已取消', 'The interview is cancelled'));
                    await changed();
                }}
            />
        </>
    );
}
