// SPDX-License-Identifier: Apache-2.0

/** Milliseconds, or a sum such as {hours: 2, minutes: 1}. */
export type Span = number | { ms?: number; seconds?: number; minutes?: number; hours?: number; days?: number };
export type Json = Record<string, unknown>;

/** A call that the server refused. */
export class HiredError extends Error {
    status: number;
    code: number | undefined;
    body: Json;
}

export interface CallOptions {
    query?: Record<string, unknown>;
    body?: unknown;
    token?: string;
    headers?: Record<string, string>;
}

export interface Clock {
    now(): Promise<number>;
    /** Advances; what falls due on the way is done when it resolves. Throws if something is not. */
    advance(span: Span): Promise<{ now_ms: number; frozen: boolean; steps: number }>;
    set(time: number | Date): Promise<Json>;
    freeze(): Promise<Json>;
    unfreeze(): Promise<Json>;
}

export interface Faults {
    /** Adds a rule in the form of POST /test/faults. */
    add(rule: Json): Promise<{ id: string; does: string; matched: number; fired: number }>;
    remove(id: string): Promise<Json>;
    clear(): Promise<{ removed: number }>;
}

export interface Journal {
    list(query?: Json): Promise<Json[]>;
    /** Waits for entries. Throws if they do not come in time. */
    wait(query: Json, options?: { count?: number; timeoutMs?: number }): Promise<Json[]>;
    /** Compares with parts of entries, in order. Throws with the difference. */
    expect(expected: Json[], options?: { timeoutMs?: number; after?: number }): Promise<number[]>;
    clear(): Promise<{ removed: number }>;
}

export interface App {
    name: string;
    app_id: string;
    app_secret?: string;
    encrypt_key?: string;
    verification_token?: string;
    request_url?: string;
    tenant_access_token: string;
    expire: number;
}

export interface TenantData {
    tenant_key: string;
    name: string;
    apps: App[];
    users: { user_id: string; name: string; ids: Json[]; login?: string; password?: string; roles?: string[] }[];
    accounts: { account_id: string; name: string; app?: string; package_ids: string[]; additional_item_ids: string[]; order_field_keys: string[] }[];
    job_ids: string[];
    talent_ids: string[];
    application_ids: string[];
    order_ids: string[];
    interview_ids: string[];
}

export interface RobotState {
    id: string;
    kind: 'vendor' | 'customer';
    ready: boolean;
    ended?: boolean;
    failed: boolean;
    events: number;
    calls: number;
    orders_running: number;
    orders_over: number;
    order_id?: string;
    last?: string;
}

export interface Robot {
    readonly id: string;
    /** Of a customer: the check that it arranged. */
    readonly orderId: string | undefined;
    state(): Promise<RobotState>;
    stop(): Promise<RobotState>;
}

export interface Tenant {
    readonly key: string;
    /** The first application. */
    readonly applicationId: string;
    /** The answer of POST /test/tenants. */
    readonly data: TenantData;
    readonly faults: Faults;
    readonly journal: Journal;
    app(name: string): App;
    call(app: string, method: string, path: string, options?: CallOptions): Promise<any>;
    /** Arranges a check. Members are those of the console's operation; absent: the first application, account and package. */
    arrange(order?: Json): Promise<string>;
    /** Starts a robot that answers the tenant's checks, or arranges one. Further members are those of POST /test/robots. */
    robot(kind?: 'vendor' | 'customer', options?: { app?: string; scenario?: string; scenarios?: Json; name?: string } & Json): Promise<Robot>;
    snapshot(name?: string): Promise<{ name: string; restore(): Promise<Json> }>;
    restore(name?: string): Promise<Json>;
    remove(): Promise<Json>;
}

export class Hired {
    private constructor();
    /** bin: the program, otherwise HIRED_BIN or hired in PATH. args: further ones of hired serve. */
    static start(options?: { bin?: string; args?: string[]; seed?: Json; timeoutMs?: number }): Promise<Hired>;
    readonly url: string;
    readonly dir: string;
    readonly pid: number;
    readonly log: string;
    readonly clock: Clock;
    readonly faults: Faults;
    readonly journal: Journal;
    send(method: string, path: string, options?: CallOptions): Promise<{ status: number; headers: Headers; body: any }>;
    call(method: string, path: string, options?: CallOptions): Promise<any>;
    tenant(options?: { template?: string; name?: string; requestUrls?: Record<string, string> }): Promise<Tenant>;
    seed(seed: Json): Promise<Json>;
    dump(tenantKey?: string): Promise<Json>;
    stop(): Promise<void>;
}

export class Webhook {
    private constructor();
    /** answers: HTTP statuses of the first events; all later ones get 200. */
    static listen(options?: { answers?: number[] }): Promise<Webhook>;
    readonly url: string;
    readonly events: any[];
    wait(count?: number, timeoutMs?: number): Promise<any[]>;
    close(): Promise<void>;
}
