# SPDX-License-Identifier: Apache-2.0
"""Makes TypeScript types of the console operations' input and output: a page that uses an unknown field does not compile."""

TYPES = {'string': 'string', 'int': 'number', 'bool': 'boolean', 'number': 'number', 'map': 'Record<string, unknown>',
         'file': 'File'}


def type_of(field):
    one = field['of'] if field['type'] == 'object' else TYPES[field['type']]
    return f'{one}[]' if field.get('list') else one


def member(field, incoming):
    about = f' // {field["about"]}' if 'about' in field else ''
    return f'    {field["name"]}{"" if incoming and field.get("required") else "?"}: {type_of(field)};{about}'


def reached(model):
    """The structs that the console's operations use, in order of first use."""
    order, todo = [], []
    for op in sorted(model.operations, key=lambda op: op['name']):
        if op['access'] == 'console':
            todo += [f'{op["c_name"]}_{part}' for part in ('query', 'body', 'data') if op[part]]
    while todo:
        name = todo.pop(0)
        if name not in order:
            order.append(name)
            todo += [field['of'] for field in model.structs[name].fields if field['type'] == 'object']
    return order


def page(model):
    out = ['// Made by tools/apigen.py from api/: do not edit. Members of answers may all be absent; what comes in says '
           'what must be there.']
    for name in reached(model):
        incoming = name.endswith(('_query', '_body'))
        out += [f'export interface {name} {{', *(member(field, incoming) for field in model.structs[name].fields), '}']
    return '\n'.join(out) + '\n'
