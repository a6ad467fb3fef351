#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes C structs, tables and the OpenAPI text from the descriptions in api/, and docs/API.md.

usage: apigen.py --api DIR --out DIR [--depfile FILE]   api_types.h, api_ops.h, api_handlers.h, api_events.h,
                                                        api_tables.c
       apigen.py --api DIR --docs FILE                  writes docs/API.md, and the operations of the test mode into
                                                        TESTING.md beside it
       apigen.py --api DIR --check-docs FILE            fails if one of these is out of date
       apigen.py --api DIR --typescript FILE            the console's types
       apigen.py --api DIR --exports DIR       a Postman collection, and a JSON Schema of each event
Every operation with "supported": true must have a handler: the program does not link without it.
"""
import argparse
import json
import os
import sys

import api_docs
import api_exports
import api_model
import api_openapi
import api_typescript

HEAD = '/* SPDX-License-Identifier: Apache-2.0\n *\n * {} Generated from api/ by tools/apigen.py; do not edit.\n */\n'
# Words that cannot be names of members or enums: C's keywords, and macros of the compiler, <errno.h> and <stdio.h>.
RESERVED = set('''auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool
true false asm typeof linux unix errno stdin stdout stderr assert offsetof'''.split())
# Imported records may have members that api/ does not describe. The structs of these records, and the structs inside, have a
# member that keeps them. hired import refuses a kind whose struct has none.
IMPORTED = ['application', 'attachment', 'background_check_order', 'external_application', 'external_background_check',
            'interview_extend', 'interview_feedback_form', 'interview_round_type', 'job_level', 'job_processes', 'location',
            'resume_source', 'room', 'termination_reason']
UNDESCRIBED = 'undescribed'
SCALAR = {'string': 'struct str', 'int': 'struct opt_int', 'bool': 'struct opt_bool', 'number': 'struct opt_num',
          'map': 'struct str'}


def c_text(text):
    """A C string literal of UTF-8 text, safe from trigraphs and from digits after an octal escape."""
    out = []
    for byte in text.encode('utf-8'):
        char = chr(byte)
        out.append('\\' + char if char in '"\\?' else char if 32 <= byte < 127 else f'\\{byte:03o}')
    return '"' + ''.join(out) + '"'


def c_str(text):
    return f'STR_INIT({c_text(text)})'


def member_name(name):
    return name + '_' if name in RESERVED else name


def member_type(field):
    if field['type'] == 'object':
        return f'struct {field["of"]}_list ' if field.get('list') else f'struct {field["of"]} *'
    if field.get('list'):
        return {'string': 'struct str_list ', 'int': 'struct int_list ', 'map': 'struct str_list '}[field['type']]
    return SCALAR[field['type']] + ' '


class Tables:
    """The contents of the generated C files."""

    def __init__(self, model):
        self.model = model
        self.operations = sorted(model.operations, key=lambda op: op['name'])
        self.events = sorted(model.events, key=lambda event: event['type'])
        self.live = [op for op in self.operations if op['supported']]
        self.scopes = sorted({scope for item in self.operations + model.events
                              for scope in item.get('scopes_any_of', []) + item.get('field_scopes', [])} |
                             {scope for choice in model.field_scopes for scope in choice})
        self.structs = self.reached()
        self.open_structs = self.within([name for name in IMPORTED if name in self.structs])
        self.bits = self.scope_bits()

    def fields_of(self, struct):
        return [field for field in struct.fields if field['type'] != 'file']

    def within(self, names):
        """These structs, and all structs inside them."""
        found, todo = set(), list(names)
        while todo:
            name = todo.pop()
            if name in self.structs and name not in found:
                found.add(name)
                todo += [field['of'] for field in self.fields_of(self.structs[name]) if field['type'] == 'object']
        return found

    def reached(self):
        """The structs that supported operations and events use, in order of first use."""
        order, todo = {}, []
        for op in self.operations:
            if op['supported']:
                todo += [f'{op["c_name"]}_{part}' for part in ('params', 'query', 'body', 'data') if op[part]]
        todo += [f'{event["c_name"]}_event' for event in self.model.events if event['supported']]
        while todo:
            name = todo.pop(0)
            struct = self.model.structs[name]
            if name not in order and self.fields_of(struct):
                order[name] = struct
                todo += [field['of'] for field in self.fields_of(struct) if field['type'] == 'object']
        return order

    def hides(self, item):
        """The field scopes of an operation's output that have a bit."""
        listed = set(item.get('field_scopes', []))
        return [choice for choice in self.bits if listed.intersection(choice)]

    def scope_bits(self):
        """The bit of each entry of api/field_scopes.json. The store keeps the bits, so they must never change."""
        bits = {choice: bit for bit, choice in enumerate(self.model.field_scopes, 1)}
        for struct in self.structs.values():
            for field in struct.fields:
                if 'scope' in field and api_model.scope_choice(field['scope']) not in bits:
                    raise api_model.Wrong([f'{struct.where}.{field["name"]}: scope {json.dumps(field["scope"])} must '
                                           'be added at the end of api/field_scopes.json'])
        if len(bits) > 30:
            raise api_model.Wrong([f'api/field_scopes.json: {len(bits)} entries, but stored records have 30 bits'])
        if len(self.scopes) > 256:
            raise api_model.Wrong([f'api/: {len(self.scopes)} scopes, but struct caller_app has room for 256'])
        return bits


