# SPDX-License-Identifier: Apache-2.0
"""Reads and checks the descriptions in api/: a mistake stops the build with a sentence that says where it is.

api/README.md documents the format. load() returns a Model, or raises Wrong with all errors.
"""
import json
import os
import re

EMPLOYEE_ID = 'contact:user.employee_id:readonly'  # must be bit 1, which the gateway tests
METHODS = ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')
FIELD_TYPES = ('string', 'int', 'bool', 'number', 'object', 'map', 'file')
ACCESS = ('public', 'tenant', 'app', 'console', 'test', 'user')
EFFECTS = ('reads', 'writes', 'waits')
ROLES = ('admin', 'recruiter', 'approver', 'interviewer')  # of the console, in the order of enum console_role
NAME = re.compile(r'[a-z][a-z0-9_]*')
MEMBER = re.compile(r'[A-Za-z_][A-Za-z0-9_]*')
SCOPE = re.compile(r'[a-z_]+(:[a-z_.]+)+')
BOUNDS = {'min': ('int', 'number'), 'max': ('int', 'number'), 'min_len': ('string',), 'max_len': ('string',)}

# Members of each kind of description: name -> JSON type. A name ending in '!' is required.
OPERATION = {
    'name!': str, 'title!': str, 'title_zh': str, 'doc': str, 'method!': str, 'path!': str, 'supported!': bool,
    'access!': str, 'effect!': str, 'app_types': list, 'scopes_any_of': list, 'field_scopes': list,
    'rate_limits': list, 'body_kind': str, 'params': list, 'query': list, 'body': list, 'success_msg!': str,
    'flat': bool, 'msg_member': str, 'data': list, 'errors': list, 'example': dict, 'about': str,
    'roles': list, 'anonymous': bool, 'stream': bool, 'passwords': bool, 'errand': bool, 'looks_first': bool}
EVENT = {'type!': str, 'title!': str, 'title_zh': str, 'doc': str, 'supported!': bool, 'app_types!': list,
         'scopes_any_of': list, 'field_scopes': list, 'event!': list, 'example!': dict, 'about': str}
STRUCT = {'struct!': str, 'fields!': list, 'about': str}
FIELD = {'name!': str, 'type!': str, 'list': bool, 'required': bool, 'default': (str, int, bool), 'values': dict,
         'min': int, 'max': int, 'min_len': int, 'max_len': int, 'min_items': int, 'max_items': int,
         'fields': list, 'struct': str, 'ref': str, 'slot': str, 'scope': (str, list), 'about': str}
ERROR = {'http!': int, 'code!': int, 'msg!': str}


class Wrong(Exception):
    """The errors in the descriptions: a list of sentences."""

    def __init__(self, faults):
        super().__init__('\n'.join(faults))
        self.faults = faults


class Struct:
    """An object with named fields, from which one C struct and one schema are generated."""

    def __init__(self, name, fields, where, about=''):
        self.name, self.fields, self.where, self.about = name, fields, where, about


class Model:
    """All descriptions. structs holds every object by name; an object field's 'of' is the Struct it holds."""

    def __init__(self):
        self.operations, self.events = [], []
        self.structs, self.shared_fields, self.common_errors, self.field_scopes = {}, {}, [], []
        self.files = []


def unique_names(pairs):
    """Refuses a JSON object that has a member twice, which json.loads would accept."""
    seen = {}
    for name, value in pairs:
        if name in seen:
            raise ValueError(f'names "{name}" twice')
        seen[name] = value
    return seen


def is_scope_choice(value):
    """True for one scope, or for a list of scopes of which the app needs any one."""
    names = value if isinstance(value, list) and len(value) > 1 else [value]
    return all(isinstance(name, str) and SCOPE.fullmatch(name) for name in names)


def scope_choice(value):
    """A field's scope as a sorted tuple, so that two fields with the same scopes compare equal."""
    return tuple(sorted(value)) if isinstance(value, list) else (value,)


