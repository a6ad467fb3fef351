#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Chooses what bench/run asks for, and saves each answer as the file that nginx serves.

usage: prepare.py BASE_URL DEMO_JSON DIRECTORY ORDERS SPREAD WRITABLE

Writes into DIRECTORY: token and vendor_token; for each reading case CASE.paths (requests to hired), CASE.files (the same
answers' paths at nginx) and www/CASE/0, 1, 2 ... (the answers); orders (ids that the vendor may update).
"""
import http.client
import json
import os
import random
import re
import sys
import urllib.parse

API = '/open-apis/hire/v1/'
ORDERS = API + 'background_check_orders?'


class Server:
    """One kept-alive connection to hired."""

    def __init__(self, base):
        self.connection = http.client.HTTPConnection(base.removeprefix('http://'), timeout=60)
        self.token = None

    def call(self, path, body=None):
        """The answer's bytes; ends the program on any refusal."""
        headers = {'Content-Type': 'application/json; charset=utf-8'}
        if self.token:
            headers['Authorization'] = 'Bearer ' + self.token
        self.connection.request('POST' if body else 'GET', path, json.dumps(body) if body else None, headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        if answer.status != 200 or b'"code":0' not in raw[:200]:
            sys.exit(f'{path}: {answer.status} {raw[:300].decode(errors="replace")}')
        return raw

    def login(self, app_id, secret):
        answer = json.loads(self.call('/open-apis/auth/v3/tenant_access_token/internal',
                                      {'app_id': app_id, 'app_secret': secret}))
        return answer['tenant_access_token']


def walk(server, middle, writable, provider):
    """Walks all orders. Returns the update_time at the head of each page, and the ids of up to writable orders of the
    provider's that wait for progress, found from page number middle on, so that updating them leaves the first pages."""
    heads, found, token = [], [], ''
    while token is not None:
        raw = server.call(ORDERS + 'page_size=100' + (f'&page_token={token}' if token else ''))
        if len(heads) == 0 or (len(heads) >= middle and len(found) < writable):
            items = json.loads(raw)['data']['items']
            provider = provider or largest(items)
            if len(heads) >= middle:
                found += [item['order_id'] for item in items if item['order_status'] in (2, 8)
                          and item.get('provider_info', {}).get('provider_id') == provider]
        # An order's own update_time is the last in its text; reading it from the bytes is ten times faster than parsing.
        times = re.findall(rb'"update_time":"([0-9]+)"', raw[raw.rfind(b'"order_id"'):])
        heads.append(int(times[-1]))
        match = re.search(rb'"page_token":"([^"]+)"', raw[:400]) or re.search(rb'"page_token":"([^"]+)"', raw[-400:])
        token = urllib.parse.quote(match.group(1).decode()) if match else None
    return heads, found[:writable]


def largest(items):
    """The vendor with most orders: the one that the demo's vendor app is bound to."""
    seen = [item['provider_info']['provider_id'] for item in items if 'provider_info' in item]
    return max(sorted(set(seen)), key=seen.count)


def save(server, directory, case, paths, expected):
    os.makedirs(os.path.join(directory, 'www', case))
    for number, path in enumerate(paths):
        raw = server.call(path)
        count = len(json.loads(raw)['data']['items'])
        if count != expected:
            sys.exit(f'{path}: {count} records, not {expected}')
        with open(os.path.join(directory, 'www', case, str(number)), 'wb') as file:
            file.write(raw)
    lines(directory, case + '.paths', paths)
    lines(directory, case + '.files', [f'/{case}/{number}' for number in range(len(paths))])


def lines(directory, name, values):
    with open(os.path.join(directory, name), 'w', encoding='ascii') as file:
        file.write(''.join(value + '\n' for value in values))


def main(base, demo_file, directory, total, spread, writable):
    with open(demo_file, encoding='utf-8') as file:
        demo = json.load(file)
    server = Server(base)
    lines(directory, 'vendor_token', [server.login(demo['vendor_app_id'], demo['vendor_app_secret'])])
    server.token = server.login(demo['app_id'], demo['app_secret'])
    lines(directory, 'token', [server.token])

    heads, found = walk(server, total // 200, writable, demo.get('vendor_provider_id'))
    if len(heads) < total // 100:
        sys.exit(f'the database has {len(heads)} pages of 100 orders, not {total // 100}: use --fresh')
    if len(found) < min(writable, 100):
        sys.exit(f'only {len(found)} orders of the vendor wait for progress')
    lines(directory, 'orders', found)

    interview = json.loads(server.call(API + 'interviews?start_time=1&page_size=1'))['data']['items'][0]['id']
    save(server, directory, 'interview', [API + 'interviews?interview_id=' + interview], 1)
    places = random.Random(1)
    for size in (10, 100):
        starts = [heads[places.randrange(len(heads) - 3)] for _ in range(spread - 1)]
        save(server, directory, f'page{size}', [ORDERS + f'page_size={size}'] + [
            ORDERS + f'page_size={size}&update_start_time={start}' for start in starts], size)


if __name__ == '__main__':
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    main(*sys.argv[1:4], *map(int, sys.argv[4:]))
