#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads what wrk printed and makes bench/run's table.

usage: report.py line ROUND CASE SERVER CPU_BEFORE CPU_AFTER WRK_OUTPUT      one line for results.tsv
       report.py table DIRECTORY ORDERS SECONDS ROUNDS CONNECTIONS NAME=VALUE...
"""
import datetime
import os
import platform
import re
import statistics
import sys

UNITS = {'us': 0.001, 'ms': 1.0, 's': 1000.0, 'm': 60_000.0}
BUSY = 0.85  # a server under full load that has less of its core than this was held up by others
CASES = [('interview', 'one interview by id', 1.0), ('page10', 'page of 10 orders', 0.7), ('page100', 'page of 100 orders', 0.3),
         ('page10-anywhere', 'page of 10, {spread} places in turn', None),
         ('page100-anywhere', 'page of 100, {spread} places in turn', None),
         ('update1', 'update_progress, 1 connection', None), ('update64', 'update_progress, 64 connections', None)]


def line(number, case, server, before, after, path):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    requests = int(re.search(r'(\d+) requests in', text).group(1))
    rate = float(re.search(r'Requests/sec:\s+([\d.]+)', text).group(1))
    value, unit = re.search(r'99%\s+([\d.]+)(us|ms|s|m)', text).groups()
    cpu = (float(after) - float(before)) / requests * 1e6
    elapsed = requests / rate
    print(number, case, server, rate, cpu, float(value) * UNITS[unit], (float(after) - float(before)) / elapsed, sep='\t')


def machine():
    model = 'unknown processor'
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        for entry in file:
            if entry.startswith('model name'):
                model = entry.split(':', 1)[1].strip()
                break
    with open('/proc/meminfo', encoding='utf-8') as file:
        memory = int(file.readline().split()[1]) / (1 << 20)
    system = 'unknown system'
    with open('/etc/os-release', encoding='utf-8') as file:
        for entry in file:
            if entry.startswith('PRETTY_NAME'):
                system = entry.split('=', 1)[1].strip().strip('"')
    return f'{os.cpu_count()} cores of {model}, {memory:.0f} GB, {system}, Linux {platform.release()}'


def table(directory, orders, seconds, rounds, connections, *facts):
    fact = dict(text.split('=', 1) for text in facts)
    seen = {}
    with open(os.path.join(directory, 'results.tsv'), encoding='utf-8') as file:
        for entry in file:
            _, case, server, *numbers = entry.split('\t')
            seen.setdefault((case, server), []).append(tuple(map(float, numbers)))
    median = lambda case, server, column: statistics.median(row[column] for row in seen[case, server])
    with open(os.path.join(directory, 'page10.paths'), encoding='ascii') as file:
        spread = sum(1 for _ in file)
    size = lambda case: os.path.getsize(os.path.join(directory, 'www', case.split('-')[0], '0'))
    print('# hired against nginx\n')
    print(f'Made by `bench/run` on {datetime.date.today()}; [README.md](README.md) says how to read it.\n')
    print(f'{int(orders):,} orders; {rounds} interleaved round{"s" if int(rounds) > 1 else ""} of {seconds} s each, medians; '
          f'{connections} connections where none are named.\n')
    print('| what | bytes | nginx req/s | hired req/s | ratio | target | nginx CPU us | hired CPU us | CPU ratio '
          '| nginx p99 ms | hired p99 ms |')
    print('|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|')
    for case, title, target in CASES:
        title = title.format(spread=spread)
        rate, cpu, late = (median(case, 'hired', column) for column in range(3))
        if (case, 'nginx') not in seen:
            print(f'| {title} | | | {rate:,.0f} | | | | {cpu:.1f} | | | {late:.2f} |')
            continue
        other, other_cpu, other_late = (median(case, 'nginx', column) for column in range(3))
        print(f'| {title} | {size(case):,} | {other:,.0f} | {rate:,.0f} | {rate / other:.2f} | {f">= {target}" if target else ""} '
              f'| {other_cpu:.1f} | {cpu:.1f} | {other_cpu / cpu:.2f} | {other_late:.2f} | {late:.2f} |')
    share = statistics.median(row[3] for (case, _), rows in seen.items() if not case.startswith('update') for row in rows)
    if share < BUSY:
        print(f'\n**The machine was busy with other work: the servers had {share:.0%} of their core.** Read the CPU columns; the '
              'rates tell little.')
    print('\n## The machine\n')
    print(f'- {machine()}')
    print(f'- disk: {fact["filesystem"]}, {fact["syncs"]} synchronous writes of 4 KB a second, one after the other')
    print(f'- {fact["hired"].strip()}; commit {fact["commit"]}; database of {int(fact["database"]):,} MB')
    print(f'- {fact["nginx"]}; {fact["wrk"]}')


if __name__ == '__main__':
    if len(sys.argv) == 8 and sys.argv[1] == 'line':
        line(*sys.argv[2:])
    elif len(sys.argv) > 6 and sys.argv[1] == 'table':
        table(*sys.argv[2:])
    else:
        sys.exit(__doc__)
