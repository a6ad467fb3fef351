// SPDX-License-Identifier: Apache-2.0
//
// The form for scheduling or rescheduling an interview.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { both, useT } from '../../base';
import type { References } from '../../types';
import { Ask, Button, Checks, Choice, Field, Text, touched, useDeed } from '../../ui';
import { videoTypes } from '../../words';
import { useReferences } from '../applications';
import { Conflicts, useConflicts } from './conflicts';
import { BY_PHONE, BY_VIDEO, gapsOf, ON_SITE, problemsOf, toSend, type Plan } from './model';
import { Times } from './when';

type Part = { plan: Plan; set: (p: Partial<Plan>) => void };

function Place({ plan, set, refs }: Part & { refs?: References }) {
    const t = useT();
    return (
        <>
            <div className="two">
                <Field label={t('方式', 'Format')}>
                    <Choice
                        name="type"
                        value={plan.type}
                        onChange={(type) => set({ type })}
                        options={[
                            [BY_VIDEO, t('视频', 'Video')],
                            [BY_PHONE, t('电话', 'Phone')],
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
                    <Field label={t('地点', 'Location')}>
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

// The stages to choose from: those of the process that contains the current stage of the application or of the interview.
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
                    none={t('投递所在的阶段', 'Current stage of the application')}
                    options={stagesOf(refs, stage).map((x) => [x.id, both(x.name)])}
                />
            </Field>
            <div className="two">
                <Field
                    label={t('轮次类型', 'Round type')}
                    hint={t('决定面试官填写哪张评价表', 'Determines which assessment form interviewers fill in')}
                >
                    <Choice
                        name="round_type"
                        value={plan.roundType}
                        onChange={(roundType) => set({ roundType })}
                        none={t('无（没有评价表）', 'None (no assessment form)')}
                        options={(refs?.round_types ?? []).map((x) => [x.id, both(x.name)])}
                    />
                </Field>
                <Field label={t('轮次', 'Round')}>
                    <Choice
                        name="round"
                        value={plan.round}
                        onChange={(round) => set({ round })}
                        none={t('接着上一轮', 'Next round')}
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
    notice,
    blocked,
}: {
    application: string;
    start: Plan;
    except?: string; // id of the interview that is rescheduled
    okText: string;
    save: (plan: ReturnType<typeof toSend>) => Promise<unknown>;
    // A notice to show above the save button. merge takes the fields that the user did not change from another plan.
    notice?: (merge: (before: Plan, now: Plan) => void) => ReactNode;
    blocked?: boolean; // saving is disabled
}) {
    const t = useT();
    const refs = useReferences().data;
    const box = useRef<HTMLFormElement>(null);
    const { busy, run } = useDeed();
    const [plan, setPlan] = useState(start),
        [tried, setTried] = useState(false),
        [sure, setSure] = useState(false);
    const set = (p: Partial<Plan>) => setPlan((before) => ({ ...before, ...p }));
    // A new interview gets a feedback form unless the recruiter selects none.
    const first = except ? '' : (refs?.round_types?.[0]?.id ?? '');
    useEffect(() => {
        if (first) setPlan((before) => (before.roundType ? before : { ...before, roundType: first }));
    }, [first]);
    const wrong = tried ? problemsOf(plan) : gapsOf(plan);
    const conflicts = useConflicts(plan, application, except).data ?? [];
    const part = { plan, set };
    const merge = (before: Plan, now: Plan) => setPlan({ ...now, ...touched(plan, before) });
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
            {notice?.(merge)}
            <Times {...part} wrong={wrong} />
            <Checks
                label={t('面试官', 'Interviewers')}
                search={t('搜索面试官', 'Search interviewers')}
                required
                value={plan.people}
                onChange={(people) => set({ people })}
                error={wrong.people}
                options={(refs?.users ?? []).map((u) => [u.id, both(u.name)])}
            />
            {refs?.cut?.includes('users') && (
                <p className="small muted">
                    {t('这里只列出前 500 位员工。', 'Only the first 500 employees are listed.')}
                </p>
            )}
            <Place {...part} refs={refs} />
            <Conflicts found={conflicts} />
            <Round {...part} refs={refs} stage={start.stage} />
            <Field label={t('备注', 'Notes')}>
                <Text
                    rows={2}
                    name="remark"
                    value={plan.remark}
                    onChange={(remark) => set({ remark })}
                    maxLength={2000}
                />
            </Field>
            <Button htmlType="submit" theme="solid" block loading={busy} disabled={blocked}>
                {okText}
            </Button>
            <Ask
                open={sure}
                close={() => setSure(false)}
                title={t('时间有冲突，仍然保存？', 'Save despite the conflict?')}
                text={<Conflicts found={conflicts} />}
                okText={t('仍然保存', 'Save anyway')}
                act={async () => void (await save(toSend(plan)))}
            />
        </form>
    );
}