class Loader:
    def __init__(self, root):
        self.root, self.model, self.faults = root, Model(), []
        self.types, self.used_types, self.used_fields = set(), set(), set()

    def fault(self, where, text):
        self.faults.append(f'{where}: {text}')

    def read_folder(self, folder):
        """Yields (stem, path as shown in messages, content) for each JSON file of a folder."""
        place = os.path.join(self.root, folder)
        self.model.files.append(place)
        for entry in sorted(os.listdir(place)) if os.path.isdir(place) else []:
            if entry.endswith('.json'):
                content = self.read_file(os.path.join(folder, entry), dict)
                if content is not None:
                    yield entry[:-len('.json')], f'api/{folder}/{entry}', content

    def read_file(self, relative, kind):
        full = os.path.join(self.root, relative)
        self.model.files.append(full)
        try:
            with open(full, encoding='utf-8') as file:
                content = json.load(file, object_pairs_hook=unique_names)
        except ValueError as error:
            self.fault(f'api/{relative}', f'is not JSON: {error}')
            return None
        if not isinstance(content, kind):
            self.fault(f'api/{relative}', f'holds no JSON {"object" if kind is dict else "list"}')
            return None
        return content

    def check_members(self, where, value, allowed):
        """Checks the types of members, and that none is unknown or missing. Returns whether value can be used further."""
        if not isinstance(value, dict):
            self.fault(where, f'must be an object, not {json.dumps(value)[:40]}')
            return False
        good = True
        names = {name.rstrip('!'): kind for name, kind in allowed.items()}
        for name, content in value.items():
            if name not in names:
                self.fault(where, f'unknown member "{name}"; known are {", ".join(sorted(names))}')
                good = False
            elif not isinstance(content, names[name]) or (names[name] is int and isinstance(content, bool)):
                self.fault(where, f'"{name}" is of a wrong type: {json.dumps(content)[:40]}')
                good = False
        for name in allowed:
            if name.endswith('!') and name[:-1] not in value:
                self.fault(where, f'"{name[:-1]}" is missing')
                good = False
        return good

    def check_list(self, where, value, check, what):
        for item in value:
            if not check(item):
                self.fault(where, f'{what} {json.dumps(item)[:60]}')
        if len({json.dumps(item) for item in value}) != len(value):
            self.fault(where, 'says the same thing twice')

    # ---- fields ----

    def fields(self, where, fields, incoming):
        """Checks a list of fields, and returns it with shared fields inserted and the struct of every object set."""
        out, seen = [], set()
        for field in fields:
            if isinstance(field, str):
                self.used_fields.add(field)
                if field not in self.model.shared_fields:
                    self.fault(where, f'"{field}" is not the name of a file in api/fields/')
                    continue
                field = self.model.shared_fields[field]
            if not isinstance(field, dict) or not isinstance(field.get('name'), str):
                self.fault(where, f'a field must be an object with a "name", or the name of a shared field, '
                                  f'not {json.dumps(field)[:60]}')
                continue
            here = f'{where}.{field["name"]}'
            if field['name'] in seen:
                self.fault(here, 'stands twice in one list of fields')
            seen.add(field['name'])
            if self.check_members(here, field, FIELD):
                out.append(self.field(here, dict(field), incoming))
        return out

    def field(self, where, field, incoming):
        kind = field['type']
        if not MEMBER.fullmatch(field['name']):
            self.fault(where, 'a name has letters, digits and "_" only')
        if kind not in FIELD_TYPES:
            self.fault(where, f'type "{kind}" is none of {", ".join(FIELD_TYPES)}')
            return field
        if field.get('list') and kind not in ('string', 'int', 'object', 'map'):
            self.fault(where, f'there is no list of {kind}, only of string, int, object and map')
        self.object_of(where, field, incoming)
        self.check_bounds(where, field)
        self.check_values(where, field)
        if not incoming and (field.get('required') or 'default' in field):
            self.fault(where, '"required" and "default" are for what comes in')
        if field.get('slot', 'user') not in ('user', 'file') or ('slot' in field and kind != 'string'):
            self.fault(where, '"slot" is "user" or "file", and of a string')
        if 'scope' in field and not is_scope_choice(field['scope']):
            self.fault(where, f'{json.dumps(field["scope"])} is neither the name of a scope nor a list of names')
        return field

    def object_of(self, where, field, incoming):
        forms = [member for member in ('ref', 'struct') if member in field]
        if field['type'] != 'object':
            if forms or 'fields' in field:
                self.fault(where, f'a {field["type"]} has no "ref", "struct" or "fields"')
            return
        if len(forms) != 1 or ('struct' in field) != ('fields' in field):
            self.fault(where, 'an object has either "ref", or "struct" and "fields"; one with free names is a "map"')
            return
        if 'ref' in field:
            self.used_types.add(field['ref'])
            field['of'] = field['ref']
            if field['ref'] not in self.types:
                self.fault(where, f'"ref" names "{field["ref"]}", but there is no api/types/{field["ref"]}.json')
            return
        field['of'] = field['struct']
        self.add_struct(field['struct'], self.fields(where, field['fields'], incoming), where, field.get('about', ''))

    def add_struct(self, name, fields, where, about=''):
        if not NAME.fullmatch(name):
            self.fault(where, f'"{name}" is no name for a struct: small letters, digits and "_"')
        if name in self.model.structs:
            self.fault(where, f'struct "{name}" is already described in {self.model.structs[name].where}; '
                              f'put what is shared into api/types/{name}.json, or give this one another name')
        self.model.structs[name] = Struct(name, fields, where, about)

    def check_bounds(self, where, field):
        for bound, kinds in BOUNDS.items():
            if bound in field and field['type'] not in kinds:
                self.fault(where, f'"{bound}" is of {" or ".join(kinds)}, not of {field["type"]}')
        for bound in ('min_items', 'max_items'):
            if bound in field and not field.get('list'):
                self.fault(where, f'"{bound}" is of a list')
        for low, high in (('min', 'max'), ('min_len', 'max_len'), ('min_items', 'max_items')):
            if low in field and high in field and field[low] > field[high]:
                self.fault(where, f'"{low}" is above "{high}"')
            if low != 'min' and (field.get(low, 0) < 0 or field.get(high, 1) < 1):
                self.fault(where, f'"{low}" is at least 0, "{high}" at least 1')

    def check_values(self, where, field):
        values, default = field.get('values'), field.get('default')
        if values is not None:
            if field['type'] not in ('string', 'int') or not values:
                self.fault(where, '"values" are of a string or an int, and not empty')
            for value, meaning in values.items():
                if field['type'] == 'int' and not re.fullmatch(r'-?(0|[1-9][0-9]*)', value):
                    self.fault(where, f'value "{value}" of an int is not an int')
                if not isinstance(meaning, str):
                    self.fault(where, f'the meaning of value "{value}" must be a text')
        if default is None:
            return
        if field.get('required'):
            self.fault(where, 'what is required needs no "default"')
        wanted = {'string': str, 'int': int, 'bool': bool}.get(field['type'])
        if wanted is None or field.get('list') or type(default) is not wanted:
            self.fault(where, f'"default" {json.dumps(default)} does not fit the type')
        elif values is not None and str(default) not in values:
            self.fault(where, f'"default" {json.dumps(default)} is none of "values"')
        elif field['type'] == 'int' and not field.get('min', default) <= default <= field.get('max', default):
            self.fault(where, f'"default" {default} is outside "min" and "max"')

    # ---- files ----

    def load(self):
        for stem, where, field in self.read_folder('fields'):
            self.model.shared_fields[stem] = field
        types = list(self.read_folder('types'))
        for stem, where, content in types:
            if content.get('struct') != stem:
                self.fault(where, f'"struct" must be "{stem}", as the file is named')
            self.types.add(stem)
        for stem, where, content in types:
            if self.check_members(where, content, STRUCT):
                # A shared object may be input or output; "required" and "default" apply to input only.
                self.add_struct(stem, self.fields(where, content['fields'], True), where, content.get('about', ''))
        self.lists()
        for folder in ('operations', 'console', 'test'):
            for stem, where, content in self.read_folder(folder):
                if self.check_members(where, content, OPERATION):
                    self.own(folder, where, content)
                    self.operation(stem, where, content)
        for stem, where, content in self.read_folder('events'):
            if self.check_members(where, content, EVENT):
                self.event(stem, where, content)
        self.check_paths()
        self.check_unused()
        if not self.faults:
            self.check_examples()
        if self.faults:
            raise Wrong(self.faults)
        return self.model

    def lists(self):
        scopes = self.read_file('field_scopes.json', list) or []
        self.check_list('api/field_scopes.json', scopes, is_scope_choice, 'no name of a scope, nor a list of them:')
        if scopes[:1] != [EMPLOYEE_ID]:
            self.fault('api/field_scopes.json', f'must begin with "{EMPLOYEE_ID}"')
        if len(scopes) > 31:
            self.fault('api/field_scopes.json', f'has {len(scopes)} scopes, but the mask of hidden fields has 31 bits')
        self.model.field_scopes = [scope_choice(scope) for scope in scopes]
        content = self.read_file('errors.json', list) or []
        for index, error in enumerate(content):
            if self.check_members(f'api/errors.json[{index}]', error, {**ERROR, 'about': str}):
                self.model.common_errors.append(error)

    def own(self, folder, where, op):
        """Checks the members that only the operations of the console and of the test mode have."""
        own = op['access'] if op['access'] in ('console', 'test') else 'operations'
        if own != folder:
            self.fault(where, 'operations with "access" "console" stand in api/console, those with "test" in api/test, all others in '
                              'api/operations')
        if folder != 'test' and op['effect'] == 'waits':
            self.fault(where, '"effect" "waits" is for api/test')
        if folder != 'operations':
            path = {'console': '/console/api/', 'test': '/test/'}[folder]
            if not op['name'].startswith(f'{folder}.') or not op['path'].startswith(path):
                self.fault(where, f'"name" must begin with "{folder}.", "path" with "{path}"')
            for member in ('app_types', 'scopes_any_of', 'field_scopes', 'rate_limits'):
                if member in op:
                    self.fault(where, f'"{member}" is for apps')
            op['app_types'] = []
        if folder == 'test':
            for member in ('roles', 'anonymous', 'stream', 'passwords', 'errand', 'looks_first'):
                if member in op:
                    self.fault(where, f'"{member}" is not for api/test')
            return
        if folder == 'console':
            if 'roles' in op and (not op['roles'] or op.get('anonymous')):
                self.fault(where, '"roles" is not empty, and of those who have signed in')
            self.check_list(f'{where} roles', op.get('roles', []), lambda role: role in ROLES,
                            f'none of {", ".join(ROLES)}:')
            return
        for member in ('roles', 'anonymous', 'stream', 'passwords', 'errand'):
            if member in op:
                self.fault(where, f'"{member}" is for the console')
        if not op.get('app_types'):
            self.fault(where, '"app_types" is missing or empty: nobody could use this')
        op.setdefault('app_types', [])

    def operation(self, stem, where, op):
        if stem != op['name'] or not re.fullmatch(r'[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+', op['name']):
            self.fault(where, f'"name" must be the file\'s, as resource.verb in small letters, not "{op["name"]}"')
        for member, allowed in (('method', METHODS), ('access', ACCESS), ('effect', EFFECTS),
                                ('body_kind', ('json', 'multipart'))):
            if member in op and op[member] not in allowed:
                self.fault(where, f'"{member}" is "{op[member]}", but must be one of {", ".join(allowed)}')
        if op['access'] == 'user' and op['supported']:
            self.fault(where, 'access "user" (user_access_token) cannot be supported yet')
        if op.get('msg_member', 'message') != 'message':
            self.fault(where, '"msg_member" can only be "message"; absent means "msg"')
        self.check_common(where, op)
        if ('body' in op) != ('body_kind' in op):
            self.fault(where, '"body" and "body_kind" come together')
        op['c_name'] = op['name'].replace('.', '_')
        for part in ('params', 'query', 'body', 'data'):
            op[part] = self.fields(f'{where} {part}', op.get(part, []), part != 'data')
            for field in op[part]:
                if field['type'] == 'file' and (part != 'body' or op.get('body_kind') != 'multipart'):
                    self.fault(f'{where} {part}.{field["name"]}', 'a file stands in a multipart body only')
                if part in ('params', 'query') and field['type'] in ('object', 'map', 'number'):
                    self.fault(f'{where} {part}.{field["name"]}', f'a {field["type"]} cannot stand in an address')
            if op[part]:
                self.add_struct(f'{op["c_name"]}_{part}', op[part], f'{where} {part}')
        in_path = re.findall(r':([A-Za-z0-9_]+)', op['path'])
        declared = [field['name'] for field in op['params']]
        if in_path != declared:
            self.fault(where, f'the path has parameters {in_path}, "params" declares {declared}')
        if not re.fullmatch(r'(/(:?[A-Za-z0-9_]+|[a-z0-9_.-]+))+', op['path']):
            self.fault(where, f'"{op["path"]}" is no path')
        for index, error in enumerate(op.get('errors', [])):
            self.check_members(f'{where} errors[{index}]', error, ERROR)
        self.model.operations.append(op)

    def check_common(self, where, item):
        """Checks the members that operations and events share."""
        def scope(value):
            return isinstance(value, str) and SCOPE.fullmatch(value)
        self.check_list(f'{where} scopes_any_of', item.get('scopes_any_of', []), scope, 'no name of a scope:')
        self.check_list(f'{where} field_scopes', item.get('field_scopes', []), scope, 'no name of a scope:')
        self.check_list(f'{where} app_types', item['app_types'], lambda v: v in ('custom', 'store'),
                        '"custom" or "store", not')
        limits = item.get('rate_limits', [])
        if len(limits) > 2:
            self.fault(where, '"rate_limits" has more than two')
        for index, limit in enumerate(limits):
            here = f'{where} rate_limits[{index}]'
            if self.check_members(here, limit, {'calls!': int, 'seconds!': int}):
                if limit['calls'] < 1 or limit['seconds'] < 1:
                    self.fault(here, 'must be above 0')

    def event(self, stem, where, event):
        if stem != event['type'] or not re.fullmatch(r'[a-z_]+(\.[a-z_]+)+_v[0-9]', event['type']):
            self.fault(where, f'"type" must be the file\'s name, such as hire.thing.changed_v1, not "{event["type"]}"')
        self.check_common(where, event)
        if not event['app_types']:
            self.fault(where, '"app_types" is empty: nobody could use this')
        event['c_name'] = event['type'].removeprefix('hire.').replace('.', '_')
        event['event'] = self.fields(f'{where} event', event['event'], False)
        self.add_struct(f'{event["c_name"]}_event', event['event'], f'{where} event')
        self.model.events.append(event)

    # ---- examples ----

    def check_examples(self):
        for op in self.model.operations:
            where, example = f'api/operations/{op["name"]}.json example', op.get('example', {})
            for part in example:
                if part not in ('query', 'body', 'answer'):
                    self.fault(where, f'unknown member "{part}"; known are query, body, answer')
            for name, value in example.get('query', {}).items():
                field = next((field for field in op['query'] if field['name'] == name), None)
                if field is None or not isinstance(value, list if field.get('list') else str):
                    self.fault(f'{where}.query.{name}', 'is no query parameter, or not a text (a list of texts for a list)')
            if 'body' in example:
                self.check_object(f'{where}.body', example['body'], op['body'], True)
            if 'answer' in example:
                head = [{'name': 'code', 'type': 'int'}, {'name': op.get('msg_member', 'msg'), 'type': 'string'}]
                data = [{'name': 'data', 'type': 'object', 'inline': op['data']}]
                self.check_object(f'{where}.answer', example['answer'], head + (op['data'] if op.get('flat') else data),
                                  False)
        for event in self.model.events:
            self.check_object(f'api/events/{event["type"]}.json example.event', event['example'].get('event'),
                              event['event'], False)

    def check_object(self, where, value, fields, incoming):
        if not isinstance(value, dict):
            self.fault(where, f'must be an object, not {json.dumps(value)[:40]}')
            return
        known = {field['name']: field for field in fields}
        for name, content in value.items():
            if name not in known:
                self.fault(f'{where}.{name}', 'is not described')
            elif known[name].get('list') and not isinstance(content, list):
                self.fault(f'{where}.{name}', 'must be a list')
            else:
                for item in content if known[name].get('list') else [content]:
                    self.check_value(f'{where}.{name}', item, known[name], incoming)
        for name, field in known.items():
            if incoming and field.get('required') and name not in value and field['type'] != 'file':
                self.fault(f'{where}.{name}', 'is required, but missing')

    def check_value(self, where, value, field, incoming):
        kinds = {'string': str, 'int': int, 'bool': bool, 'number': (int, float), 'object': dict, 'map': dict}
        wrong_bool = isinstance(value, bool) != (field['type'] == 'bool')
        if wrong_bool or not isinstance(value, kinds.get(field['type'], ())):
            self.fault(where, f'must be of type {field["type"]}, not {json.dumps(value)[:40]}')
        elif field['type'] == 'object':
            fields = field['inline'] if 'inline' in field else self.model.structs[field['of']].fields
            self.check_object(where, value, fields, incoming)
        elif 'values' in field and str(value) not in field['values']:
            self.fault(where, f'{json.dumps(value)} is none of "values"')

    def check_paths(self):
        """Checks that no two operations have the same path or the same C name. A literal path takes precedence over one
        with parameters, so only two paths with parameters must not match the same URL."""
        seen, names, patterns = {}, {}, []
        for op in self.model.operations:
            key = (op['method'], re.sub(r':[A-Za-z0-9_]+', ':', op['path']))
            if key in seen:
                self.fault(f'api/operations/{op["name"]}.json',
                           f'{op["method"]} {op["path"]} is {seen[key]}\'s already')
            seen[key] = op['name']
            if op['c_name'] in names:
                self.fault(f'api/operations/{op["name"]}.json', f'is called in C as {names[op["c_name"]]} is')
            names[op['c_name']] = op['name']
            if ':' in op['path']:
                patterns.append((op['method'], op['path'].split('/'), op['name']))
        for index, (method, parts, name) in enumerate(patterns):
            for other_method, other, other_name in patterns[:index]:
                if (method == other_method and len(parts) == len(other) and parts != other and
                        all(a == b or a.startswith(':') or b.startswith(':') for a, b in zip(parts, other)) and
                        [a[:1] == ':' for a in parts] != [b[:1] == ':' for b in other]):
                    self.fault(f'api/operations/{name}.json', f'{method} {"/".join(parts)} and {other_name}\'s '
                                                              f'{"/".join(other)} fit the same address')

    def check_unused(self):
        for name in sorted(self.types - self.used_types):
            self.fault(f'api/types/{name}.json', 'nothing refers to it')
        for name in self.model.shared_fields:
            if name not in self.used_fields:
                self.fault(f'api/fields/{name}.json', 'nothing refers to it')


def load(root):
    return Loader(root).load()
