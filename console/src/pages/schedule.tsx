// SPDX-License-Identifier: Apache-2.0
//
// Scheduling an interview.
import { useState } from 'react';
import { post } from '../api';
import type { Application } from '../types';
import { both, useT } from '../base';
import { Button, Checks, Choice, done, Field, Text, useDeed } from '../ui';
import { videoTypes } from '../words';
import { useReferences } from './applications';

export function ScheduleForm({ application, done: finish }: { application: Application; done: (id: string) => void }) {
    const t = useT();
    const refs = useReferences().data;
    const { busy, run } = useDeed();
    const [date, setDate] = useState(new Date(Date.now() + 86400000).toLocaleDateString('sv')),
        [from, setFrom] = useState('14:00'),
        [minutes, setMinutes] = useState('60');
    const [people, setPeople] = useState<string[]>([]),
        [type, setType] = useState('3'),
        [video, setVideo] = useState('5'),
        [stage, setStage] = useState(application.stage?.id ?? '');
    const [round, setRound] = useState(''),
        [rooms, setRooms] = useState<string[]>([]),
        [address, setAddress] = useState(''),
        [remark, setRemark] = useState(''),
        [tried, setTried] = useState(false);
    const begin = new Date(`${date}T${from}`).getTime();
    return (
        <form
            className="form"
            noValidate
            style={{ paddingBottom: 24 }}
            onSubmit={(e) => {
                e.preventDefault();
                setTried(true);
                if (!begin || !people.length) return;
                run(async () => {
                    const r = await post<{ interview_id: string }>('interviews', {
                        application_id: application.id,
                        begin_time: String(begin),
                        end_time: String(begin + Number(minutes) * 60000),
                        interviewers: people,
                        interview_type: Number(type),
                        ...(type === '3' && { video_type: Number(video) }),
                        ...(stage && { stage_id: stage }),
                        ...(round && { round_type_id: round }),
                        ...(rooms.length && { room_ids: rooms }),
                        ...(type === '1' && address && { address_id: address }),
                        ...(remark.trim() && { remark: remark.trim() }),
                    });
                    done(t('面试已安排', 'The interview is scheduled'));
                    finish(r.interview_id);
                });
            }}
        >
            <Field label={t('日期', 'Date')} required>
                <Text type="date" value={date} onChange={setDate} />
            </Field>
            <div className="two">
                <Field label={t('开始', 'Begins')} required>
                    <Text type="time" value={from} onChange={setFrom} />
                </Field>
                <Field label={t('时长', 'Lasts')}>
                    <Choice
                        value={minutes}
                        onChange={setMinutes}
                        options={['30', '45', '60', '90', '120'].map((m) => [m, t(`${m} 分钟`, `${m} minutes`)])}
                    />
                </Field>
            </div>
            <Checks
                label={t('面试官', 'Interviewers')}
                required
                value={people}
                onChange={setPeople}
                error={tried && !people.length ? t('请至少选一位', 'Choose one at least') : undefined}
                options={(refs?.users ?? []).map((u) => [u.id, both(u.name)])}
            />
            <div className="two">
                <Field label={t('方式', 'How')}>
                    <Choice
                        value={type}
                        onChange={setType}
                        options={[
                            ['3', t('视频', 'By video')],
                            ['2', t('电话', 'By phone')],
                            ['1', t('现场', 'On site')],
                        ]}
                    />
                </Field>
                {type === '3' ? (
                    <Field label={t('视频工具', 'Video tool')}>
                        <Choice
                            value={video}
                            onChange={setVideo}
                            options={videoTypes.map((v) => [String(v[0]), t(v[1], v[2])])}
                        />
                    </Field>
                ) : type === '1' ? (
                    <Field label={t('地点', 'Address')}>
                        <Choice
                            value={address}
                            onChange={setAddress}
                            none={t('请选择', 'Choose')}
                            options={(refs?.locations ?? []).map((x) => [x.id, both(x.name)])}
                        />
                    </Field>
                ) : (
                    <span />
                )}
            </div>
            <div className="two">
                <Field label={t('阶段', 'Stage')}>
                    <Choice
                        value={stage}
                        onChange={setStage}
                        none="—"
                        options={(refs?.stages ?? []).map((x) => [x.id, both(x.name)])}
                    />
                </Field>
                <Field label={t('轮次类型', 'Kind of round')}>
                    <Choice
                        value={round}
                        onChange={setRound}
                        none="—"
                        options={(refs?.round_types ?? []).map((x) => [x.id, both(x.name)])}
                    />
                </Field>
            </div>
            {!!refs?.rooms?.length && (
                <Checks
                    label={t('会议室', 'Meeting rooms')}
                    value={rooms}
                    onChange={setRooms}
                    options={refs.rooms.map((x) => [x.id, [both(x.name), x.detail].filter(Boolean).join(' · ')])}
                />
            )}
            <Field label={t('备注', 'Remark')}>
                <Text rows={2} value={remark} onChange={setRemark} maxLength={2000} />
            </Field>
            <Button htmlType="submit" theme="solid" block loading={busy}>
                {t('安排', 'Schedule')}
            </Button>
        </form>
    );
}
