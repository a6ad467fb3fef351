# SPDX-License-Identifier: Apache-2.0
"""Mock servers that are made from a description of the same operation, with an answer of hired's as their example."""
import json
import os
import shutil

from lib import api
from lib.process import Process, free_port
from lib.row import Figure, Skipped, rate, row

PACKAGES = {'prism': '@stoplight/prism-cli@5', 'mockoon': '@mockoon/cli@9'}


def installed(s, name):
    """The path of the mock's program. It is installed once, into a folder of its own."""
    folder = os.path.join(s.base, f'hired-bench-{name}')
    path = os.path.join(folder, 'node_modules', '.bin', 'prism' if name == 'prism' else 'mockoon-cli')
    if not shutil.which('npm'):
        raise Skipped('npm is not here: apt-get install nodejs npm')
    if not os.path.exists(path):
        s.say(f'installing {PACKAGES[name]} in {folder} (once)')
        os.makedirs(folder, exist_ok=True)
        try:
            s.run(['npm', 'install', '--no-audit', '--no-fund', '--prefix', folder, PACKAGES[name]])
        except SystemExit as why:
            raise Skipped(f'{PACKAGES[name]} cannot be installed: {str(why)[-200:]}'.replace('\n', ' ')) from why
    package = PACKAGES[name].rpartition('@')[0]
    with open(os.path.join(folder, 'node_modules', package, 'package.json'), encoding='utf-8') as file:
        version = json.load(file)['version']
    s.known['mocks'] = '; '.join(filter(None, [s.known.get('mocks'), f'{package} {version}']))
    return path


def description(s):
    """An OpenAPI description with the one operation."""
    query = [{'name': name, 'in': 'query', 'schema': {'type': kind}} for name, kind in (
        ('page_size', 'integer'), ('page_token', 'string'), ('user_id_type', 'string'), ('application_id', 'string'),
        ('update_start_time', 'string'), ('update_end_time', 'string'))]
    example = json.loads(s.hired.app.raw(f'{api.ORDERS}?page_size=10'))
    content = {'application/json': {'schema': {'type': 'object'}, 'example': example}}
    return s.save('openapi.json', [json.dumps({
        'openapi': '3.0.3', 'info': {'title': 'orders', 'version': '1'},
        'paths': {api.ORDERS: {'get': {'parameters': query, 'responses': {'200': {'description': 'a page', 'content': content}}}}}})])


def beside(s, name, argv):
    program, port = installed(s, name), free_port()
    server = Process([program, *argv(description(s), str(port))], s.path(f'{name}.log'), cwd=s.work)
    try:
        call = f'{api.ORDERS}?page_size=10'
        server.wait_ready(port, call, seconds=60)
        server.url = f'http://127.0.0.1:{port}'
        runs = s.rounds({f'{name}': s.get(server, None, [call]), f'{name}: page of 10': s.get(s.hired, s.hired.app, [call])}, rounds=1)
    finally:
        server.stop()
    other, ours = runs.values()
    return Figure(ours.rate / other.rate, rate(ours), rate(other))


@row('prism', 'a page of 10 orders', 'Prism, a mock of the same operation', 50)
def prism(s):
    return beside(s, 'prism', lambda file, port: ['mock', '-h', '127.0.0.1', '-p', port, '-v', 'error', file])


@row('mockoon', 'a page of 10 orders', 'Mockoon, a mock of the same operation', 50)
def mockoon(s):
    return beside(s, 'mockoon', lambda file, port: ['start', '--data', file, '--port', port, '--hostname', '127.0.0.1',
                                                    '--disable-log-to-file'])
