# SPDX-License-Identifier: Apache-2.0
"""Tests of the generator: it refuses wrong descriptions with an error that names them, and generates C that matches."""
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import api_model

HERE = os.path.dirname(os.path.abspath(__file__))
OPERATION = {
    'name': 'thing.get', 'title': 'Gets a thing', 'method': 'GET', 'path': '/things/:thing_id', 'supported': True,
    'access': 'tenant', 'effect': 'reads', 'app_types': ['custom'], 'scopes_any_of': ['hire:thing'],
    'field_scopes': ['contact:user.employee_id:readonly', 'hire:thing.price:readonly'],
    'rate_limits': [{'calls': 10, 'seconds': 1}],
    'params': [{'name': 'thing_id', 'type': 'string', 'required': True}],
    'query': ['size', {'name': 'kind', 'type': 'string', 'values': {'a': 'first', 'b': 'second'}, 'default': 'a'}],
    'success_msg': 'success', 'errors': [{'http': 400, 'code': 7, 'msg': 'no'}],
    'data': [{'name': 'thing', 'type': 'object', 'ref': 'thing'}]}
THING = {'struct': 'thing', 'fields': [
    {'name': 'default', 'type': 'string'}, {'name': 'owner', 'type': 'string', 'slot': 'user'},
    {'name': 'price', 'type': 'number', 'scope': 'hire:thing.price:readonly'},
    {'name': 'parts', 'type': 'object', 'list': True, 'struct': 'thing_part', 'fields': [
        {'name': 'sizes', 'type': 'int', 'list': True}, {'name': 'more', 'type': 'map'}]}]}
FILES = {'operations/thing.get': OPERATION, 'types/thing': THING, 'errors': [],
         'fields/size': {'name': 'size', 'type': 'int', 'default': 10, 'min': 1, 'max': 100},
         'field_scopes': ['contact:user.employee_id:readonly', 'hire:thing.price:readonly']}


