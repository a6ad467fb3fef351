// SPDX-License-Identifier: Apache-2.0
//
// The filters of the request log, kept in the address.
import { useParam, useT } from '../../base';
import type { App } from '../../types';
import { AppFilter, FilterChoice, Text, Tick } from '../../ui';
import { useTitle } from '../tryapi/operations';
import type { Operation } from '../tryapi/spec';

export function Filters({ apps, operations }: { apps: App[]; operations: Operation[] }) {
    const t = useT();
    const title = useTitle();
    const [logId, setLogId] = useParam('log_id'),
        [failed, setFailed] = useParam('failed');
    return (
        <search className="filters">
            <Text
                className="search mono"
                type="search"
                aria-label={t('日志号', 'Log ID')}
                placeholder={t('日志号 X-Tt-Logid', 'Log ID (X-Tt-Logid)')}
                maxLength={40}
                value={logId}
                onChange={setLogId}
            />
            <AppFilter apps={apps} />
            <FilterChoice
                name="operation"
                label={t('接口', 'Operation')}
                all={t('所有接口', 'All operations')}
                options={operations.map((o) => [o.op['x-name'] ?? '', title(o)])}
            />
            <Tick checked={!!failed} onChange={(v) => setFailed(v ? '1' : undefined)}>
                {t('只看被拒绝的', 'Refused only')}
            </Tick>
        </search>
    );
}
