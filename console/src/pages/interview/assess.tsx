// SPDX-License-Identifier: Apache-2.0
//
// The assessment form: the conclusion, then the form's questions; a draft is saved with every change.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiError, post } from '../../api';
import { both, clock, dateTime, tr, useT } from '../../base';
import type { Form, Interview, Named, Question } from '../../types';
import { Ask as Confirm, Button, done } from '../../ui';
import { conclusion } from '../../words';
import { useDraft } from './draft';
import { Ask, Group } from './question';
import {
    ABSENT,
    asked,
    CONCLUSION,
    problems,
    RECORD,
    refusedField,
    SCORE,
    toSend,
    type Answer,
    type Sheet,
} from './rules';

// Without a feedback form, only the free-text record is asked for.
const plainRecord: Question = { id: 'record', type: RECORD, name: { zh_cn: '记录', en_us: 'Notes' } };

function valueOf(q: Question, sheet: Sheet): Answer {
    if (q.type === SCORE) return sheet.score ? { options: [sheet.score] } : {};
    if (q.type === RECORD) return { text: sheet.content };
    return sheet.answers[q.id] ?? {};
}
function withValue(q: Question, sheet: Sheet, a: Answer): Sheet {
    if (q.type === SCORE) return { ...sheet, score: a.options?.[0] ?? '' };
    if (q.type === RECORD) return { ...sheet, content: a.text ?? '' };
    return { ...sheet, answers: { ...sheet.answers, [q.id]: a } };
}

function Verdict({ value, set, error }: { value: string; set: (v: string) => void; error?: string }) {
    const t = useT();
    return (
        <Group name={t('结论', 'Result')} required error={error}>
            <div className="verdicts">
                {[1, 2, 6, 5].map((n) => {
                    const c = conclusion(n);
                    return (
                        <label key={n} className={`t-${c.tone}`}>
                            <input
                                type="radio"
                                name="conclusion"
                                checked={value === String(n)}
                                onChange={() => set(String(n))}
                            />
                            {c.text}
                        </label>
                    );
                })}
            </div>
        </Group>
    );
}

// Questions are grouped under their module's name; the built-in module has no name.
function modulesOf(questions: Question[]) {
    const modules: { id: string; first: Question; questions: Question[] }[] = [];
    for (const q of questions) {
        const last = modules[modules.length - 1];
        if (last && last.id === (q.module_id ?? '')) last.questions.push(q);
        else modules.push({ id: q.module_id ?? '', first: q, questions: [q] });
    }
    return modules;
}

function Questions({
    questions,
    sheet,
    save,
    levels,
    wrong,
}: {
    questions: Question[];
    sheet: Sheet;
    save: (s: Sheet) => void;
    levels: Named[];
    wrong: Record<string, string>;
}) {
    const one = (q: Question) => (
        <Ask
            key={q.id}
            q={q}
            value={valueOf(q, sheet)}
            set={(a) => save(withValue(q, sheet, a))}
            levels={levels}
            error={wrong[q.id]}
        />
    );
    return (
        <>
            {modulesOf(questions).map((m) =>
                m.questions.some((q) => q.type === SCORE || q.type === RECORD) ? (
                    m.questions.map(one)
                ) : (
                    <fieldset key={m.id}>
                        <legend>{both(m.first.module)}</legend>
                        {both(m.first.module_description) && (
                            <p className="muted small">{both(m.first.module_description)}</p>
                        )}
                        {m.questions.map(one)}
                    </fieldset>
                ),
            )}
        </>
    );
}

function DraftNote({ at, failed, discard }: { at?: number; failed: boolean; discard: () => void }) {
    const t = useT();
    if (failed)
        return (
            <p className="note t-amber" role="alert">
                {t(
                    '这个浏览器无法保存草稿，离开前请提交。',
                    'This browser cannot save drafts. Submit before you leave this page.',
                )}
            </p>
        );
    if (!at) return null;
    const today = new Date(at).toDateString() === new Date().toDateString();
    const when = today ? clock(at) : dateTime(at);
    return (
        <p className="row small muted draft-note">
            <span role="status">{t(`草稿已保存在这台设备上（${when}）`, `Draft saved on this device (${when})`)}</span>
            <Button size="small" type="danger" onClick={discard}>
                {t('丢弃草稿', 'Discard draft')}
            </Button>
        </p>
    );
}

// If the draft cannot be saved, the page asks before the user leaves it.
function useLeaveGuard(on: boolean) {
    useEffect(() => {
        if (!on) return;
        const ask = (e: BeforeUnloadEvent) => e.preventDefault();
        addEventListener('beforeunload', ask);
        return () => removeEventListener('beforeunload', ask);
    }, [on]);
}