# ---- api_types.h, api_ops.h ----

def types_header(tables):
    out = [HEAD.format('The objects of the API as C structs.'),
           '#ifndef HIRED_API_TYPES_H\n#define HIRED_API_TYPES_H\n', '#include "base/record.h"\n']
    for name in tables.structs:
        out.append(f'struct {name};\nstruct {name}_list {{\n    struct {name} *v;\n    size_t n;\n}};')
    for name, struct in tables.structs.items():
        out.append('')
        if struct.about:
            out.append(f'/* {struct.about} */')
        out.append(f'struct {name} {{')
        for field in tables.fields_of(struct):
            about = f' /* {field["about"]} */' if 'about' in field else ''
            out.append(f'    {member_type(field)}{member_name(field["name"])};{about}')
        if name in tables.open_structs:
            out.append(f'    struct str {UNDESCRIBED}; /* members without a description, see record.h */')
        out.append('};')
    out.append('')
    out += [f'extern const struct record_type type_{name};' for name in tables.structs]
    out.append('\n#endif\n')
    return '\n'.join(out)


def ops_header(tables):
    out = [HEAD.format('Indices of operations in api_ops.'), '#ifndef HIRED_API_OPS_H\n#define HIRED_API_OPS_H\n',
           'enum api_op {']
    out += [f'    OP_{op["c_name"].upper()} = {index},' for index, op in enumerate(tables.operations)]
    out.append('    OP_COUNT,\n};\n\n#endif\n')
    return '\n'.join(out)


def has_before(op):
    """True if a function runs on the event loop before the handler."""
    return any(op.get(member) for member in ('passwords', 'errand', 'looks_first'))


def handlers_header(tables):
    out = [HEAD.format('The handlers that src/handlers provides: one for each supported operation.'),
           '#ifndef HIRED_API_HANDLERS_H\n#define HIRED_API_HANDLERS_H\n', 'struct call;\n']
    out += [f'int handle_{op["c_name"]}(struct call *c);' for op in tables.live]
    out += [f'int before_{op["c_name"]}(struct call *c);' for op in tables.live
            if has_before(op)]
    out.append('\n#endif\n')
    return '\n'.join(out)


def events_header(tables):
    out = [HEAD.format('The events of the API.'), '#ifndef HIRED_API_EVENTS_H\n#define HIRED_API_EVENTS_H\n',
           '#include "base/record.h"\n', 'enum api_event {']
    out += [f'    EVENT_{event["c_name"].upper()}, /* {event["type"]} */' for event in tables.events]
    out.append('    API_EVENTS\n};\n')
    out.append('struct api_event_entry {\n    struct str type;\n'
               '    const struct str *scopes_any;  /* an app needs one of them; ended by an absent one */\n'
               '    bool custom_apps, store_apps;  /* which kinds of app receive it */\n'
               '    const struct record_type *of;  /* its struct NAME_event; NULL: hired does not send it yet */\n};\n'
               'extern const struct api_event_entry api_events[API_EVENTS];\n\n#endif\n')
    return '\n'.join(out)


# ---- api_tables.c ----

def field_entry(tables, struct, field, values):
    parts = [f'.name = {c_str(field["name"])}', f'.kind = RECORD_{field["type"].upper()}',
             f'.offset = offsetof(struct {struct.name}, {member_name(field["name"])})']
    if 'slot' in field:
        parts.append(f'.slot = SLOT_{field["slot"].upper()}')
    parts += [f'.{flag} = true' for flag in ('list', 'required') if field.get(flag)]
    for bound in ('min', 'max'):
        if bound in field:
            parts.append(f'.has_{bound} = true, .{bound} = INT64_C({field[bound]})')
    parts += [f'.{bound} = {field[bound]}' for bound in ('min_len', 'max_len', 'min_items', 'max_items')
              if field.get(bound)]
    if 'scope' in field:
        parts.append(f'.scope_bit = {tables.bits[api_model.scope_choice(field["scope"])]}')
    if 'values' in field:
        parts.append(f'.values = {values[tuple(field["values"])]}')
    if 'default' in field:
        default = field['default']
        parts.append(f'.initial = {c_str(default if isinstance(default, str) else json.dumps(default))}')
    if field['type'] == 'object':
        parts.append(f'.of = &type_{field["of"]}')
    return '    {' + ', '.join(parts) + '},'


