// SPDX-License-Identifier: Apache-2.0
//
// The form for what is arranged of an interview, new or to be changed.
import { useEffect, useRef, useState } from 'react';
import { both, useT } from '../../base';
import type { References } from '../../types';
import { Ask, Button, Checks, Choice, Field, Text, useDeed } from '../../ui';
import { videoTypes } from '../../words';
import { useReferences } from '../applications';
import { lengthOf, zone } from '../interviews/dates';
import { Conflicts, useConflicts } from './conflicts';
import {
    atTime,
    BY_PHONE,
    BY_VIDEO,
    minutesOf,
    ON_SITE,
    problemsOf,
    timeOf,
    toSend,
    type Plan,
    type Problems,
} from './model';

type Part = { plan: Plan; set: (p: Partial<Plan>) => void };
const DAY_MINUTES = 24 * 60;

// The end keeps its distance when the beginning moves.
function moved(plan: Plan, from: string): Partial<Plan> {
    const length = minutesOf(plan.to) - minutesOf(plan.from),
        end = minutesOf(from) + length;
    return length > 0 && end < DAY_MINUTES ? { from, to: timeOf(end) } : { from };
}

function Times({ plan, set, wrong }: Part & { wrong: Problems }) {
    const t = useT();
    const begin = atTime(plan.date, plan.from),
        length = atTime(plan.date, plan.to) - begin;
    return (
        <>
            <Field label={t('日期', 'Date')} required error={wrong.date}>
                <Text type="date" name="date" value={plan.date} onChange={(date) => set({ date })} />
            </Field>
            <div className="two">
                <Field label={t('开始', 'Begins')} required error={wrong.from}>
                    <Text type="time" name="from" value={plan.from} onChange={(from) => set(moved(plan, from))} />
                </Field>
                <Field
                    label={t('结束', 'Ends')}
                    required
                    error={wrong.to}
                    hint={length > 0 ? t(`时长 ${lengthOf(length)}`, `Lasts ${lengthOf(length)}`) : undefined}
                >
                    <Text type="time" name="to" value={plan.to} onChange={(to) => set({ to })} />
                </Field>
            </div>
            <div className="row lengths" role="group" aria-label={t('时长', 'Length')}>
                {[30, 45, 60, 90].map((m) => (
                    <Button
                        key={m}
                        size="small"
                        aria-pressed={length === m * 60_000}
                        disabled={minutesOf(plan.from) + m >= DAY_MINUTES}
                        onClick={() => set({ to: timeOf(minutesOf(plan.from) + m) })}
                    >
                        {t(`${m} 分钟`, `${m} min`)}
                    </Button>
                ))}
                <span className="muted small">
                    {t(`时区 ${zone(begin || undefined)}`, `Times in ${zone(begin || undefined)}`)}
                </span>
            </div>
            {begin < Date.now() && (
                <p className="note t-amber" role="status">
                    {t('这个时间已经过去。', 'That time has passed.')}
                </p>
            )}
        </>
    );
}

function Place({ plan, set, refs }: Part & { refs?: References }) {
    const t = useT();
    return (
        <>
            <div className="two">
                <Field label={t('方式', 'How')}>
                    <Choice
                        name="type"
                        value={plan.type}
                        onChange={(type) => set({ type })}
                        options={[
                            [BY_VIDEO, t('视频', 'By video')],
                            [BY_PHONE, t('电话', 'By phone')],
                            [ON_SITE, t('现场', 'On site')],
                        ]}
                    />
                </Field>
                {plan.type === BY_VIDEO && (
                    <Field label={t('视频工具', 'Video tool')}>
                        <Choice
                            name="video"
                            value={plan.video}
                            onChange={(video) => set({ video })}
                            options={videoTypes.map((v) => [String(v[0]), t(v[1], v[2])])}
                        />
                    </Field>
                )}
                {plan.type === ON_SITE && (
                    <Field label={t('地点', 'Address')}>
                        <Choice
                            name="address"
                            value={plan.address}
                            onChange={(address) => set({ address })}
                            none={t('不指定', 'None')}
                            options={(refs?.locations ?? []).map((x) => [x.id, both(x.name)])}
                        />
                    </Field>
                )}
            </div>
            {!!refs?.rooms?.length && (
                <Checks
                    label={t('会议室', 'Meeting rooms')}
                    search={t('搜索会议室', 'Search rooms')}
                    value={plan.rooms}
                    onChange={(rooms) => set({ rooms })}
                    options={refs.rooms.map((x) => [x.id, [both(x.name), x.detail].filter(Boolean).join(' · ')])}
                />
            )}
        </>
    );
}

