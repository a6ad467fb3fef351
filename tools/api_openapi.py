# SPDX-License-Identifier: Apache-2.0
"""Makes the OpenAPI 3.0 document of the supported operations."""
import re

import api_model

JSON_TYPES = {'string': {'type': 'string'}, 'int': {'type': 'integer', 'format': 'int64'}, 'bool': {'type': 'boolean'},
              'number': {'type': 'number'}, 'map': {'type': 'object', 'additionalProperties': True},
              'file': {'type': 'string', 'format': 'binary'}}


def about(field):
    """The descriptions of the field and of its values, as one text."""
    parts = [field['about']] if 'about' in field else []
    if 'values' in field:
        parts.append('; '.join(f'{value}: {meaning}' for value, meaning in field['values'].items()))
    if 'scope' in field:
        parts.append('only for apps with ' + ' or '.join(api_model.scope_choice(field['scope'])))
    return '. '.join(parts)


def schema(field):
    """The schema of one field, without its name."""
    if field['type'] == 'object':
        inner = {'$ref': f'#/components/schemas/{field["of"]}'}
    else:
        inner = dict(JSON_TYPES[field['type']])
    if 'values' in field:
        inner['enum'] = [int(value) if field['type'] == 'int' else value for value in field['values']]
    for member, name in (('min', 'minimum'), ('max', 'maximum'), ('min_len', 'minLength'), ('max_len', 'maxLength'),
                         ('default', 'default')):
        if member in field:
            inner[name] = field[member]
    text = about(field)
    if not field.get('list'):
        if text and '$ref' in inner:
            return {'allOf': [inner], 'description': text}
        return {**inner, 'description': text} if text else inner
    outer = {'type': 'array', 'items': inner}
    for member, name in (('min_items', 'minItems'), ('max_items', 'maxItems')):
        if member in field:
            outer[name] = field[member]
    return {**outer, 'description': text} if text else outer


def object_schema(fields, incoming=False):
    out = {'type': 'object', 'properties': {field['name']: schema(field) for field in fields}}
    required = [field['name'] for field in fields if field.get('required')] if incoming else []
    return {**out, 'required': required} if required else out


def parameters(op):
    out = [{'name': field['name'], 'in': 'path', 'required': True, 'schema': schema(field)} for field in op['params']]
    for field in op['query']:
        item = {'name': field['name'], 'in': 'query', 'schema': schema(field)}
        out.append({**item, 'required': True} if field.get('required') else item)
    return out


def answer_schema(op):
    properties = {'code': {'type': 'integer', 'enum': [0]}, op.get('msg_member', 'msg'): {'type': 'string'}}
    inner = object_schema(op['data'])
    if op.get('flat'):
        properties.update(inner['properties'])
    else:
        properties['data'] = inner
    return {'type': 'object', 'properties': properties, 'required': ['code']}


def extensions(op):
    """Extension members (x-...) that the console's API page shows."""
    out = {'x-name': op['name'], 'x-effect': op['effect']}
    if 'title_zh' in op:
        out['x-title-zh'] = op['title_zh']
    for member, name in (('scopes_any_of', 'x-scopes'), ('rate_limits', 'x-limits'), ('errors', 'x-errors')):
        if op.get(member):
            out[name] = op[member]
    return out


def operation(op):
    answer = {'schema': answer_schema(op)}
    example = op.get('example', {})
    if 'answer' in example:
        answer['example'] = example['answer']
    out = {'operationId': op['name'].replace('.', '_'), 'summary': op['title'], 'tags': [op['name'].split('.')[0]],
           'parameters': parameters(op),
           'responses': {'200': {'description': 'done', 'content': {'application/json': answer}},
                         'default': {'$ref': '#/components/responses/refused'}}}
    out.update(extensions(op))
    notes = []
    if op.get('scopes_any_of'):
        notes.append('Needs one of the scopes ' + ', '.join(op['scopes_any_of']) + '.')
    notes += [f'At most {limit["calls"]} calls in {limit["seconds"]} s.' for limit in op.get('rate_limits', [])]
    notes += [f'Code {error["code"]} (HTTP {error["http"]}): {error["msg"]}.' for error in op.get('errors', [])]
    if notes:
        out['description'] = ' '.join(notes)
    out['security'] = [] if op['access'] == 'public' else [{'token': []}]
    if 'body_kind' in op:
        kind = 'multipart/form-data' if op['body_kind'] == 'multipart' else 'application/json'
        content = {'schema': object_schema(op['body'], True)}
        if 'body' in example:
            content['example'] = example['body']
        out['requestBody'] = {'required': True, 'content': {kind: content}}
    return out


def reached(model, operations):
    """The named objects that the operations use, sorted."""
    seen, todo = set(), [op[part] for op in operations for part in ('params', 'query', 'body', 'data')]
    while todo:
        for field in todo.pop():
            if field['type'] == 'object' and field['of'] not in seen:
                seen.add(field['of'])
                todo.append(model.structs[field['of']].fields)
    return sorted(seen)


def document(model, operations):
    paths = {}
    for op in operations:
        path = re.sub(r':([A-Za-z0-9_]+)', r'{\1}', op['path'])
        paths.setdefault(path, {})[op['method'].lower()] = operation(op)
    incoming = {name for op in operations for name in reached(model, [{**op, 'data': []}])}
    schemas = {name: object_schema(model.structs[name].fields, name in incoming)
               for name in reached(model, operations)}
    schemas['error'] = {'type': 'object', 'required': ['code', 'msg'], 'properties': {
        'code': {'type': 'integer'}, 'msg': {'type': 'string'}, 'error': {'type': 'object'}}}
    return {
        'openapi': '3.0.3',
        'info': {'title': 'hired', 'version': '1', 'license': {'name': 'Apache-2.0'},
                 'description': 'Recruiting in the form of the Feishu/Lark Hire open API.'},
        'paths': paths,
        'components': {
            'schemas': schemas,
            'responses': {'refused': {'description': 'refused; code says why', 'content': {
                'application/json': {'schema': {'$ref': '#/components/schemas/error'}}}}},
            'securitySchemes': {'token': {'type': 'http', 'scheme': 'bearer'}}}}
