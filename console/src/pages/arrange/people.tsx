// SPDX-License-Identifier: Apache-2.0
//
// The people of an order: the candidate, the contacts for the vendor, and the remark.
import { useState } from 'react';
import { useT } from '../../base';
import { Choice, Field, Text } from '../../ui';
import { geos } from '../../words';

export function usePerson(first?: { name?: string; mobile?: string; email?: string }) {
    const [name, setName] = useState(first?.name ?? ''),
        [mobile, setMobile] = useState(first?.mobile ?? ''),
        [email, setEmail] = useState(first?.email ?? '');
    return { name, setName, mobile, setMobile, email, setEmail };
}
export type Person = ReturnType<typeof usePerson>;

// The vendor needs at least one way to contact the candidate.
export const reachable = (p: Person) => !!(p.mobile.trim() || p.email.trim());

export function CandidateFields({ p, tried }: { p: Person; tried: boolean }) {
    const t = useT();
    const noWay =
        tried && !reachable(p) ? t('手机和邮箱至少填一个', 'Enter a mobile number or an email address') : undefined;
    return (
        <fieldset>
            <legend>{t('候选人', 'Candidate')}</legend>
            <Field
                label={t('姓名', 'Name')}
                required
                error={tried && !p.name.trim() ? t('请填写', 'This field is required') : undefined}
            >
                <Text name="candidate_name" value={p.name} onChange={p.setName} maxLength={500} />
            </Field>
            <div className="two">
                <Field label={t('手机', 'Mobile')} error={noWay}>
                    <Text name="candidate_mobile" type="tel" value={p.mobile} onChange={p.setMobile} maxLength={500} />
                </Field>
                <Field label={t('邮箱', 'Email')}>
                    <Text name="candidate_email" type="email" value={p.email} onChange={p.setEmail} maxLength={500} />
                </Field>
            </div>
        </fieldset>
    );
}

interface Rest {
    geo: string;
    setGeo: (v: string) => void;
    remark: string;
    setRemark: (v: string) => void;
}
export function ContactFields({ p, o }: { p: Person; o: Rest }) {
    const t = useT();
    return (
        <details className="more-of">
            <summary>{t('联系人、区域和备注', 'Contact, region and notes')}</summary>
            <div className="form">
                <Field
                    label={t('公司联系人', 'Company contact')}
                    hint={t('留空则为您本人', 'Leave empty to use your own details')}
                >
                    <Text name="contact_name" value={p.name} onChange={p.setName} maxLength={500} />
                </Field>
                <div className="two">
                    <Field label={t('联系人手机', "Contact's mobile")}>
                        <Text
                            name="contact_mobile"
                            type="tel"
                            value={p.mobile}
                            onChange={p.setMobile}
                            maxLength={500}
                        />
                    </Field>
                    <Field label={t('联系人邮箱', "Contact's email")}>
                        <Text name="contact_email" type="email" value={p.email} onChange={p.setEmail} maxLength={500} />
                    </Field>
                </div>
                <Field label={t('数据区域', 'Data region')}>
                    <Choice value={o.geo} onChange={o.setGeo} options={geos.map((g) => [g[0], t(g[1], g[2])])} />
                </Field>
                <Field label={t('备注', 'Notes')}>
                    <Text name="remark" rows={2} value={o.remark} onChange={o.setRemark} maxLength={2000} />
                </Field>
            </div>
        </details>
    );
}
