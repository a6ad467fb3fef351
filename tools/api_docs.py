# SPDX-License-Identifier: Apache-2.0
"""Makes docs/API.md, the list of supported operations and events of the platform."""

HEAD = '''# The API

Generated from `api/` by `tools/apigen.py --api api --docs docs/API.md`; do not edit. An operation that is not supported
is one that the platform documents and `hired` refuses with a clear answer. A limit counts the calls of one app in one
tenant. Of the scopes, any one suffices. Fields, bounds and errors of each operation stand in `GET /openapi.json` of a
running server, and in `api/operations/`. `python3 -B tools/apigen.py --api api --exports DIR` writes a Postman collection
(`DIR/postman.json`) and a JSON Schema of each event (`DIR/events/`).
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
    operations = [op for op in everything if op['access'] not in ('console', 'test')]
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


GENERATED = '<!-- From here to the end generated from api/test by tools/apigen.py; do not edit. -->\n'


def field_line(field):
    kind = f'[{field["of"]}](#{field["of"]})' if field['type'] == 'object' else field['type']
    kind = f'list of {kind}' if field.get('list') else kind
    notes = [field.get('about', '')]
    if field.get('required'):
        notes.insert(0, 'required.')
    if 'default' in field:
        notes.append(f'Default: `{field["default"]}`.')
    if 'values' in field:
        notes.append('; '.join(f'`{value}`: {meaning}' for value, meaning in field['values'].items()) + '.')
    for low, high, what in (('min', 'max', ''), ('min_len', 'max_len', ' characters'), ('min_items', 'max_items', ' entries')):
        if low in field or high in field:
            bounds = [f'{word} {field[name]}' for word, name in (('at least', low), ('at most', high)) if name in field]
            notes.append(f'{", ".join(bounds)}{what}.'.capitalize())
    return f'- `{field["name"]}` ({kind}) {" ".join(note for note in notes if note)}'.rstrip()


def reached(model, fields, found):
    """Adds the names of the objects that the fields refer to, at any depth."""
    for field in fields:
        if field['type'] == 'object' and field['of'] not in found:
            found.add(field['of'])
            reached(model, model.structs[field['of']].fields, found)


def testing(model, text):
    """docs/TESTING.md with its generated part renewed."""
    if text.count(GENERATED) != 1:
        raise ValueError(f'docs/TESTING.md must have this line once: {GENERATED}')
    out = [text[:text.index(GENERATED)] + GENERATED, '## Operations of the test mode']
    objects = set()
    for op in sorted((op for op in model.operations if op['access'] == 'test'), key=lambda op: op['path']):
        out.append(f'\n### `{op["method"]} {op["path"]}`\n\n{op["title"]}. {op.get("about", "")}'.rstrip())
        parts = (('params', 'In the path'), ('query', 'Query'), ('body', 'Body'), ('data', 'Answer'))
        for part, title in parts:
            if op[part]:
                beside = ', beside `code` and `msg`' if op.get('flat') else ', in `data`'
                out.append(f'\n{title}{beside if part == "data" else ""}:\n')
                out += map(field_line, op[part])
                reached(model, op[part], objects)
        if op.get('errors'):
            out.append('\n| HTTP | code | message |\n|---|---|---|')
            out += [f'| {error["http"]} | {error["code"]} | {error["msg"]} |' for error in op['errors']]
    if objects:
        out.append('\n## Objects of the test mode')
    for name in sorted(objects):
        about = model.structs[name].about
        out.append(f'\n### `{name}`\n' + (f'\n{about[0].upper()}{about[1:]}.\n' if about else ''))
        out += map(field_line, model.structs[name].fields)
    return '\n'.join(out) + '\n'
