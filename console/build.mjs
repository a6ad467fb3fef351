// SPDX-License-Identifier: Apache-2.0
//
// Makes console/dist: the bundle under hashed names, each file beside its .gz and .br, and the page that loads it.
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, 'dist');
const fresh = path.join(here, 'dist.new');

fs.rmSync(fresh, { recursive: true, force: true });
const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: { app: 'src/main.tsx' },
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    metafile: true,
    target: ['es2021'],
    jsx: 'automatic',
    charset: 'utf8',
    legalComments: 'none',
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    assetNames: '[name]-[hash]',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
});

const outputs = Object.entries(result.metafile.outputs);
const [entry, about] = outputs.find(([, o]) => o.entryPoint === 'src/main.tsx');
// What the entry needs at once is asked for together with it.
const parts = about.imports.filter((i) => i.kind === 'import-statement').map((i) => path.basename(i.path));
const page = fs
    .readFileSync(path.join(here, 'src', 'index.html'), 'utf8')
    .replace(
        '<!-- bundle -->',
        [
            `<link rel="stylesheet" href="/${path.basename(about.cssBundle)}">`,
            ...parts.map((p) => `<link rel="modulepreload" href="/${p}">`),
            `<script type="module" src="/${path.basename(entry)}"></script>`,
        ].join('\n'),
    );
fs.writeFileSync(path.join(fresh, 'index.html'), page);
for (const name of ['theme.js', 'icon.svg']) fs.copyFileSync(path.join(here, 'src', name), path.join(fresh, name));

// The first page's style sheet has the parts that later pages use as well: nothing would load one that comes with a chunk.
for (const name of fs.readdirSync(fresh)) if (/^part-.*\.css$/.test(name)) fs.rmSync(path.join(fresh, name));

let total = 0,
    first = 0;
for (const name of fs.readdirSync(fresh)) {
    const file = path.join(fresh, name);
    const data = fs.readFileSync(file);
    const br = zlib.brotliCompressSync(data, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 } });
    fs.writeFileSync(`${file}.br`, br);
    fs.writeFileSync(`${file}.gz`, zlib.gzipSync(data, { level: 9 }));
    total += br.length;
    if (page.includes(name) || name === 'index.html') first += br.length;
}
fs.rmSync(dist, { recursive: true, force: true });
fs.renameSync(fresh, dist);
console.log(
    `console/dist: ${Math.round(total / 1024)} KB compressed (brotli), ${Math.round(first / 1024)} KB of it at first`,
);
