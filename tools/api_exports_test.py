# SPDX-License-Identifier: Apache-2.0
"""The exports of api/: each event's example is valid by its schema, changed ones are not; the collection has every operation."""
import copy
import json
import os
import sys
import unittest

import api_exports
import api_model

MODEL = api_model.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
FILES = {name: json.loads(text) for name, text in api_exports.files(MODEL).items()}
KINDS = {'string': str, 'integer': int, 'boolean': bool, 'number': (int, float), 'object': dict, 'array': list}
KNOWN = {'$schema', '$defs', '$ref', 'title', 'description', 'type', 'required', 'properties', 'additionalProperties', 'items', 'enum',
         'const', 'format', 'allOf', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'default'}


def problems(value, schema, top, at='$'):
    """What is wrong by the keywords that decide about types and members."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    out = []
    for part in schema.get('allOf', []) + ([top['$defs'][schema['$ref'].removeprefix('#/$defs/')]] if '$ref' in schema else []):
        out += problems(value, part, top, at)
    kind = schema.get('type')
    if kind and (not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != 'boolean')):
        return out + [f'{at}: not of type {kind}']
    if 'const' in schema and value != schema['const'] or 'enum' in schema and value not in schema['enum']:
        out.append(f'{at}: {value!r}')
    if isinstance(value, dict):
        out += [f'{at}.{name} is missing' for name in schema.get('required', []) if name not in value]
        for name, inner in schema.get('properties', {}).items():
            if name in value:
                out += problems(value[name], inner, top, f'{at}.{name}')
    if isinstance(value, list):
        out += [text for i, item in enumerate(value) for text in problems(item, schema.get('items', {}), top, f'{at}[{i}]')]
    return out


class Exports(unittest.TestCase):
    def test_events(self):
        self.assertGreater(len(MODEL.events), 5)
        for event in MODEL.events:
            schema = FILES[f'events/{event["type"]}.schema.json']
            example = event['example']
            self.assertEqual(problems(example, schema, schema), [], event['type'])
            self.assertEqual(set(example['event']) - set(schema['properties']['event']['properties']), set())
            for name in example['event']:
                wrong = copy.deepcopy(example)
                wrong['event'][name] = None
                self.assertNotEqual(problems(wrong, schema, schema), [], f'{event["type"]}: {name}')

    def test_collection(self):
        items = [item for folder in FILES['postman.json']['item'] for item in folder['item']]
        wanted = {op['name'] for op in MODEL.operations if op['supported'] and op['access'] not in ('console', 'test')}
        self.assertEqual({item['name'] for item in items}, wanted)
        for item in items:
            url = item['request']['url']
            self.assertEqual('{{base_url}}/' + '/'.join(url['path']), url['raw'])
            self.assertEqual([p[1:] for p in url['path'] if p.startswith(':')], [v['key'] for v in url['variable']])
            sent = [(one['key'], one['value']) for one in url['query'] if not one['disabled']]
            example = next(op for op in MODEL.operations if op['name'] == item['name']).get('example', {}).get('query', {})
            self.assertEqual([key for key, _ in sent if isinstance(example[key], list)],
                             [key for key, value in example.items() if isinstance(value, list) for _ in value])
            self.assertEqual([value for key, value in sent if isinstance(example[key], list)],
                             [one for value in example.values() if isinstance(value, list) for one in value])
            if item['request'].get('body', {}).get('mode') == 'raw':
                json.loads(item['request']['body']['raw'])


if __name__ == '__main__':
    sys.exit(unittest.main())
