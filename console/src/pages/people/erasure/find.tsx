// SPDX-License-Identifier: Apache-2.0
//
// Finding the person to erase, by part of the name or by id.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../../../api';
import { useT } from '../../../base';
import { Button, Field, Load, State, Text } from '../../../ui';
import type { console_talent, console_talent_search_data } from '../../../wire';

function Found({ person, choose }: { person: console_talent; choose: () => void }) {
    const t = useT();
    const n = person.applications ?? 0;
    return (
        <li>
            <div className="grow">
                <b>{person.name || t('没有姓名', 'No name')}</b>
                {person.mobile_end && (
                    <span className="muted small">
                        {' '}
                        {t('手机尾号', 'mobile ends in')} {person.mobile_end}
                    </span>
                )}
                <div className="small muted">
                    {t(`${n} 个投递`, n === 1 ? '1 application' : `${n} applications`)}
                    {person.job_title && ` · ${person.job_title}`} · <span className="mono">{person.talent_id}</span>
                </div>
            </div>
            <Button
                type="danger"
                onClick={choose}
                aria-label={t(`删除 ${person.name} 的数据`, `Erase data of ${person.name}`)}
            >
                {t('删除数据…', 'Erase data…')}
            </Button>
        </li>
    );
}

export function Find({
    text,
    setText,
    choose,
}: {
    text: string;
    setText: (v: string) => void;
    choose: (p: console_talent) => void;
}) {
    const t = useT();
    const query = text.trim();
    const q = useQuery({
        queryKey: ['talents', query],
        enabled: query.length > 0,
        queryFn: ({ signal }) => get<console_talent_search_data>('talents', { query }, signal),
        placeholderData: keepPreviousData,
    });
    return (
        <>
            <Field label={t('候选人姓名或人才 ID', 'Candidate name or talent ID')}>
                <Text type="search" name="person" value={text} onChange={setText} maxLength={100} />
            </Field>
            {query && (
                <Load q={q} lines={2}>
                    {(d) =>
                        !d.items?.length ? (
                            <State
                                kind="empty"
                                title={t('没有找到这个人', 'No one found')}
                                text={t(
                                    '已删除数据的人只能用 ID 找到。',
                                    'People whose data was erased can only be found by ID.',
                                )}
                            />
                        ) : (
                            <>
                                <ul className="reports found" aria-label={t('找到的人', 'Search results')}>
                                    {d.items.map((p) => (
                                        <Found key={p.talent_id} person={p} choose={() => choose(p)} />
                                    ))}
                                </ul>
                                {d.has_more && (
                                    <p className="muted small">
                                        {t(
                                            '还有更多，请输入更完整的姓名。',
                                            'There are more results. Enter more of the name.',
                                        )}
                                    </p>
                                )}
                            </>
                        )
                    }
                </Load>
            )}
        </>
    );
}
