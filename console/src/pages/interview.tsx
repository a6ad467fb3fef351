// SPDX-License-Identifier: Apache-2.0
//
// One interview: when and where, what the interviewers said, and the form to say it on.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../api';
import type { Form, Interview } from '../types';
import { both, clock, dateTime, isZhNow, Link, useT } from '../base';
import { Ask, Button, Field, Head, Load, Pill, Text, done } from '../ui';
import { conclusion, interviewSummary, interviewType, videoType } from '../words';
import { useReferences } from './applications';

interface Rec {
    id: string;
    user_id?: string;
    content?: string;
    commit_status?: number;
    conclusion?: number;
    interview_score?: { level?: number; zh_name?: string; en_name?: string };
    interviewer?: { id: string; name?: { zh_cn?: string; en_us?: string } };
}

function Assess({ interview, form }: { interview: Interview; form?: Form }) {
    const t = useT();
    const qc = useQueryClient();
    const [verdict, setVerdict] = useState(''),
        [score, setScore] = useState(''),
        [content, setContent] = useState(''),
        [tried, setTried] = useState(false),
        [ask, setAsk] = useState(false);
    const scores = form?.dimensions?.find((x) => x.type === 11),
        needScore = !!scores?.is_required && verdict !== '5';
    return (
        <section className="card">
            <h2>{t('写评价', 'Your assessment')}</h2>
            {form && (
                <p className="muted small" style={{ marginBottom: 12 }}>
                    {both(form.name)}
                </p>
            )}
            <form
                className="form"
                noValidate
                onSubmit={(e) => {
                    e.preventDefault();
                    setTried(true);
                    if (verdict && (!needScore || score)) setAsk(true);
                }}
            >
                <fieldset>
                    <legend>
                        {t('结论', 'Conclusion')}{' '}
                        <span style={{ color: 'var(--red)' }} aria-hidden="true">
                            *
                        </span>
                    </legend>
                    <div className="checks">
                        {[1, 2, 6, 5].map((n) => (
                            <label key={n}>
                                <input
                                    type="radio"
                                    name="conclusion"
                                    checked={verdict === String(n)}
                                    onChange={() => setVerdict(String(n))}
                                />
                                {conclusion(n).text}
                            </label>
                        ))}
                    </div>
                    {tried && !verdict && (
                        <div className="small" role="alert" style={{ color: 'var(--red)' }}>
                            {t('请选择结论', 'Choose a conclusion')}
                        </div>
                    )}
                </fieldset>
                {scores?.options && (
                    <fieldset>
                        <legend>
                            {both(scores.name)}
                            {needScore && (
                                <span style={{ color: 'var(--red)' }} aria-hidden="true">
                                    {' '}
                                    *
                                </span>
                            )}
                        </legend>
                        {scores.options.map((o) => (
                            <label className="tick" key={o.id}>
                                <input
                                    type="radio"
                                    name="score"
                                    checked={score === o.id}
                                    onChange={() => setScore(o.id)}
                                />
                                <span>
                                    {o.level ? `${o.level} · ` : ''}
                                    {both(o.name)} <span className="muted small">{both(o.description)}</span>
                                </span>
                            </label>
                        ))}
                        {tried && needScore && !score && (
                            <div className="small" role="alert" style={{ color: 'var(--red)' }}>
                                {t('请选择得分', 'Choose a score')}
                            </div>
                        )}
                    </fieldset>
                )}
                <Field
                    label={t('记录', 'Record')}
                    hint={t('提问、回答和你的判断', 'Questions, answers and your judgement')}
                >
                    <Text rows={8} value={content} onChange={setContent} maxLength={20000} name="content" />
                </Field>
                <Button htmlType="submit" theme="solid">
                    {t('提交评价', 'Submit')}
                </Button>
            </form>
            <Ask
                open={ask}
                close={() => setAsk(false)}
                title={t('提交评价？', 'Submit the assessment?')}
                text={t('提交后不能再修改。', 'It cannot be changed afterwards.')}
                okText={t('提交', 'Submit')}
                act={async () => {
                    await post(`interviews/${interview.id}/assess`, {
                        conclusion: Number(verdict),
                        ...(content.trim() && { content: content.trim() }),
                        ...(score && { score_id: score }),
                    });
                    done(t('评价已提交', 'Submitted'));
                    await Promise.all(
                        ['interview', 'interviews', 'application'].map((k) => qc.invalidateQueries({ queryKey: [k] })),
                    );
                }}
            />
        </section>
    );
}

