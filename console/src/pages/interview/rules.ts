// SPDX-License-Identifier: Apache-2.0
//
// The rules of a feedback form, equal to the server's (src/hire/interview/form.c): which questions are asked, which answers are
// missing, and the format in which answers are sent.
import type { ApiError } from '../../api';
import { tr } from '../../base';
import type { Form, Named, Question } from '../../types';

export const SINGLE = 1,
    MULTIPLE = 2,
    DESCRIPTION = 3,
    JOB_LEVEL = 5,
    SCORE_BY_CHOICE = 6,
    SCORE_BY_NUMBER = 7,
    CONCLUSION = 10,
    SCORE = 11,
    RECORD = 12;
export const ABSENT = '5';
export const TEXT_MAX = 20000;

export interface Answer {
    options?: string[];
    text?: string;
    score?: string;
    low?: string;
    high?: string;
    unclear?: boolean;
}
export interface Sheet {
    conclusion: string;
    score: string;
    content: string;
    answers: Record<string, Answer>;
}
export const emptySheet: Sheet = { conclusion: '', score: '', content: '', answers: {} };
export const isBlank = (s: Sheet) =>
    !s.conclusion && !s.score && !s.content.trim() && Object.values(s.answers).every(isEmpty);

export function isEmpty(a?: Answer) {
    return !a || (!a.options?.length && !a.text?.trim() && !a.score?.trim() && !a.low && !a.high && !a.unclear);
}
export const builtIn = (q: Question) => q.type >= CONCLUSION;

function answerTo(q: Question | undefined, sheet: Sheet): Answer {
    if (!q) return {};
    if (q.type === CONCLUSION) return { score: sheet.conclusion };
    if (q.type === SCORE) return sheet.score ? { options: [sheet.score] } : {};
    if (q.type === RECORD) return { text: sheet.content };
    return sheet.answers[q.id] ?? {};
}
const sameSet = (a: string[], b: string[]) => a.every((x) => b.includes(x)) && b.every((x) => a.includes(x));

function isAsked(q: Question, all: Question[], sheet: Sheet) {
    const settings = q.related?.related_dimension_settings ?? [];
    if (!settings.length) return true;
    const holds = settings.map((s) => {
        const a = answerTo(
            all.find((x) => x.id === s.dimension_id),
            sheet,
        );
        const given = a.options ?? [],
            wanted = s.dimension_option_ids ?? [];
        switch (s.related_operator_type) {
            case 1:
                return sameSet(given, wanted);
            case 2:
                return !sameSet(given, wanted);
            case 3:
                return wanted.some((x) => given.includes(x));
            case 4:
                return !wanted.some((x) => given.includes(x));
            case 5:
                return isEmpty(a);
            case 6:
                return !isEmpty(a);
            default:
                return true;
        }
    });
    return q.related?.type === 2 ? holds.some(Boolean) : holds.every(Boolean);
}
// Returns the questions to ask, and the sheet without answers to others. Removing an answer may hide further questions, so it
// repeats until nothing changes.
export function asked(form: Form | undefined, sheet: Sheet): { questions: Question[]; sheet: Sheet } {
    const all = form?.dimensions ?? [];
    let kept = sheet,
        questions = all;
    for (let n = 0; n <= all.length; n++) {
        questions = all.filter((q) => isAsked(q, all, kept));
        const ids = new Set(questions.map((q) => q.id));
        const answers = Object.fromEntries(Object.entries(kept.answers).filter(([id]) => ids.has(id)));
        if (Object.keys(answers).length === Object.keys(kept.answers).length) break;
        kept = { ...kept, answers };
    }
    return { questions, sheet: kept };
}

const missing = () => tr('这道题必填', 'This question is required');
function problemOf(q: Question, sheet: Sheet, levels: Named[]): string | undefined {
    const a = answerTo(q, sheet),
        rank = (id?: string) => levels.findIndex((l) => l.id === id);
    if (isEmpty(a)) return q.is_required ? missing() : undefined;
    const byNumber = q.type === SCORE_BY_NUMBER || (q.type === SCORE_BY_CHOICE && !q.options?.length);
    if (byNumber) {
        const n = Number(a.score);
        if (!Number.isInteger(n) || n < (q.lower ?? 0) || n > (q.upper ?? 100))
            return tr(`请填 ${q.lower} 到 ${q.upper} 之间的整数`, `Enter a whole number from ${q.lower} to ${q.upper}`);
    }
    if (q.type === JOB_LEVEL && !a.unclear) {
        if (!a.low || !a.high) return tr('请选择最低和最高职级', 'Select a lowest and a highest level');
        if (rank(a.low) > rank(a.high))
            return tr('最低职级不能高于最高职级', 'The lowest level cannot be above the highest level');
    }
    return undefined;
}
// The problems by question id ("conclusion" for the conclusion). If the candidate did not attend, nothing else is checked.
export function problems(questions: Question[], sheet: Sheet, levels: Named[]): Record<string, string> {
    const found: Record<string, string> = {};
    if (!sheet.conclusion) found.conclusion = tr('请选择结论', 'Select a result');
    if (sheet.conclusion === ABSENT) return found;
    for (const q of questions) {
        const why = q.type === CONCLUSION ? undefined : problemOf(q, sheet, levels);
        if (why) found[q.id] = why;
    }
    return found;
}

export function toSend(form: Form | undefined, sheet: Sheet) {
    const { sheet: kept } = asked(form, sheet);
    const absent = kept.conclusion === ABSENT,
        content = kept.content.trim();
    const answers = Object.entries(kept.answers)
        .filter(([, a]) => !isEmpty(a))
        .map(([id, a]) => ({
            dimension_id: id,
            ...(a.options?.length && { option_ids: a.options }),
            ...(a.text?.trim() && { text: a.text.trim() }),
            ...(a.score?.trim() && { score: Number(a.score) }),
            ...(a.unclear
                ? { not_evident: true }
                : { ...(a.low && { lower_level_id: a.low }), ...(a.high && { higher_level_id: a.high }) }),
        }));
    return {
        conclusion: Number(kept.conclusion),
        ...(content && { content }),
        ...(!absent && kept.score && { score_id: kept.score }),
        ...(!absent && answers.length && { answers }),
    };
}
// The question whose answer the server refused.
export function refusedField(form: Form | undefined, e: ApiError): string | undefined {
    const of = (type: number) => form?.dimensions?.find((q) => q.type === type)?.id;
    if (e.reason !== 'answer') return undefined;
    return e.subject === 'score_id' ? of(SCORE) : e.subject === 'content' ? of(RECORD) : e.subject;
}
