// SPDX-License-Identifier: Apache-2.0
//
// The list of deliveries with its filters.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api';
import { Link, useParam, useT } from '../../base';
import type { App, Delivery, Page } from '../../types';
import { allOf, AppFilter, FilterChoice, Listing, Pill, Rows, State, usePages, When, NothingFits } from '../../ui';
import { deliveryError, deliveryState } from '../../words';
import { eventName } from './names';

export const useApps = () => useQuery({ queryKey: ['apps'], queryFn: () => get<Page<App>>('apps') });
export const useKnown = () =>
    useQuery({
        queryKey: ['scopes'],
        staleTime: Infinity,
        queryFn: () => get<{ scopes?: string[]; event_types?: string[] }>('scopes'),
    });
const states = ['waiting', 'retrying', 'delivered', 'given_up', 'superseded'];

function Filters() {
    const t = useT();
    const apps = useApps().data?.items ?? [],
        types = useKnown().data?.event_types ?? [];
    return (
        <search className="filters">
            <FilterChoice
                name="state"
                label={t('状态', 'Status')}
                all={t('所有状态', 'All statuses')}
                options={states.map((s) => [s, deliveryState(s).text])}
            />
            <AppFilter apps={apps} />
            <FilterChoice
                name="type"
                label={t('类型', 'Type')}
                all={t('所有类型', 'All types')}
                options={types.map((x) => [x, eventName(x)])}
            />
        </search>
    );
}

function Line({ delivery: d }: { delivery: Delivery }) {
    const t = useT();
    return (
        <li>
            <Link className="line" href={`/events/${d.event_id}`}>
                <span className="two-lines">
                    <b className="clip">{eventName(d.type)}</b>
                    <span className="mono muted clip">{d.type}</span>
                </span>
                <span className="clip">{d.app_name}</span>
                <span>
                    <Pill {...deliveryState(d.state)} />
                </span>
                <span className="small muted clip">
                    {d.last_status ? `HTTP ${d.last_status}` : deliveryError(d.last_error) || '—'}
                    {d.attempts
                        ? t(` · ${d.attempts} 次`, d.attempts === 1 ? ' · 1 attempt' : ` · ${d.attempts} attempts`)
                        : ''}
                </span>
                <span className="when small muted">
                    <When ms={d.create_time} />
                </span>
            </Link>
        </li>
    );
}

function List() {
    const t = useT();
    const [state] = useParam('state'),
        [app] = useParam('app'),
        [type] = useParam('type');
    const q = usePages<Delivery>(['events'], 'events', { state, app_id: app, type, page_size: 50 });
    const rows = allOf(q);
    const empty =
        state || app || type ? (
            <NothingFits title={t('没有符合条件的推送', 'No matching deliveries')} />
        ) : (
            <State
                kind="empty"
                title={t('还没有事件', 'No events yet')}
                text={t(
                    '应用订阅事件后，这里会显示每次推送。',
                    'Deliveries appear here once an app subscribes to events.',
                )}
            />
        );
    return (
        <Listing q={q} empty={empty}>
            <Rows
                label={t('事件', 'Events')}
                cols="minmax(0,1.6fr) minmax(0,1.5fr) 110px minmax(0,1.5fr) 100px"
                heads={[
                    t('事件', 'Event'),
                    t('应用', 'App'),
                    t('状态', 'Status'),
                    t('最后一次', 'Last attempt'),
                    t('时间', 'Time'),
                ]}
            >
                {rows.map((d) => (
                    <Line key={d.event_id + d.app_id} delivery={d} />
                ))}
            </Rows>
        </Listing>
    );
}

export function Deliveries() {
    return (
        <>
            <Filters />
            <List />
        </>
    );
}
