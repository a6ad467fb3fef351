// SPDX-License-Identifier: Apache-2.0
//
// Reads /openapi.json, and makes an example body from a schema.
export interface Schema {
    $ref?: string;
    allOf?: Schema[];
    type?: string;
    format?: string;
    description?: string;
    enum?: (string | number)[];
    default?: unknown;
    minimum?: number;
    items?: Schema;
    properties?: Record<string, Schema>;
    required?: string[];
    minItems?: number;
}
export interface Param {
    name: string;
    in: 'path' | 'query';
    required?: boolean;
    schema: Schema;
}
interface Op {
    summary: string;
    'x-name'?: string;
    'x-title-zh'?: string;
    'x-effect'?: 'reads' | 'writes';
    'x-scopes'?: string[];
    'x-limits'?: { calls: number; seconds: number }[];
    'x-errors'?: { http: number; code: number; msg: string }[];
    tags: string[];
    parameters?: Param[];
    security?: unknown[];
    requestBody?: { content: Record<string, { example?: unknown; schema: Schema }> };
}
export interface Spec {
    paths: Record<string, Record<string, Op>>;
    components: { schemas: Record<string, Schema> };
}
export interface Operation {
    key: string;
    method: string;
    path: string;
    op: Op;
    group: string;
    writes: boolean;
    open: boolean; // needs no token
    params: Param[];
    json?: { example?: unknown; schema: Schema };
    file: boolean; // multipart with one part, `content`
}

export function operationsOf(spec?: Spec): Operation[] {
    return Object.entries(spec?.paths ?? {})
        .filter(([path]) => path.startsWith('/open-apis/'))
        .flatMap(([path, methods]) =>
            Object.entries(methods).map(([method, op]) => ({
                key: `${method.toUpperCase()} ${path}`,
                method: method.toUpperCase(),
                path,
                op,
                group: op.tags[0],
                writes: op['x-effect'] === 'writes',
                open: op.security?.length === 0,
                params: op.parameters ?? [],
                json: op.requestBody?.content['application/json'],
                file: !!op.requestBody?.content['multipart/form-data'],
            })),
        );
}

export function resolve(spec: Spec, schema: Schema): Schema {
    const of = schema.$ref ?? schema.allOf?.[0]?.$ref;
    return of ? (spec.components.schemas[of.split('/').pop()!] ?? {}) : schema;
}

// A value that fits the schema: with all members, or with the required ones only.
export function skeleton(spec: Spec, of: Schema, all: boolean, depth = 0): unknown {
    const s = resolve(spec, of);
    if (s.default !== undefined) return s.default;
    if (s.enum?.length) return s.enum[0];
    switch (s.type) {
        case 'array':
            return depth < 6 && s.items ? [skeleton(spec, s.items, all, depth + 1)] : [];
        case 'integer':
        case 'number':
            return s.minimum ?? 0;
        case 'boolean':
            return false;
        case 'object': {
            const names = Object.keys(s.properties ?? {}).filter((n) => all || s.required?.includes(n));
            if (depth >= 6) return {};
            return Object.fromEntries(names.map((n) => [n, skeleton(spec, s.properties![n], all, depth + 1)]));
        }
        default:
            return '';
    }
}

// The syntax error of a JSON text, with its position and the parser's message.
export function jsonFault(text: string): { line: number; why: string } | null {
    try {
        JSON.parse(text);
        return null;
    } catch (e) {
        const why = (e as Error).message,
            at = Number(/position (\d+)/.exec(why)?.[1] ?? text.length);
        return { line: text.slice(0, at).split('\n').length, why };
    }
}