// The stages of the process that the application is in: those of the stage that it, or the interview, has now.
function stagesOf(refs: References | undefined, stage: string) {
    const all = refs?.stages ?? [];
    const process = all.find((x) => x.id === stage)?.parent_id;
    return process ? all.filter((x) => x.parent_id === process) : all;
}

function Round({ plan, set, refs, stage }: Part & { refs?: References; stage: string }) {
    const t = useT();
    return (
        <>
            <Field label={t('阶段', 'Stage')}>
                <Choice
                    name="stage"
                    value={plan.stage}
                    onChange={(stage) => set({ stage })}
                    none={t('投递所在的阶段', 'Where the application stands')}
                    options={stagesOf(refs, stage).map((x) => [x.id, both(x.name)])}
                />
            </Field>
            <div className="two">
                <Field
                    label={t('轮次类型', 'Kind of round')}
                    hint={t('决定面试官填写哪张评价表', 'Decides the form on which it is assessed')}
                >
                    <Choice
                        name="round_type"
                        value={plan.roundType}
                        onChange={(roundType) => set({ roundType })}
                        none={t('无（没有评价表）', 'None (no form)')}
                        options={(refs?.round_types ?? []).map((x) => [x.id, both(x.name)])}
                    />
                </Field>
                <Field label={t('轮次', 'Round')}>
                    <Choice
                        name="round"
                        value={plan.round}
                        onChange={(round) => set({ round })}
                        none={t('接着上一轮', 'The one after the last')}
                        options={Array.from({ length: 10 }, (_, n) => String(n + 1)).map((n) => [
                            n,
                            t(`第 ${n} 轮`, `Round ${n}`),
                        ])}
                    />
                </Field>
            </div>
        </>
    );
}

export function PlanForm({
    application,
    start,
    except,
    okText,
    save,
}: {
    application: string;
    start: Plan;
    except?: string; // the interview that is changed
    okText: string;
    save: (plan: ReturnType<typeof toSend>) => Promise<unknown>;
}) {
    const t = useT();
    const refs = useReferences().data;
    const box = useRef<HTMLFormElement>(null);
    const { busy, run } = useDeed();
    const [plan, setPlan] = useState(start),
        [tried, setTried] = useState(false),
        [sure, setSure] = useState(false);
    const set = (p: Partial<Plan>) => setPlan((before) => ({ ...before, ...p }));
    // A new interview is assessed on a form, unless the recruiter chooses none.
    const first = except ? '' : (refs?.round_types?.[0]?.id ?? '');
    useEffect(() => {
        if (first) setPlan((before) => (before.roundType ? before : { ...before, roundType: first }));
    }, [first]);
    const wrong = tried ? problemsOf(plan) : {};
    const conflicts = useConflicts(plan, application, except).data ?? [];
    const part = { plan, set };
    return (
        <form
            className="form sheet-form"
            ref={box}
            noValidate
            onSubmit={(e) => {
                e.preventDefault();
                setTried(true);
                if (Object.keys(problemsOf(plan)).length) {
                    requestAnimationFrame(() => {
                        const at = box.current?.querySelector('[aria-invalid=true]');
                        const to = at?.matches('fieldset') ? at.querySelector('input') : at;
                        (to as HTMLElement | null)?.focus();
                    });
                    return;
                }
                if (conflicts.length) setSure(true);
                else run(() => save(toSend(plan)));
            }}
        >
            <Times {...part} wrong={wrong} />
            <Checks
                label={t('面试官', 'Interviewers')}
                search={t('搜索面试官', 'Search people')}
                required
                value={plan.people}
                onChange={(people) => set({ people })}
                error={wrong.people}
                options={(refs?.users ?? []).map((u) => [u.id, both(u.name)])}
            />
            {refs?.cut?.includes('users') && (
                <p className="small muted">
                    {t('这里只列出前 500 位员工。', 'Only the first 500 people are offered here.')}
                </p>
            )}
            <Place {...part} refs={refs} />
            <Conflicts found={conflicts} />
            <Round {...part} refs={refs} stage={start.stage} />
            <Field label={t('备注', 'Remark')}>
                <Text
                    rows={2}
                    name="remark"
                    value={plan.remark}
                    onChange={(remark) => set({ remark })}
                    maxLength={2000}
                />
            </Field>
            <Button htmlType="submit" theme="solid" block loading={busy}>
                {okText}
            </Button>
            <Ask
                open={sure}
                close={() => setSure(false)}
                title={t('时间有冲突，仍然保存？', 'Save in spite of the conflict?')}
                text={<Conflicts found={conflicts} />}
                okText={t('仍然保存', 'Save anyway')}
                act={() => save(toSend(plan))}
            />
        </form>
    );
}
