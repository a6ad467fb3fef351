// SPDX-License-Identifier: Apache-2.0
//
// The editor of the JSON body, prefilled from the schema, and its syntax errors.
import { useT } from '../../base';
import { Button, Field, Text } from '../../ui';
import { jsonFault, skeleton, type Operation, type Spec } from './spec';

const pretty = (v: unknown) => JSON.stringify(v, null, 2);
export const firstBody = (spec: Spec, o: Operation) =>
    o.json ? pretty(o.json.example ?? skeleton(spec, o.json.schema, false)) : '';

export function Body({
    spec,
    operation,
    value,
    set,
}: {
    spec: Spec;
    operation: Operation;
    value: string;
    set: (v: string) => void;
}) {
    const t = useT();
    const json = operation.json!;
    const fault = jsonFault(value);
    return (
        <div>
            <Field
                label={t('请求体（JSON）', 'Body (JSON)')}
                error={
                    fault
                        ? t(
                              `第 ${fault.line} 行不是 JSON：${fault.why}`,
                              `Line ${fault.line} is not valid JSON: ${fault.why}`,
                          )
                        : undefined
                }
            >
                <Text
                    name="body"
                    className="mono"
                    rows={Math.min(18, Math.max(6, value.split('\n').length + 1))}
                    value={value}
                    onChange={set}
                />
            </Field>
            <div className="row tight body-do">
                {json.example !== undefined && (
                    <Button size="small" onClick={() => set(pretty(json.example))}>
                        {t('示例', 'Example')}
                    </Button>
                )}
                <Button size="small" onClick={() => set(pretty(skeleton(spec, json.schema, false)))}>
                    {t('只填必填', 'Required fields')}
                </Button>
                <Button size="small" onClick={() => set(pretty(skeleton(spec, json.schema, true)))}>
                    {t('全部字段', 'All fields')}
                </Button>
                <Button size="small" disabled={!!fault} onClick={() => set(pretty(JSON.parse(value)))}>
                    {t('整理格式', 'Format')}
                </Button>
            </div>
        </div>
    );
}
