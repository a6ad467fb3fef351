# SPDX-License-Identifier: Apache-2.0
"""Makes docs/API.md, the list of supported operations and events of the platform."""

HEAD = '''# The API

Generated from `api/` by `tools/apigen.py --api api --docs docs/API.md`; do not edit. An operation that is not supported
is one that the platform documents and `hired` refuses with a clear answer. A limit counts the calls of one app in one
tenant. Of the scopes, any one suffices. Fields, bounds and errors of each operation stand in `GET /openapi.json` of a
running server, and in `api/operations/`.
'''


def limits(op):
    return ', '.join(f'{limit["calls"]} in {limit["seconds"]} s' for limit in op.get('rate_limits', [])) or 'none'


def scopes(item):
    return ', '.join(f'`{scope}`' for scope in item.get('scopes_any_of', [])) or 'none'


def state(item):
    return 'yes' if item['supported'] else 'no'


def roles(op):
    if op.get('anonymous'):
        return 'anybody'
    return ', '.join(op.get('roles', ['all']))


def page(model):
    everything = sorted(model.operations, key=lambda op: (not op['supported'], op['name']))
    operations = [op for op in everything if op['access'] != 'console']
    console = [op for op in everything if op['access'] == 'console']
    events = sorted(model.events, key=lambda event: (not event['supported'], event['type']))
    count = sum(op['supported'] for op in operations)
    out = [HEAD, '## Operations\n', f'{count} of {len(operations)} are supported.\n',
           '| operation | what it does | method and path | supported | apps | scopes | limits |',
           '|---|---|---|---|---|---|---|']
    for op in operations:
        out.append(f'| `{op["name"]}` | {op["title"]} | `{op["method"]} {op["path"]}` | {state(op)} | '
                   f'{", ".join(op["app_types"])} | {scopes(op)} | {limits(op)} |')
    if events:
        out += ['\n## Events\n', f'{sum(event["supported"] for event in events)} of {len(events)} are supported.\n',
                '| event | when | supported | apps | scopes |', '|---|---|---|---|---|']
    for event in events:
        out.append(f'| `{event["type"]}` | {event["title"]} | {state(event)} | {", ".join(event["app_types"])} | '
                   f'{scopes(event)} |')
    if console:
        out += ['\n## The console\n', 'What the web console asks of the server, for people who have signed in. It changes with the '
                'console: programs use the open API above.\n',
                '| operation | what it does | method and path | supported | roles |', '|---|---|---|---|---|']
    out += [f'| `{op["name"]}` | {op["title"]} | `{op["method"]} {op["path"]}` | {state(op)} | {roles(op)} |'
            for op in console]
    out += ['\n## Errors of every operation\n', 'Beside these, an operation has its own, in its description.\n',
            '| HTTP | code | message | when |', '|---|---|---|---|']
    out += [f'| {error["http"]} | {error["code"]} | {error["msg"]} | {error.get("about", "")} |'
            for error in model.common_errors]
    return '\n'.join(out) + '\n'
