# SPDX-License-Identifier: Apache-2.0
"""A server of PostgreSQL for tests in Python: in a folder of its own, reached by a socket there, gone at the end."""
import glob
import os
import pwd
import shutil
import subprocess
import tempfile


class Cluster:
    """with Cluster() as c: c.psql('SELECT 1')"""

    def __enter__(self):
        found = shutil.which('initdb')
        bins = [os.path.dirname(os.path.realpath(found))] if found else \
            sorted(glob.glob('/usr/lib/postgresql/*/bin'), key=lambda b: int(b.split('/')[-2]))
        assert bins, 'PostgreSQL is missing (no initdb): run scripts/setup test'
        self.bin = bins[-1]
        # PostgreSQL refuses to run as root.
        self.user = 'nobody' if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.dir = tempfile.mkdtemp(prefix='hired-pg-')
        if os.geteuid() == 0:
            os.chown(self.dir, pwd.getpwnam(self.user).pw_uid, -1)
        try:
            self.run('initdb', '-D', f'{self.dir}/data', '-E', 'UTF8', '--locale=C', '-A', 'trust', '-N')
            # With a log of its own: otherwise the server would keep this test's output pipe open.
            options = f'-c listen_addresses= -k {self.dir} -c fsync=off -c full_page_writes=off -c autovacuum=off'
            self.run('pg_ctl', '-D', f'{self.dir}/data', '-o', options, '-l', f'{self.dir}/log', '-w', 'start')
        except BaseException:
            shutil.rmtree(self.dir, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_):
        self.run('pg_ctl', '-D', f'{self.dir}/data', '-m', 'immediate', 'stop')
        shutil.rmtree(self.dir, ignore_errors=True)

    def run(self, program, *args, text=None, timeout=900):
        as_user = {'user': self.user} if os.geteuid() == 0 else {}
        r = subprocess.run([f'{self.bin}/{program}', *args], input=text, text=True, capture_output=True, cwd=self.dir, timeout=timeout, **as_user)
        assert r.returncode == 0, r.stderr
        return r.stdout

    def psql(self, script):
        """Runs a script; returns the rows, a line for each."""
        return self.run('psql', '-h', self.dir, '-d', 'postgres', '-U', self.user, '-q', '-At', '-X', '-v', 'ON_ERROR_STOP=1', text=script)