function goToFirstWrong(form: HTMLFormElement | null) {
    const at = form?.querySelector('[aria-invalid=true], .question:has(.err)');
    const control = at?.matches('input, textarea, select') ? at : at?.querySelector('input, select, textarea');
    at?.scrollIntoView({ block: 'center' });
    (control as HTMLElement | null | undefined)?.focus({ preventScroll: true });
}

export function Assess({
    interview,
    form,
    levels,
    account,
}: {
    interview: Interview;
    form?: Form;
    levels: Named[];
    account: string;
}) {
    const t = useT();
    const qc = useQueryClient();
    const box = useRef<HTMLFormElement>(null);
    const draft = useDraft(account, interview.id);
    const [tried, setTried] = useState(false),
        [refused, setRefused] = useState<Record<string, string>>({}),
        [ask, setAsk] = useState<'' | 'submit' | 'discard'>('');
    const { questions, sheet } = asked(form, draft.sheet);
    const absent = sheet.conclusion === ABSENT;
    const shown = (form ? questions : [plainRecord]).filter(
        (q) => q.type !== CONCLUSION && (!absent || q.type === RECORD),
    );
    const wrong = { ...refused, ...(tried ? problems(questions, sheet, levels) : {}) };
    useLeaveGuard(draft.failed && draft.at !== undefined);
    const save = (s: Sheet) => {
        setRefused({});
        draft.save(s);
    };
    const submit = async () => {
        try {
            await post(`interviews/${interview.id}/assess`, toSend(form, draft.sheet));
        } catch (e) {
            const field = e instanceof ApiError ? refusedField(form, e) : undefined;
            if (!field) throw e;
            setAsk('');
            setRefused({
                [field]: tr(
                    '服务器没有接受这个答案，请检查',
                    'The server did not accept this answer. Please check it.',
                ),
            });
            return;
        }
        draft.drop();
        done(t('评价已提交', 'Assessment submitted'));
        await Promise.all(
            ['interview', 'interviews', 'application'].map((k) => qc.invalidateQueries({ queryKey: [k] })),
        );
    };
    return (
        <section className="card assess" aria-labelledby="assess">
            <h2 id="assess">{t('写评价', 'Your assessment')}</h2>
            <p className="muted small">
                {form
                    ? both(form.name)
                    : t(
                          '这场面试没有评价表，只写结论和记录。',
                          'This interview has no assessment form. Add a result and a record.',
                      )}
            </p>
            <form
                className="form"
                ref={box}
                noValidate
                onSubmit={(e) => {
                    e.preventDefault();
                    setTried(true);
                    if (!Object.keys(problems(questions, sheet, levels)).length) return setAsk('submit');
                    requestAnimationFrame(() => goToFirstWrong(box.current));
                }}
            >
                <Verdict
                    value={sheet.conclusion}
                    set={(c) => save({ ...draft.sheet, conclusion: c })}
                    error={wrong.conclusion}
                />
                <Questions questions={shown} sheet={draft.sheet} save={save} levels={levels} wrong={wrong} />
                <div className="row">
                    <Button htmlType="submit" theme="solid">
                        {t('提交评价', 'Submit assessment')}
                    </Button>
                    {tried && !!Object.keys(wrong).length && (
                        <span className="err" role="status">
                            {t(
                                `还有 ${Object.keys(wrong).length} 处没有填好`,
                                `${Object.keys(wrong).length === 1 ? '1 answer needs' : `${Object.keys(wrong).length} answers need`} your attention`,
                            )}
                        </span>
                    )}
                </div>
                <DraftNote at={draft.at} failed={draft.failed} discard={() => setAsk('discard')} />
            </form>
            <Confirm
                open={ask === 'submit'}
                close={() => setAsk('')}
                title={t('提交评价？', 'Submit this assessment?')}
                text={t(
                    '提交后不能再修改；招聘同事和已提交的面试官可以看到。',
                    'You cannot change it after you submit. Recruiters, and interviewers who have submitted theirs, can read it.',
                )}
                okText={t('提交', 'Submit')}
                act={submit}
            />
            <Confirm
                open={ask === 'discard'}
                close={() => setAsk('')}
                danger
                title={t('丢弃草稿？', 'Discard this draft?')}
                text={t('写下的内容会被删除。', 'Everything you wrote will be deleted.')}
                okText={t('丢弃', 'Discard')}
                act={async () => {
                    draft.drop();
                    setTried(false);
                }}
            />
        </section>
    );
}
