// SPDX-License-Identifier: Apache-2.0
//
// Erasing a person's data: find the person, review the records, give a reason, see the result.
import { useState } from 'react';
import { Link, useT } from '../../../base';
import type { console_erasure, console_talent } from '../../../wire';
import { Confirm } from './confirm';
import { Counts } from './counts';
import { Find } from './find';

function Done({ talent, n }: { talent: string; n: console_erasure }) {
    const t = useT();
    const ended = n.terminated ?? 0;
    return (
        <section className="card" role="status">
            <h2>{t('已删除', 'Erased')}</h2>
            <p className="muted small">
                {t('人才 ID', 'Talent ID')} <span className="mono">{talent}</span>
                {ended > 0 &&
                    t(
                        `；终止了 ${ended} 个进行中的背调`,
                        `; ${ended} background ${ended === 1 ? 'check' : 'checks'} in progress terminated`,
                    )}
            </p>
            <Counts n={n} label={t('改动的记录', 'Changed records')} />
            <Link href={`/settings/audit?subject=${talent}`}>{t('在审计日志里查看', 'View in audit log')}</Link>
        </section>
    );
}

export function Erasure() {
    const t = useT();
    const [text, setText] = useState(''),
        [person, setPerson] = useState<console_talent>(),
        [result, setResult] = useState<{ talent: string; n: console_erasure }>();
    return (
        <div className="narrowpage">
            {result && <Done {...result} />}
            <section className="card">
                <h2>{t('删除一个人的个人数据', 'Erase personal data')}</h2>
                <p className="muted lead">
                    {t(
                        '候选人要求删除时使用。关于这个人的内容会从所有记录和文件里删除，无法恢复；记录本身保留。备份和已导出的文件不受影响。',
                        'Use this when a candidate asks for their data to be erased. Everything about the person is permanently removed from all records and files; the records themselves are kept. Backups and exported files are not affected.',
                    )}
                </p>
                <Find text={text} setText={setText} choose={setPerson} />
            </section>
            {person && (
                <Confirm
                    person={person}
                    close={() => setPerson(undefined)}
                    erased={(n) => {
                        setResult({ talent: person.talent_id ?? '', n });
                        setPerson(undefined);
                        setText('');
                    }}
                />
            )}
        </div>
    );
}