class Folder(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        self.files = copy.deepcopy(FILES)

    def write(self):
        for name, content in self.files.items():
            path = os.path.join(self.root, name + '.json')
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as file:
                file.write(content if isinstance(content, str) else json.dumps(content))

    def faults(self):
        self.write()
        with self.assertRaises(api_model.Wrong) as caught:
            api_model.load(self.root)
        return str(caught.exception)


class Refusals(Folder):
    def refused(self, pattern):
        self.assertRegex(self.faults(), pattern)

    def test_unknown_member(self):
        self.files['operations/thing.get']['colour'] = 'red'
        self.refused(r'api/operations/thing\.get\.json: unknown member "colour"')

    def test_unknown_member_of_a_field(self):
        self.files['types/thing']['fields'][0]['colour'] = 'red'
        self.refused(r'api/types/thing\.json\.default: unknown member "colour"')

    def test_missing_member(self):
        del self.files['operations/thing.get']['effect']
        self.refused('"effect" is missing')

    def test_name_twice_in_one_object(self):
        self.files['types/thing'] = '{"struct": "thing", "struct": "thing", "fields": []}'
        self.refused('api/types/thing.json: is not JSON: names "struct" twice')

    def test_field_twice(self):
        self.files['types/thing']['fields'].append({'name': 'owner', 'type': 'string'})
        self.refused('thing.json.owner: stands twice')

    def test_missing_reference(self):
        self.files['operations/thing.get']['data'][0]['ref'] = 'other'
        self.refused('data.thing: "ref" names "other"')

    def test_missing_shared_field(self):
        self.files['operations/thing.get']['query'].append('colour')
        self.refused('"colour" is not the name of a file in api/fields/')

    def test_unused_type(self):
        self.files['types/other'] = {'struct': 'other', 'fields': []}
        self.refused('api/types/other.json: nothing refers to it')

    def test_two_structs_of_one_name(self):
        self.files['operations/thing.get']['data'].append(
            {'name': 'part', 'type': 'object', 'struct': 'thing_part', 'fields': []})
        self.refused('struct "thing_part" is already described in')

    def test_path_parameter_not_declared(self):
        self.files['operations/thing.get']['path'] = '/things/:thing_id/:part_id'
        self.refused(r"the path has parameters \['thing_id', 'part_id'\], \"params\" declares \['thing_id'\]")

    def test_two_operations_at_one_path(self):
        self.files['operations/thing.take'] = {**OPERATION, 'name': 'thing.take', 'path': '/things/:id',
                                               'params': [{'name': 'id', 'type': 'string', 'required': True}]}
        self.refused("GET /things/:id is thing.get's already")

    def test_two_patterns_that_fit_one_address(self):
        params = [{'name': 'a', 'type': 'string', 'required': True}]
        self.files['operations/thing.get'].update(path='/things/:a/parts', params=params)
        self.files['operations/thing.take'] = {**OPERATION, 'name': 'thing.take', 'path': '/things/own/:a', 'params': params}
        self.refused("GET /things/own/:a and thing.get's /things/:a/parts fit the same address")

    def test_two_operations_with_one_name_in_c(self):
        self.files['operations/thing_get.all'] = {**OPERATION, 'name': 'thing_get.all', 'path': '/all', 'params': []}
        self.files['operations/thing.get_all'] = {**OPERATION, 'name': 'thing.get_all', 'path': '/every', 'params': []}
        self.refused('is called in C as')

    def test_name_that_is_not_the_file(self):
        self.files['operations/thing.get']['name'] = 'thing.list'
        self.refused('"name" must be the file\'s')

    def test_default_outside_its_bounds(self):
        self.files['fields/size']['default'] = 101
        self.refused('size: "default" 101 is outside "min" and "max"')

    def test_default_outside_its_values(self):
        self.files['operations/thing.get']['query'][1]['default'] = 'c'
        self.refused('kind: "default" "c" is none of "values"')

    def test_bound_of_a_wrong_type(self):
        self.files['fields/size']['max_len'] = 5
        self.refused('"max_len" is of string, not of int')

    def test_three_limits(self):
        self.files['operations/thing.get']['rate_limits'] *= 3
        self.refused('has more than two')

    def test_first_bit_is_the_employee_id(self):
        self.files['field_scopes'].reverse()
        self.refused('must begin with "contact:user.employee_id:readonly"')

    def test_example_that_does_not_fit(self):
        example = {'query': {'colour': 'red'}, 'answer': {'code': 0, 'msg': 'success', 'data': {
            'thing': {'owner': 1, 'parts': [{'sizes': ['1'], 'weight': 1}]}}}}
        self.files['operations/thing.get']['example'] = example
        faults = self.faults()
        self.assertIn('example.query.colour: is no query parameter', faults)
        self.assertIn('example.answer.data.thing.owner: must be of type string, not 1', faults)
        self.assertIn('example.answer.data.thing.parts.sizes: must be of type int', faults)
        self.assertIn('example.answer.data.thing.parts.weight: is not described', faults)

    def test_more_scopes_than_bits(self):
        self.files['field_scopes'] += [f'hire:thing.{letter * count}' for letter in 'abcdef' for count in range(1, 6)]
        self.refused('has 32 scopes, but the mask of hidden fields has 31 bits')


class Output(Folder):
    def generate(self, *options):
        self.write()
        return subprocess.run([sys.executable, '-B', os.path.join(HERE, 'apigen.py'), '--api', self.root, '--out',
                               self.root, *options], capture_output=True, text=True, check=False)

    def read(self, name):
        with open(os.path.join(self.root, name), encoding='utf-8') as file:
            return file.read()

    def test_tables(self):
        self.assertEqual(self.generate().stderr, '')
        types, tables = self.read('api_types.h'), self.read('api_tables.c')
        self.assertIn('struct thing {\n    struct str default_;\n    struct str owner;\n    struct opt_num price;\n'
                      '    struct thing_part_list parts;\n};', types)
        self.assertIn('struct thing_part {\n    struct int_list sizes;\n    struct str more;\n};', types)
        self.assertIn('.slot = SLOT_USER', tables)
        self.assertIn('.scope_bit = 2', tables)
        self.assertIn('.field_mask = UINT32_C(6)', tables)
        self.assertIn('.has_min = true, .min = INT64_C(1), .has_max = true, .max = INT64_C(100)', tables)
        self.assertIn('.initial = STR_INIT("10")', tables)
        self.assertIn('.handle = handle_thing_get', tables)
        self.assertIn('OP_THING_GET = 0', self.read('api_ops.h'))

    def test_typescript_of_the_console_alone(self):
        op = self.files['operations/thing.get']
        own = {**{k: v for k, v in op.items() if k not in ('app_types', 'scopes_any_of', 'field_scopes', 'rate_limits')},
               'name': 'console.thing.get', 'path': '/console/api/things/:thing_id', 'access': 'console', 'title_zh': 'X'}
        self.files['console/console.thing.get'] = own
        path = os.path.join(self.root, 'wire.ts')
        self.assertEqual(self.generate('--typescript', path).stderr, '')
        text = self.read('wire.ts')
        self.assertIn('export interface console_thing_get_data {\n    thing?: thing;\n}', text)
        self.assertIn('export interface thing_part {\n    sizes?: number[];\n    more?: Record<string, unknown>;\n}', text)
        self.assertNotIn('interface thing_get_data', text)

    def test_scope_without_a_bit(self):
        self.files['field_scopes'].pop()
        self.assertIn('must be added at the end of api/field_scopes.json', self.generate().stderr)


if __name__ == '__main__':
    unittest.main()
