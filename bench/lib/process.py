# SPDX-License-Identifier: Apache-2.0
"""Starts servers on one core and reads what the kernel counts about them."""
import glob
import http.client
import os
import signal
import socket
import subprocess
import sys
import time

CORE, CLIENT = sorted(os.sched_getaffinity(0))[:2] if len(os.sched_getaffinity(0)) > 1 else (0, 0)
TICKS = os.sysconf('SC_CLK_TCK')


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def read(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ''


class Process:
    """A server; pinned to the servers' core unless core is None. Its output goes to the log file."""

    def __init__(self, argv, log, core=CORE, **more):
        self.name, self.log = os.path.basename(argv[0]), log
        with open(log, 'wb') as out:
            pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
            self.child = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                          preexec_fn=pin, **more)
        self.pid = self.child.pid

    def family(self):
        """The process and its descendants."""
        found, waiting = [], [self.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for path in glob.glob(f'/proc/{pid}/task/*/children'):
                waiting += map(int, read(path).split())
        return found

    def cpu(self):
        """Seconds of processor time that the family has used, with children that have ended."""
        total = 0
        for pid in self.family():
            fields = read(f'/proc/{pid}/stat').rpartition(')')[2].split()
            total += sum(map(int, fields[11:15]))
        return total / TICKS

    def written(self):
        """Bytes that the process itself has caused to be written to a disk."""
        fields = dict(line.split(': ') for line in read(f'/proc/{self.pid}/io').splitlines())
        return int(fields.get('write_bytes', 0))

    def resident(self):
        """Bytes of memory that are its own: mappings of files are not counted."""
        for line in read(f'/proc/{self.pid}/status').splitlines():
            if line.startswith('RssAnon:'):
                return int(line.split()[1]) * 1024
        return 0

    def wait_ready(self, port, path, seconds=20, pause=0.05):
        """Until a GET is answered with 200. Returns the seconds it took; ends the program if it never is."""
        begin = time.monotonic()
        while time.monotonic() - begin < seconds:
            if self.child.poll() is not None:
                break
            try:
                connection = http.client.HTTPConnection('127.0.0.1', port, timeout=5)
                connection.request('GET', path)
                if connection.getresponse().status == 200:
                    return time.monotonic() - begin
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(pause)
        sys.exit(f'bench/run: {self.name} does not answer {path}:\n{read(self.log)[-2000:]}')

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(30)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
