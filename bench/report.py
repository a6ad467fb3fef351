# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of bench/run."""
import datetime
import os
import platform
import subprocess

BUSY = 0.85  # a server under full load that has less of its core than this was held up by others


def verdict(row, found):
    if isinstance(found, str):
        return found.split(':')[0]
    if row.orientation:
        return 'within' if row.met(found) else 'above'
    return 'met' if row.met(found) else '**missed**'


def brief(row, found):
    """A row's outcome in one line, while the bench runs."""
    if isinstance(found, str):
        return found
    return f'{row.show(found.value)}, {row.limit()}: {verdict(row, found).strip("*")}; {found.hired}' + (
        f' beside {found.other}' if found.other else '') + (f' ({found.note})' if found.note else '')


def main_table(results):
    yield '| what | against | hired | the other | figure | bound | | remarks |'
    yield '|---|---|--:|--:|--:|--:|---|---|'
    for row, found in results:
        if isinstance(found, str):
            yield (f'| {row.title} | {row.against} | | | | {row.limit()} | {verdict(row, found)} '
                   f'| {found.partition(": ")[2]} |')
        else:
            yield (f'| {row.title} | {row.against} | {found.hired} | {found.other} | {row.show(found.value)} | {row.limit()} '
                   f'| {verdict(row, found)} | {found.note} |')


def details(setting):
    yield '| measurement | requests/s | CPU us | p99 ms | longest ms | share of its core | bytes written |'
    yield '|---|--:|--:|--:|--:|--:|--:|'
    for name, run in setting.details:
        yield (f'| {name} | {run.rate:,.0f} | {run.cpu:.1f} | {run.p99:.2f} | {run.longest:.1f} | {run.share:.0%} '
               f'| {f"{run.written:,.0f}" if run.written >= 1 else ""} |')


def output(*argv):
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except FileNotFoundError:
        return ''
    return ' '.join(done.stdout.split())


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


def syncs(folder):
    """Synchronous writes of 4 KB that the disk makes a second, one after the other."""
    path = os.path.join(folder, f'hired-bench-sync-{os.getpid()}')
    block, begin, count = bytes(4096), datetime.datetime.now(), 0
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_DSYNC, 0o600)
    try:
        while count < 2000 and (datetime.datetime.now() - begin).total_seconds() < 3:
            count += os.write(fd, block) // 4096
        return count / (datetime.datetime.now() - begin).total_seconds()
    finally:
        os.close(fd)
        os.remove(path)


def facts(setting):
    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    yield f'- {machine()}'
    yield (f'- disk: {output("stat", "-f", "-c", "%T", setting.base)}, {syncs(setting.base):,.0f} synchronous writes of 4 KB a second, one '
           'after the other')
    yield f'- {output(setting.hired_binary, "version")}; commit {output("git", "-C", top, "describe", "--always", "--dirty") or "unknown"}'
    others = [output(setting.options.nginx, '-v') if setting.options.nginx else 'no nginx', ' '.join(output('wrk', '-v').split()[:2]),
              setting.known.get('postgres version', ''), setting.known.get('mocks', '')]
    yield f'- {"; ".join(filter(None, others))}'


def body(setting, results, seconds):
    chosen = setting.options
    met = sum(1 for row, found in results if not isinstance(found, str) and row.met(found))
    missed = sum(1 for row, found in results if verdict(row, found) == '**missed**')
    command = 'bench/run' + (' --store postgresql' if chosen.store == 'postgresql' else '')
    lines = [f'Made by `{command}` on {datetime.date.today()} in {seconds / 60:.0f} minutes; [README.md](README.md) says what each row '
             'measures.', '',
             f'{chosen.orders:,} orders; {chosen.rounds} interleaved round{"s" if chosen.rounds > 1 else ""} of {chosen.seconds} s each, '
             f'medians; 64 connections where none are named. us: processor time of the {"database" if chosen.store == "postgresql" else "server"} '
             f'for each request. {met} of {len(results)} rows are within their bounds, {missed} are not. '
             f'The machine\'s load was {setting.known["load"]} before the run.', '', *main_table(results)]
    if 'in place' in setting.known:
        lines += ['', 'The disk had no room for a copy of the database, so that orders were longer than new ones if they had been changed by '
                  'earlier runs.']
    reading = [run.share for name, run in setting.details if name.endswith(': hired')]
    if chosen.store == 'sqlite' and reading and sorted(reading)[len(reading) // 2] < BUSY:
        lines += ['', f'**The machine was busy with other work: the servers had {sorted(reading)[len(reading) // 2]:.0%} of their '
                  'core.** Read the processor times; the rates tell little.']
    part = '###' if chosen.store == 'postgresql' else '##'
    if setting.details:
        lines += ['', f'{part} Every measurement{" on PostgreSQL" if chosen.store == "postgresql" else ""}', '', *details(setting)]
    return '\n'.join([*lines, '', f'{part} The machine{" and PostgreSQL" if chosen.store == "postgresql" else ""}', '', *facts(setting), ''])


STORE = '## On PostgreSQL\n'
TITLE = '# How fast hired is\n'


def write(setting, results, seconds):
    return (STORE if setting.options.store == 'postgresql' else TITLE) + '\n' + body(setting, results, seconds)


def merged(before, made):
    """The file with the part that was made; the other store's part stays, with what people wrote in it."""
    at = before.find(STORE)
    if made.startswith(STORE):
        return (before if at < 0 else before[:at]).rstrip('\n') + '\n\n' + made
    return made + ('' if at < 0 else '\n' + before[at:])
