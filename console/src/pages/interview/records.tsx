// SPDX-License-Identifier: Apache-2.0
//
// The assessments of each interviewer: conclusion, score, answers, record.
import { both, dateTime, isZhNow, useT } from '../../base';
import type { Answered, InterviewAnswers, InterviewDetail, InterviewRecord } from '../../types';
import { Pill } from '../../ui';
import { conclusion } from '../../words';
import { JOB_LEVEL } from './rules';

function Said({ a }: { a: Answered }) {
    const t = useT();
    if (a.dimension_content) return <span className="said">{a.dimension_content}</span>;
    if (a.dimension_options?.length) return <>{a.dimension_options.map((o) => both(o.name)).join(t('、', ', '))}</>;
    if (a.dimension_option)
        return (
            <>
                {both(a.dimension_option.name)}
                {a.dimension_option.score_val !== undefined &&
                    t(`（${a.dimension_option.score_val} 分）`, ` (${a.dimension_option.score_val})`)}
            </>
        );
    if (a.dimension_type === JOB_LEVEL) {
        const { lower_limit_job_level_name: low, higher_limit_job_level_name: high } = a.recommended_job_level ?? {};
        if (!low) return <>{t('无法判断', 'Unable to judge')}</>;
        return <>{both(low) === both(high) ? both(low) : `${both(low)} – ${both(high)}`}</>;
    }
    return (
        <>
            {a.dimension_score !== undefined &&
                t(`${a.dimension_score} 分`, a.dimension_score === 1 ? '1 point' : `${a.dimension_score} points`)}
        </>
    );
}

function Answers({ answers }: { answers: InterviewAnswers }) {
    return (
        <>
            {answers.module_assessments?.map((m, n) => (
                <div key={n} className="answers">
                    <h4>{both(m.module_name)}</h4>
                    <dl className="dl">
                        {m.dimension_assessments?.map((a) => [
                            <dt key="t">{both(a.dimension_name)}</dt>,
                            <dd key="d">
                                <Said a={a} />
                            </dd>,
                        ])}
                    </dl>
                </div>
            ))}
        </>
    );
}

function Score({ r, answers }: { r: InterviewRecord; answers?: InterviewAnswers }) {
    const t = useT();
    const s = r.interview_score,
        sum = answers?.record_score;
    return (
        <>
            {s && (
                <span className="chip">
                    {s.level !== undefined && `${s.level} · `}
                    {isZhNow() ? s.zh_name || s.en_name : s.en_name || s.zh_name}
                </span>
            )}
            {sum?.score !== undefined && (
                <span className="chip">
                    {t(`总分 ${sum.score} / ${sum.total_score}`, `${sum.score} of ${sum.total_score} points`)}
                </span>
            )}
        </>
    );
}

function Record({ r, answers, own }: { r: InterviewRecord; answers?: InterviewAnswers; own: boolean }) {
    const t = useT();
    return (
        <li className="record">
            <div className="row">
                <h3>
                    {both(r.interviewer?.name).trim() || t('面试官', 'Interviewer')}
                    {own && <span className="muted"> {t('（你）', '(you)')}</span>}
                </h3>
                <Pill {...conclusion(r.conclusion)} />
                <Score r={r} answers={answers} />
                {answers?.submit_time && <span className="muted small when">{dateTime(answers.submit_time)}</span>}
            </div>
            {answers && <Answers answers={answers} />}
            {r.content && <p className="said">{r.content}</p>}
        </li>
    );
}

export function Records({ d, me }: { d: InterviewDetail; me?: string }) {
    const t = useT();
    const i = d.interview;
    const others = (i.interviewers?.length ?? 0) - 1;
    // A user who has yet to submit has the form above, so an own empty record is left out.
    const records = (d.records ?? []).filter((r) => !(i.may_assess && r.user_id === me));
    return (
        <section className="card" aria-labelledby="records">
            <h2 id="records">{t('评价', 'Assessments')}</h2>
            {i.may_assess ? (
                <p className="muted">
                    {others > 0
                        ? t(
                              '你提交之后，才能看到其他面试官的评价。',
                              "You can see the other interviewers' assessments once you submit yours.",
                          )
                        : t('你是唯一的面试官。', 'You are the only interviewer.')}
                </p>
            ) : !records.length ? (
                <p className="muted">{t('没有面试官。', 'No interviewers.')}</p>
            ) : (
                <ul className="records">
                    {records.map((r) => (
                        <Record
                            key={r.id}
                            r={r}
                            answers={d.answers?.find((a) => a.id === r.id)}
                            own={!!me && r.user_id === me}
                        />
                    ))}
                </ul>
            )}
        </section>
    );
}