export default function InterviewPage({ id }: { id: string }) {
    const t = useT();
    const refs = useReferences().data;
    const q = useQuery({
        queryKey: ['interview', id],
        queryFn: () => get<{ interview: Interview; records?: Rec[]; form_id?: string }>(`interviews/${id}`),
    });
    return (
        <Load q={q} title={t('面试', 'Interview')}>
            {(d) => {
                const i = d.interview;
                return (
                    <>
                        <Head
                            title={i.talent_name || t('面试', 'Interview')}
                            crumb={
                                <Link className="crumb" href="/interviews">
                                    ← {t('面试', 'Interviews')}
                                </Link>
                            }
                            sub={
                                <span className="row tight">
                                    {i.job_title}
                                    <Pill {...interviewSummary(i.interview_round_summary)} />
                                </span>
                            }
                        >
                            <Link href={`/applications/${i.application_id}`}>{t('查看投递', 'The application')}</Link>
                        </Head>
                        <div className="cols">
                            <div>
                                {i.may_assess && (
                                    <Assess interview={i} form={refs?.forms?.find((f) => f.id === d.form_id)} />
                                )}
                                <section className="card">
                                    <h2>{t('评价', 'Assessments')}</h2>
                                    {!d.records?.length ? (
                                        <p className="muted">{t('还没有评价', 'None yet')}</p>
                                    ) : (
                                        <ul className="reports">
                                            {d.records.map((r) => (
                                                <li key={r.id} style={{ display: 'block' }}>
                                                    <div className="row">
                                                        <b>{both(r.interviewer?.name)}</b>
                                                        <Pill {...conclusion(r.conclusion)} />
                                                        {r.interview_score && (
                                                            <span className="chip">
                                                                {r.interview_score.level} ·{' '}
                                                                {isZhNow()
                                                                    ? r.interview_score.zh_name
                                                                    : r.interview_score.en_name}
                                                            </span>
                                                        )}
                                                    </div>
                                                    {r.content && (
                                                        <p style={{ marginTop: 6, whiteSpace: 'pre-wrap' }}>
                                                            {r.content}
                                                        </p>
                                                    )}
                                                </li>
                                            ))}
                                        </ul>
                                    )}
                                </section>
                            </div>
                            <section className="card">
                                <h2>{t('安排', 'Arrangement')}</h2>
                                <dl className="dl">
                                    <dt>{t('时间', 'Time')}</dt>
                                    <dd>
                                        {dateTime(i.begin_time)} – {clock(i.end_time)}
                                    </dd>
                                    <dt>{t('方式', 'How')}</dt>
                                    <dd>
                                        {[
                                            interviewType(i.interview_type),
                                            i.interview_type === 3 && videoType(i.video_type),
                                        ]
                                            .filter(Boolean)
                                            .join(' · ') || '—'}
                                    </dd>
                                    <dt>{t('阶段', 'Stage')}</dt>
                                    <dd>{both(i.stage?.name) || '—'}</dd>
                                    <dt>{t('轮次', 'Round')}</dt>
                                    <dd>
                                        {t(`第 ${(i.round ?? 0) + 1} 轮`, `${(i.round ?? 0) + 1}`)}{' '}
                                        {both(i.round_type?.name)}
                                    </dd>
                                    <dt>{t('地点', 'Place')}</dt>
                                    <dd>{[...(i.rooms ?? []), both(i.address)].filter(Boolean).join(' · ') || '—'}</dd>
                                    {i.remark && (
                                        <>
                                            <dt>{t('备注', 'Remark')}</dt>
                                            <dd>{i.remark}</dd>
                                        </>
                                    )}
                                </dl>
                            </section>
                        </div>
                    </>
                );
            }}
        </Load>
    );
}