def record_tables(tables, out):
    values = {}
    for struct in tables.structs.values():
        for field in tables.fields_of(struct):
            if 'values' in field and tuple(field['values']) not in values:
                name = f'values_{len(values)}'
                values[tuple(field['values'])] = name
                texts = ', '.join(c_str(value) for value in field['values'])
                out.append(f'static const struct str {name}[] = {{{texts}, {{NULL, 0}}}};')
    for name, struct in tables.structs.items():
        out.append(f'\nstatic const struct record_field fields_{name}[] = {{')
        out += [field_entry(tables, struct, field, values) for field in tables.fields_of(struct)]
        out.append(f'}};\nconst struct record_type type_{name} = {{')
        out.append(f'    .name = {c_str(name)}, .size = sizeof(struct {name}),')
        out.append(f'    .fields = fields_{name}, .n_fields = sizeof(fields_{name}) / sizeof(fields_{name}[0]),')
        undescribed = f'offsetof(struct {name}, {UNDESCRIBED})' if name in tables.open_structs else '0'
        out.append(f'    .undescribed = {undescribed}}};')


def op_entry(tables, index, op):
    mask = 0
    for scope in tables.hides(op):
        mask |= 1 << tables.bits[scope]
    parts = [f'.name = {c_str(op["name"])}', f'.method = {c_str(op["method"])}', f'.path = {c_str(op["path"])}',
             f'.success_msg = {c_str(op["success_msg"])}',
             f'.access = OP_{"TENANT" if op["access"] == "user" else op["access"].upper()}',
             f'.effect = OP_{op["effect"].upper()}', f'.body_kind = OP_BODY_{op.get("body_kind", "none").upper()}',
             f'.app_types = {" | ".join("OP_APP_" + kind.upper() for kind in op["app_types"]) or 0}', f'.index = {index}',
             f'.errors = errors_{op["c_name"]}' if op.get('errors') else '.errors = no_errors']
    parts += [f'.{flag} = true' for flag in ('flat', 'anonymous', 'stream') if op.get(flag)]
    if op.get('roles'):
        parts.append(f'.roles = {sum(1 << api_model.ROLES.index(role) for role in op["roles"])}')
    if 'msg_member' in op:
        parts.append(f'.msg_member = {c_str(op["msg_member"])}')
    if mask:
        parts.append(f'.field_mask = UINT32_C({mask})')
    if 'scopes_any_of' in op:
        parts.append(f'.scopes_any = scopes_{op["c_name"]}')
    if op.get('rate_limits'):
        limits = ', '.join(f'{{{limit["calls"]}, {limit["seconds"]}}}' for limit in op['rate_limits'])
        parts.append(f'.limits = {{{limits}}}')
    parts += [f'.{part} = &type_{op["c_name"]}_{part}' for part in ('params', 'query', 'body', 'data')
              if f'{op["c_name"]}_{part}' in tables.structs]
    if op in tables.live:
        parts.append(f'.handle = handle_{op["c_name"]}')
        if has_before(op):
            parts.append(f'.before = before_{op["c_name"]}')
    return '    {' + ',\n     '.join(parts) + '},'


def op_tables(tables, out):
    out.append('\nstatic const struct op_error no_errors[] = {{0, 0, {NULL, 0}}};')
    for op in tables.operations:
        if 'scopes_any_of' in op:
            indices = ', '.join(str(tables.scopes.index(scope)) for scope in op['scopes_any_of'])
            out.append(f'static const uint16_t scopes_{op["c_name"]}[] = {{{indices}, UINT16_MAX}};')
        if op.get('errors'):
            errors = ', '.join(f'{{{e["http"]}, {e["code"]}, {c_str(e["msg"])}}}' for e in op['errors'])
            out.append(f'static const struct op_error errors_{op["c_name"]}[] = {{{errors}, {{0, 0, {{NULL, 0}}}}}};')
    out.append('\nconst struct op api_ops[] = {')
    out += [op_entry(tables, index, op) for index, op in enumerate(tables.operations)]
    out.append(f'}};\nconst uint16_t api_n_ops = {len(tables.operations)};')
    out.append('\nconst struct str api_scopes[] = {')
    out += [f'    {c_str(scope)},' for scope in tables.scopes]
    out.append(f'}};\nconst uint16_t api_n_scopes = {len(tables.scopes)};')
    out.append('\nconst struct str api_field_scopes[32] = {')
    out += [f'    [{bit}] = {c_str("|".join(choice))},' for choice, bit in tables.bits.items()]
    out.append('};\n')


