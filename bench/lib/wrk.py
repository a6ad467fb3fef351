# SPDX-License-Identifier: Apache-2.0
"""Runs wrk and reads what it prints."""
import dataclasses
import os
import re
import statistics
import subprocess
import sys

from lib.process import CLIENT

LOAD = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'load')
UNITS = {'us': 0.001, 'ms': 1.0, 's': 1000.0, 'm': 60_000.0}


@dataclasses.dataclass
class Run:
    """What one measurement of one server found."""
    rate: float       # requests a second
    p99: float        # milliseconds
    longest: float    # milliseconds
    cpu: float        # microseconds of the server's processor time for each request
    share: float      # of one core that the server had
    written: float    # bytes that the server wrote to the disk, for each request
    requests: int


def median(runs):
    """The median of each number of several runs; written is their average, because a checkpoint's writes come in lumps."""
    requests = sum(run.requests for run in runs)
    of = lambda name: statistics.median(getattr(run, name) for run in runs)
    return Run(*(of(name) for name in ('rate', 'p99', 'longest', 'cpu', 'share')),
               sum(run.written * run.requests for run in runs) / max(requests, 1), requests)


class Load:
    """wrk, running beside what else is measured."""

    def __init__(self, server, url, connections, seconds, script=None, env=None, headers=()):
        self.server = server
        self.cpu, self.written = server.cpu(), server.written()
        argv = ['taskset', '-c', str(CLIENT), 'wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '--timeout', '20s', '--latency']
        for header in headers:
            argv += ['-H', header]
        if script:
            argv += ['-s', os.path.join(LOAD, script)]
        self.child = subprocess.Popen(argv + [url], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      env={**os.environ, **(env or {})})

    def end(self, errors_allowed=False):
        text, _ = self.child.communicate()
        cpu, written = self.server.cpu() - self.cpu, self.server.written() - self.written
        if self.child.returncode != 0:
            sys.exit(f'bench/run: wrk failed:\n{text}')
        if not errors_allowed and re.search('Non-2xx|Socket errors|Refused:', text):
            sys.exit(f'bench/run: {self.server.name} answered with errors:\n{text}')
        requests = int(re.search(r'(\d+) requests in', text).group(1))
        if requests == 0:
            sys.exit(f'bench/run: {self.server.name} answered nothing:\n{text}')
        rate = float(re.search(r'Requests/sec:\s+([\d.]+)', text).group(1))
        times = re.search(r'Latency\s+(?:\S+)\s+(?:\S+)\s+([\d.]+)(us|ms|s|m)', text).groups()
        p99 = re.search(r'99%\s+([\d.]+)(us|ms|s|m)', text).groups()
        return Run(rate, float(p99[0]) * UNITS[p99[1]], float(times[0]) * UNITS[times[1]], cpu / requests * 1e6,
                   cpu * rate / requests, written / requests, requests)
