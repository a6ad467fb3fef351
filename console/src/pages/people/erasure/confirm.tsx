// SPDX-License-Identifier: Apache-2.0
//
// The confirmation before an erasure, which cannot be undone: shows what is erased, asks for a reason, and makes the user type
// the name.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../../../api';
import { dateTime, useT } from '../../../base';
import { Dialog, Field, Load, State, Text, useDeed } from '../../../ui';
import type {
    console_erasure,
    console_erasure_create_data,
    console_erasure_look_data,
    console_talent,
} from '../../../wire';
import { Counts, nothing } from './counts';

function Explained({ look }: { look: console_erasure_look_data }) {
    const t = useT();
    const open = look.would?.terminated ?? 0;
    return (
        <>
            {look.erased_at && (
                <p className="note">
                    {t(
                        `这个人的数据在 ${dateTime(look.erased_at)} 删除过，下面是之后又有的。`,
                        `This person's data was erased on ${dateTime(look.erased_at)}. The records below were added after that.`,
                    )}
                </p>
            )}
            <Counts n={look.would ?? {}} label={t('将要改动的记录', 'Records to be changed')} />
            {open > 0 && (
                <p className="note warn" role="note">
                    {t(
                        `${open} 个进行中的背调会被终止，并通知供应商。`,
                        open === 1
                            ? '1 background check in progress will be terminated, and its vendor will be notified.'
                            : `${open} background checks in progress will be terminated, and their vendors will be notified.`,
                    )}
                </p>
            )}
            <dl className="dl">
                <dt>{t('会删除', 'Erased')}</dt>
                <dd>
                    {t(
                        '姓名、手机、邮箱、地址、简历、评价、备注、背调结果、报告和附件',
                        'Name, mobile, email, address, resume, assessments, notes, background check results, reports and attachments',
                    )}
                </dd>
                <dt>{t('会保留', 'Kept')}</dt>
                <dd>
                    {t(
                        'ID、状态和时间，所以列表和统计不变',
                        'IDs, statuses and times, so lists and statistics do not change',
                    )}
                </dd>
            </dl>
        </>
    );
}

function Sure({
    look,
    why,
    setWhy,
    typed,
    setTyped,
}: {
    look: console_erasure_look_data;
    why: string;
    setWhy: (v: string) => void;
    typed: string;
    setTyped: (v: string) => void;
}) {
    const t = useT();
    return (
        <>
            <Field
                label={t('原因', 'Reason')}
                required
                hint={t(
                    '写进审计日志，请不要写个人信息。',
                    'This is recorded in the audit log. Do not include personal information.',
                )}
            >
                <Text rows={2} name="reason" value={why} onChange={setWhy} maxLength={2000} />
            </Field>
            <Field
                label={t(`输入“${look.name}”或人才 ID 以确认`, `Type “${look.name}” or the talent ID to confirm`)}
                required
                hint={<span className="mono">{look.talent_id}</span>}
            >
                <Text name="confirm" value={typed} onChange={setTyped} autoComplete="off" />
            </Field>
        </>
    );
}

export function Confirm({
    person,
    close,
    erased,
}: {
    person: console_talent;
    close: () => void;
    erased: (n: console_erasure) => void;
}) {
    const t = useT();
    const qc = useQueryClient();
    const { busy, run } = useDeed();
    const [why, setWhy] = useState(''),
        [typed, setTyped] = useState('');
    const q = useQuery({
        queryKey: ['erasure', person.talent_id],
        gcTime: 0,
        queryFn: () => get<console_erasure_look_data>(`erasure/${person.talent_id}`),
    });
    const sure = typed.trim() !== '' && (typed.trim() === q.data?.name?.trim() || typed.trim() === person.talent_id);
    const none = !!q.data?.erased_at && nothing(q.data.would ?? {});
    const erase = () =>
        run(async () => {
            const r = await post<console_erasure_create_data>('erasure', {
                talent_id: person.talent_id,
                reason: why.trim(),
            });
            // Drops all cached data, so that no open page still shows the person.
            qc.removeQueries({ type: 'inactive' });
            await qc.invalidateQueries();
            erased(r.erased ?? {});
        });
    return (
        <Dialog
            title={t(`删除 ${person.name} 的个人数据`, `Erase personal data of ${person.name}`)}
            open
            close={close}
            width={600}
            danger
            busy={busy}
            disabled={!sure || !why.trim()}
            okText={t('永久删除', 'Erase permanently')}
            ok={none || !q.data ? undefined : erase}
        >
            <Load q={q} lines={4}>
                {(look) =>
                    none ? (
                        <State
                            kind="empty"
                            title={t('没有可以删除的了', 'Nothing left to erase')}
                            text={t(
                                `数据已在 ${dateTime(look.erased_at)} 删除。`,
                                `The data was erased on ${dateTime(look.erased_at)}.`,
                            )}
                        />
                    ) : (
                        <div className="form">
                            <Explained look={look} />
                            <Sure {...{ look, why, setWhy, typed, setTyped }} />
                        </div>
                    )
                }
            </Load>
        </Dialog>
    );
}
