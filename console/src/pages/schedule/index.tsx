// SPDX-License-Identifier: Apache-2.0
//
// Scheduling an interview of an application.
import { useState } from 'react';
import { post } from '../../api';
import { useT } from '../../base';
import type { Application } from '../../types';
import { done } from '../../ui';
import { newPlan } from './model';
import { PlanForm } from './plan';

export function ScheduleForm({ application, done: finish }: { application: Application; done: (id: string) => void }) {
    const t = useT();
    const [start] = useState(() => newPlan(application.stage?.id));
    return (
        <PlanForm
            application={application.id}
            start={start}
            okText={t('安排', 'Schedule')}
            save={async (plan) => {
                const r = await post<{ interview_id: string }>('interviews', {
                    application_id: application.id,
                    plan,
                });
                done(t('面试已安排', 'Interview scheduled'));
                finish(r.interview_id);
            }}
        />
    );
}
