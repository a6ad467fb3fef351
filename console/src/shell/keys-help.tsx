// SPDX-License-Identifier: Apache-2.0
//
// The list of keyboard shortcuts, opened with "?".
import { useT } from '../base';
import type { Session } from '../types';
import { Dialog } from '../ui';
import { letters } from './keys';
import { items, may } from './nav';

function Keys({ keys }: { keys: string[] }) {
    return (
        <dt>
            {keys.map((k) => (
                <kbd key={k}>{k}</kbd>
            ))}
        </dt>
    );
}

export function KeysHelp({ session, open, close }: { session: Session; open: boolean; close: () => void }) {
    const t = useT();
    const rows: [string[], string][] = [
        [['/'], t('到搜索框', 'Go to search')],
        [['↓', '↑'], t('从搜索框到列表，逐行移动', 'Move from the search box into the list, row by row')],
        [['←', '→'], t('面试日历：上一周、下一周', 'Interviews: previous or next week')],
        [['t'], t('面试日历：本周', 'Interviews: this week')],
        [['Esc'], t('关闭弹窗', 'Close the open dialog')],
        [['?'], t('显示这些快捷键', 'Show keyboard shortcuts')],
    ];
    const places = items.filter((i) => letters[i.href] && may(session, i.roles));
    return (
        <Dialog title={t('快捷键', 'Keyboard shortcuts')} open={open} close={close} width={440}>
            <dl className="keys">
                {places.map((i) => (
                    <div key={i.href}>
                        <Keys keys={['g', letters[i.href]]} />
                        <dd>{t(`前往：${i.zh}`, `Go to ${i.en}`)}</dd>
                    </div>
                ))}
                {rows.map(([keys, text]) => (
                    <div key={text}>
                        <Keys keys={keys} />
                        <dd>{text}</dd>
                    </div>
                ))}
            </dl>
        </Dialog>
    );
}
