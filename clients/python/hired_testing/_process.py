# SPDX-License-Identifier: Apache-2.0
"""Finds the program, starts it below guard.sh, and waits until it is ready."""
import http.client
import json
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.parse

GUARD = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'guard.sh')


def find_program(bin=None):
    bin = bin or os.environ.get('HIRED_BIN')
    if bin:
        if not (os.path.isfile(bin) and os.access(bin, os.X_OK)):
            raise FileNotFoundError(f'hired: {bin} is not a program that can be run (from HIRED_BIN or the argument bin)')
        return os.path.abspath(bin)
    found = shutil.which('hired')
    if not found:
        raise FileNotFoundError('hired was not found: set HIRED_BIN to the program, or put its directory in PATH')
    return found


def _readiness(url):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=5)
    try:
        connection.request('GET', '/readyz')
        return json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException) as wrong:
        return {'reason': str(wrong)}
    finally:
        connection.close()


class Process:
    def __init__(self, bin, args, timeout_s):
        program = find_program(bin)
        self.dir = tempfile.mkdtemp(prefix='hired-testing-')
        self._said, self._stopped = '', False
        command = ['/bin/sh', GUARD, self.dir, program, 'serve', '--test', '--data', os.path.join(self.dir, 'data'),
                   '--listen', '127.0.0.1:0', '--fetch-allow', 'loopback', *args]
        # A session of its own: Ctrl-C in the terminal reaches the test process only, whose end then ends the server.
        self._log = open(os.path.join(self.dir, 'hired.log'), 'a+b')
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
                                       start_new_session=True, env={'HIRED_STORE_FREE_MIN': '0', **os.environ})
        self.pid = self._child.pid
        try:
            self.url = self._address(program, timeout_s)
            self._ready(program, time.monotonic() + timeout_s)
        except BaseException:
            self._end()
            raise

    def _address(self, program, timeout_s):
        found = queue.Queue()

        def read():  # to the end, so that the server never waits for a reader
            for line in self._child.stdout:
                match = re.search(rb' listens on (\S+)\n', line)
                if match:
                    found.put(match[1].decode())
            found.put(None)
        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()
        try:
            url = found.get(timeout=timeout_s)
        except queue.Empty:
            raise RuntimeError(f'{program} did not say within {timeout_s} s where it listens:\n{self.log()[-4000:]}') from None
        if url is None:
            said = self.log()
            raise RuntimeError(f'{program} ended with {self._child.wait()}' + (f':\n{said[-4000:]}' if said else '; run it by hand to see why'))
        return url

    def _ready(self, program, end):
        while (state := _readiness(self.url)).get('status') != 'ready':
            if self._child.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f'{program} listens on {self.url} but is not ready: {state.get("reason")}\n{self.log()[-4000:]}')
            time.sleep(0.01)

    def log(self):
        # By its descriptor, because the directory is removed as soon as the server has ended.
        if not self._log.closed:
            size = os.fstat(self._log.fileno()).st_size
            self._said = os.pread(self._log.fileno(), size, 0).decode(errors='replace')
        return self._said

    def _end(self):
        try:
            self._child.stdin.close()
        except OSError:
            pass
        status = self._child.wait()
        self._reader.join(5)
        self._child.stdout.close()
        self.log()
        self._log.close()
        return status

    def stop(self):
        if self._stopped:
            return
        self._stopped = True
        status = self._end()
        if status != 0:
            raise RuntimeError(f'hired ended with {status}; the end of its log:\n{self.log()[-4000:]}')