def event_tables(tables, out):
    for event in tables.events:
        texts = ''.join(f'{c_str(scope)}, ' for scope in event.get('scopes_any_of', []))
        out.append(f'static const struct str event_scopes_{event["c_name"]}[] = {{{texts}{{NULL, 0}}}};')
    out.append('const struct api_event_entry api_events[API_EVENTS] = {')
    for event in tables.events:
        of = f'&type_{event["c_name"]}_event' if event['supported'] else 'NULL'
        kinds = ''.join(f', .{kind}_apps = true' for kind in event['app_types'])
        out.append(f'    {{.type = {c_str(event["type"])}, .scopes_any = event_scopes_{event["c_name"]}, .of = {of}{kinds}}},')
    out.append('};\n')


SCOPE_FIND = '''int api_scope_find(struct str name) {
    size_t low = 0, high = api_n_scopes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, api_scopes[middle]);
        if (order == 0)
            return (int)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -ENOENT;
}
'''


def tables_source(tables):
    out = [HEAD.format("Tables of the API's operations, fields and scopes."),
           '#include <errno.h>\n#include <stddef.h>\n\n#include "api_events.h"\n#include "api_handlers.h"\n#include "api_types.h"\n#include "gateway/op.h"\n']
    record_tables(tables, out)
    op_tables(tables, out)
    if tables.events:
        event_tables(tables, out)
    out.append(SCOPE_FIND)
    # The operations of the console and of the test mode are not part of the open API.
    shown = [op for op in tables.live if op['access'] not in ('console', 'test')]
    text = json.dumps(api_openapi.document(tables.model, shown), ensure_ascii=False, separators=(',', ':'))
    out.append('const struct str api_openapi_json = STR_INIT(')
    out += [f'    {c_text(text[start:start + 100])}' for start in range(0, len(text), 100)]
    out.append(');\n')
    return '\n'.join(out)


def write_if_changed(path, text):
    """Does not write an unchanged file, so that nothing that depends on it is rebuilt."""
    try:
        with open(path, encoding='utf-8') as file:
            if file.read() == text:
                return
    except OSError:
        pass
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def generate(model, options):
    tables = Tables(model)
    outputs = {'api_types.h': types_header(tables), 'api_ops.h': ops_header(tables),
               'api_handlers.h': handlers_header(tables), 'api_events.h': events_header(tables),
               'api_tables.c': tables_source(tables)}
    for name, text in outputs.items():
        write_if_changed(os.path.join(options.out, name), text)
    if options.depfile:
        here = os.path.dirname(os.path.abspath(__file__))
        tools = [os.path.join(here, name) for name in ('apigen.py', 'api_model.py', 'api_openapi.py', 'api_docs.py')]
        with open(options.depfile, 'w', encoding='utf-8') as file:
            file.write(os.path.join(options.out, 'api_types.h') + ': ' +
                       ' '.join(name.replace(' ', '\\ ') for name in model.files + tools) + '\n')


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def pages(model, path):
    """The pages that are generated, as (path, text): docs/API.md, and a part of docs/TESTING.md if there is that page."""
    if not path:
        return []
    testing = os.path.join(os.path.dirname(path), 'TESTING.md')
    more = [(testing, api_docs.testing(model, read(testing)))] if os.path.exists(testing) else []
    return [(path, api_docs.page(model))] + more


def main():
    parser = argparse.ArgumentParser(description='Makes C and documentation from the descriptions in api/.')
    parser.add_argument('--api', required=True, help='the folder of descriptions')
    parser.add_argument('--out', help='folder for the C files')
    parser.add_argument('--depfile', help='file for the list of what was read')
    parser.add_argument('--docs', help='the page to write')
    parser.add_argument('--typescript', help="the file of the console's types to write")
    parser.add_argument('--check-docs', help='the page to compare')
    parser.add_argument('--exports', help='folder for postman.json (a Postman collection) and events/ (a JSON Schema of each event)')
    options = parser.parse_args()
    if not os.path.isdir(options.api):
        parser.error(f'--api {options.api}: there is no such folder; the descriptions are in api/')
    try:
        model = api_model.load(options.api)
        if options.out:
            generate(model, options)
        for page, text in pages(model, options.docs):
            write_if_changed(page, text)
        if options.typescript:
            write_if_changed(options.typescript, api_typescript.page(model))
        if options.exports:
            os.makedirs(os.path.join(options.exports, 'events'), exist_ok=True)
            for name, text in api_exports.files(model).items():
                write_if_changed(os.path.join(options.exports, name), text)
        for page, text in pages(model, options.check_docs):
            if read(page) != text:
                raise api_model.Wrong([f'{page}: out of date; run tools/apigen.py --api api --docs docs/API.md'])
    except api_model.Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
