#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times `hired import` of many background check orders, and how much memory it takes; see bench/README.md."""
import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MB = 1e6


def make_answer(hired, orders, folder):
    """An answer of that many orders, as `curl | jq .` saves it. Returns its path and the app whose records they are."""
    data, out = os.path.join(folder, 'made'), os.path.join(folder, 'exported')
    for args in (['demo', '--orders', str(orders), '--data', data], ['export', '--data', data, '--dir', out]):
        subprocess.run([hired] + args, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(os.path.join(data, 'demo.json'), encoding='utf-8') as file:
        app = json.load(file)['app_id']
    shutil.rmtree(data)
    path = os.path.join(folder, 'orders.json')
    with open(os.path.join(out, 'orders.json'), encoding='utf-8') as source, open(path, 'w', encoding='utf-8') as file:
        json.dump(json.load(source), file, indent=2, ensure_ascii=False)
    shutil.rmtree(out)
    return path, app


def measure(hired, path, app, folder):
    """Seconds on the clock, of processor time, and the most memory (bytes) of one import into an empty directory."""
    data = os.path.join(folder, 'imported')
    shutil.rmtree(data, ignore_errors=True)
    begin = time.monotonic()
    child = subprocess.Popen([hired, 'import', path, '--user-id-type', 'user_id', '--app', app, '--data', data],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status != 0:
        sys.exit(f'hired import failed:\n{said.decode()}')
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--orders', type=int, default=52000)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--hired', action='append', help='which binary; several are compared (build/hired)')
    options = parser.parse_args()
    binaries = options.hired or [os.path.join(ROOT, 'build', 'hired')]
    with tempfile.TemporaryDirectory(prefix='hired-bench-import-') as folder:
        # In a process of its own: a child's greatest memory counts from that of its parent.
        with multiprocessing.Pool(1) as pool:
            path, app = pool.apply(make_answer, (binaries[0], options.orders, folder))
        print(f'{options.orders} orders in {os.path.getsize(path) / MB:.0f} MB\n\n'
              '| binary | seconds | of processor time | memory |\n|---|--:|--:|--:|')
        results = {hired: [] for hired in binaries}
        for _ in range(options.rounds):
            for hired in binaries:
                results[hired].append(measure(hired, path, app, folder))
        for hired, runs in results.items():
            wall, cpu, memory = (sorted(run[i] for run in runs)[len(runs) // 2] for i in range(3))
            print(f'| {hired} | {wall:.1f} | {cpu:.1f} | {memory / MB:.0f} MB |')


if __name__ == '__main__':
    main()
