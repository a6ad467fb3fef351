// SPDX-License-Identifier: Apache-2.0
//
// What clients were told about an order, and whether one order of events explains all of it.

// One call: {kind: 'stage' | 'result', id, sent, came, outcome}; times of one clock. outcome: 'ok', 'there' (refused, because
// the same was there), 'refused', 'doubt' (no answer, or one that says nothing about what happened).
export class History {
    constructor() {
        this.calls = [];
    }

    async call(kind, id, fn) {
        const c = { kind, id, sent: performance.now() };
        try {
            c.outcome = await fn();
        } catch (e) {
            if (e.code === 'ERR_ASSERTION') throw e;
            c.outcome = 'doubt';
            c.error = e.message;
        }
        c.came = performance.now();
        this.calls.push(c);
        return c.outcome;
    }

    // What does not hold, as sentences. stages: the ids in the order in which the record names them. ended: it has a result.
    contradictions(stages, ended) {
        const out = [];
        const of = (kind, ...outcomes) => this.calls.filter((c) => c.kind === kind && outcomes.includes(c.outcome));
        const at = new Map(stages.map((id, i) => [id, i]));
        if (at.size !== stages.length) out.push('a stage is there twice');
        for (const c of of('stage', 'ok', 'there')) if (!at.has(c.id)) out.push(`stage ${c.id} was ${c.outcome} and is lost`);
        for (const id of stages) if (!this.calls.some((c) => c.id === id && c.outcome !== 'refused')) out.push(`stage ${id} is there, and nobody was told so`);
        for (const id of new Set(of('stage', 'ok').map((c) => c.id))) {
            if (of('stage', 'ok').filter((c) => c.id === id).length > 1) out.push(`stage ${id} was accepted twice`);
        }
        const told = of('stage', 'ok').filter((c) => at.has(c.id));
        for (const a of told) for (const b of told) {
            if (a.came < b.sent && at.get(a.id) > at.get(b.id)) out.push(`stage ${a.id} was acknowledged before ${b.id} was sent, and stands behind it`);
        }
        const results = of('result', 'ok');
        if (results.length > 1) out.push('two results were accepted');
        if (of('result', 'ok', 'there').length > 0 && !ended) out.push('the result was accepted and is lost');
        if (ended && of('result', 'ok', 'there', 'doubt').length === 0) out.push('there is a result that nobody sent');
        for (const r of of('result', 'ok', 'there')) for (const c of of('stage', 'ok')) {
            if (r.came < c.sent) out.push(`stage ${c.id} was accepted after the result`);
        }
        for (const c of of('stage', 'refused')) {
            if (!of('result', 'ok', 'there', 'doubt').some((r) => r.sent < c.came) && !this.calls.some((o) => o !== c && o.kind === 'stage' && o.sent < c.came)) {
                out.push(`stage ${c.id} was refused without a reason`);
            }
        }
        return out;
    }
}
