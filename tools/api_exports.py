# SPDX-License-Identifier: Apache-2.0
"""Makes a Postman collection (v2.1) of the open API, and JSON Schemas (draft 2020-12) of all events."""
import json
import re

import api_openapi

POSTMAN = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'
DRAFT = 'https://json-schema.org/draft/2020-12/schema'


def texts(value):
    """The value of a parameter of a query, as it is sent; a list is several parameters."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def request(op):
    parts = op['path'].strip('/').split('/')
    example = op.get('example', {})
    query = [{'key': field['name'], 'value': value, 'description': api_openapi.about(field), 'disabled': field['name'] not in example.get('query', {})}
             for field in op['query'] for value in texts(example.get('query', {}).get(field['name'], ''))]
    url = {'raw': '{{base_url}}' + op['path'], 'host': ['{{base_url}}'], 'path': parts, 'query': query,
           'variable': [{'key': name, 'value': ''} for name in re.findall(r':([A-Za-z0-9_]+)', op['path'])]}
    out = {'method': op['method'], 'url': url, 'header': [], 'description': op['title']}
    if op['access'] == 'public':
        out['auth'] = {'type': 'noauth'}
    if op.get('body_kind') == 'json':
        out['header'] = [{'key': 'Content-Type', 'value': 'application/json'}]
        out['body'] = {'mode': 'raw', 'raw': json.dumps(example.get('body', {}), ensure_ascii=False, indent=2),
                       'options': {'raw': {'language': 'json'}}}
    elif op.get('body_kind') == 'multipart':
        out['body'] = {'mode': 'formdata', 'formdata': [
            {'key': field['name'], 'type': 'file', 'src': []} if field['type'] == 'file' else
            {'key': field['name'], 'type': 'text', 'value': ''} for field in op['body']]}
    return {'name': op['name'], 'request': out, 'response': []}


def collection(model):
    folders = {}
    for op in sorted(model.operations, key=lambda op: op['name']):
        if op['supported'] and op['access'] not in ('console', 'test'):
            folders.setdefault(op['name'].split('.')[0], []).append(request(op))
    return {'info': {'name': 'hired', 'schema': POSTMAN, 'description': 'Recruiting in the form of the Feishu/Lark Hire open API.'},
            'auth': {'type': 'bearer', 'bearer': [{'key': 'token', 'value': '{{tenant_access_token}}', 'type': 'string'}]},
            'variable': [{'key': 'base_url', 'value': 'http://127.0.0.1:8080'}, {'key': 'tenant_access_token', 'value': ''}],
            'item': [{'name': name, 'item': items} for name, items in folders.items()]}


def here(schema):
    """The schema with references into its own document."""
    if isinstance(schema, dict):
        return {name: value.replace('#/components/schemas/', '#/$defs/') if name == '$ref' else here(value)
                for name, value in schema.items()}
    return [here(value) for value in schema] if isinstance(schema, list) else schema


def event_schema(model, event):
    fields = model.structs[event['c_name'] + '_event'].fields
    names = api_openapi.reached(model, [{'params': fields, 'query': [], 'body': [], 'data': []}])
    text = {'type': 'string'}
    header = {'type': 'object', 'required': ['event_id', 'event_type', 'app_id', 'tenant_key'], 'properties': {
        'event_id': text, 'event_type': {'const': event['type']}, 'create_time': text, 'token': text, 'app_id': text, 'tenant_key': text}}
    return here({'$schema': DRAFT, 'title': event['type'], 'description': event['title'], 'type': 'object',
                 'required': ['schema', 'header', 'event'],
                 'properties': {'schema': {'const': '2.0'}, 'header': header, 'event': api_openapi.object_schema(fields)},
                 '$defs': {name: api_openapi.object_schema(model.structs[name].fields) for name in names}})


def files(model):
    """All exports: {name of the file: its contents}."""
    out = {'postman.json': collection(model)}
    out.update({f'events/{event["type"]}.schema.json': event_schema(model, event) for event in model.events})
    return {name: json.dumps(value, ensure_ascii=False, indent=2) + '\n' for name, value in out.items()}
