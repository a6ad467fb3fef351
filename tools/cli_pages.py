# SPDX-License-Identifier: Apache-2.0
"""Writes the manual pages and the completions of hired from the help of the binary itself.

usage: cli_pages.py BINARY DIR

DIR gets hired.1, hired.ini.5, hired.bash and _hired (zsh). Commands come from "hired help", the verbs and flags of a command from
"hired help COMMAND", options of the configuration from "hired help config".
"""
import os
import re
import subprocess
import sys

FLAG = re.compile(r'(?<![\w-])--[a-z][a-z-]*')


def ask(binary, *words):
    env = {**os.environ, 'LC_ALL': 'C.UTF-8'}
    return subprocess.run([binary, 'help', *words], check=True, stdout=subprocess.PIPE, encoding='utf-8', env=env).stdout


def parse_commands(text):
    """[(name, what it does)] of the list in "hired help". A line may have several: "seed, robot  make ...; play ..."."""
    lines = re.findall(r'^  ([a-z]+(?:, [a-z]+)*) +(\S.*)$', text, re.M)
    found = [pair for names, about in lines for pair in zip(names.split(', '), about.split('; '), strict=True)]
    if not found:
        raise ValueError('"hired help" lists no command')
    return found


def parse_usage(text):
    return text.split('\n\n', 1)[0]


def parse_verbs(name, text):
    """The words that may follow a command, of "usage: hired tenant create ..." and "hired app disable|enable APP_ID"."""
    verbs = []
    for words in re.findall(rf'^(?:usage:|      ) hired {name} ([a-z|]+)(?= |$)', parse_usage(text), re.M):
        verbs += [w for w in words.split('|') if w not in verbs]
    return verbs


def parse_flags(name, text):
    """{flag: value}: None without a value, else its name or its choices ("on|off"), of the usage and the list of flags."""
    flags = {}
    listed = [line for line in text.split('\n') if re.match(r'  +--', line)]
    usage = parse_usage(text)
    for part in [usage, *listed]:
        for m in re.finditer(FLAG.pattern + r'(?:[ =](\S*))?', part):
            flag, value = FLAG.match(m.group(0)).group(0), (m.group(1) or '').rstrip('],.').removesuffix('...')
            good = re.fullmatch(r"[A-Z][A-Z_]*(=[A-Z]+|:[A-Z]+)?|[a-z0-9_]+(\|[A-Za-z0-9_]+)+", value)
            if flag not in flags or (flags[flag] is None and good):
                flags[flag] = value if good else None
    if not flags and name != 'version':
        raise ValueError(f'"hired help {name}" lists no flag')
    return flags


def parse_options(text):
    """[(section, key, default, [comment lines], flag, value)] of "hired help config"."""
    options, comment, section = [], [], ''
    for line in text.split('\n'):
        if m := re.fullmatch(r'\[(\w+)\]', line):
            section, comment = m.group(1), []
        elif line.startswith('; '):
            comment.append(line[2:])
        elif m := re.fullmatch(r'(\w+) =(?: (.*))?', line):
            flag, _, value = comment[-1].split(',')[0].partition(' ')
            if not FLAG.fullmatch(flag):
                raise ValueError(f'the option {m.group(1)} names no flag')
            options.append((section, m.group(1), m.group(2) or '', comment, flag, value))
            comment = []
        else:
            comment = []
    return options


def roff(text):
    text = text.replace('\\', '\\e').replace('-', '\\-').replace("'", '\\(aq').replace('^', '\\(ha').replace('~', '\\(ti')
    return re.sub(r'^\.', r'\\&.', text, flags=re.M)


def literal(text):
    return f'.nf\n{roff(text)}\n.fi\n'


def header(name, section, about, version):
    return (f'.\\" SPDX-License-Identifier: Apache-2.0\n.\\" Written by tools/cli_pages.py from the help of the binary.\n'
            f'.TH {name.upper()} {section} "" "hired {version}"\n.ad l\n.nh\n.SH NAME\n{name} \\- {about}\n')


def command_page(commands, helps, version):
    out = [header('hired', 1, 'recruiting server that speaks the Feishu/Lark Hire open API', version),
           '.SH SYNOPSIS\n.B hired\n.I COMMAND\n.RI [ OPTION ...]\n.SH COMMANDS\n']
    for name, about in commands:
        out.append(f'.SS {name}: {roff(about)}\n')
        for i, block in enumerate(helps[name].strip('\n').split('\n\n')):
            # Usage, lists and examples keep their lines.
            keep = block.startswith(('usage:', ' ', 'example:'))
            out.append(('.PP\n' if i else '') + (literal(block) if keep else roff(block) + '\n'))
    out.append('.SH FILES\n.TP\n.I /etc/hired.ini\nThe configuration of the service; see\n.BR hired.ini (5).\n'
               '.TP\n.I /var/lib/hired\nThe records of the service.\n.SH SEE ALSO\n.BR hired.ini (5),\n.I /usr/share/doc/hired/OPERATING.md.gz\n')
    return ''.join(out)


def options_page(options, version):
    out = [header('hired.ini', 5, 'configuration of hired', version),
           '.SH DESCRIPTION\nSections and options, each with its default. An environment variable goes over the file, a flag over both.\n'
           '.B systemctl reload hired\nrereads the file.\n']
    section = None
    for sec, key, default, comment, _, _ in options:
        if sec != section:
            out.append(f'.SH [{sec}]\n')
            section = sec
        out.append(f'.TP\n.B {roff(key)} = {roff(default)}\n' + '\n.br\n'.join(roff(c) for c in comment) + '\n')
    out.append('.SH SEE ALSO\n.BR hired (1)\n')
    return ''.join(out)


def choices(value):
    return value.split('|') if value and '|' in value else None


def value_kind(value):
    """What completes the value of a flag: "-" no value, "files", "dirs", words, or "" for nothing."""
    if value is None:
        return '-'
    if value in ('DIR', 'OUT', 'COPY', 'ARCHIVE'):
        return 'dirs'
    return 'files' if value == 'FILE' else ' '.join(choices(value) or [])


def bash(commands, verbs, flags):
    cases, values = [], []
    for name, _ in commands:
        words = [*sorted(flags[name]), '--help']
        cases.append(f"    {name}) verbs='{' '.join(verbs[name])}' flags='{' '.join(words)}' ;;")
        for flag, value in sorted(flags[name].items()):
            if (kind := value_kind(value)) != '-':
                values.append(f"    '{name} {flag}') values='{kind}' takes=1 ;;")
    names = ' '.join(n for n, _ in commands)
    return f'''# SPDX-License-Identifier: Apache-2.0
# Completion of hired for bash. Written by tools/cli_pages.py from the help of the binary.
_hired() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} verbs='' flags='' values='' takes=''
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W '{names} help --help --version' -- "$cur")
        return
    fi
    case "${{COMP_WORDS[1]}}" in
    help) verbs='{names} config' ;;
{chr(10).join(cases)}
    esac
    case "${{COMP_WORDS[1]}} $before" in
{chr(10).join(values)}
    esac
    case "$takes$values" in
    1files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    1dirs) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    1*) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur") ;;
    *)
        if [[ $cur == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$cur")
        elif [ "$COMP_CWORD" -eq 2 ] && [ -n "$verbs" ]; then
            mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$cur")
        else
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        fi
        ;;
    esac
}}
complete -F _hired hired
'''


def zsh_spec(flag, value):
    kind = value_kind(value)
    if kind == '-':
        return f"'{flag}'"
    action = {'files': '_files', 'dirs': '_files -/', '': ' '}.get(kind, f'({kind})')
    shown = value.split('|')[0].replace(':', '\\:')
    return f"'*{flag}=:{shown}:{action}'"


def zsh(commands, verbs, flags):
    quote = lambda s: s.replace("'", "'\\''").replace(':', '\\:')
    described = '\n'.join(f"    '{name}:{quote(about)}'" for name, about in commands)
    cases = []
    for name, _ in commands:
        specs = [zsh_spec(f, v) for f, v in sorted(flags[name].items())] + ["'--help'"]
        if verbs[name]:
            specs.append(f"'1:what:({' '.join(verbs[name])})'")
        specs.append("'*:file:_files'")
        cases.append(f"  {name}) _arguments {' '.join(specs)} ;;")
    return f'''#compdef hired
# SPDX-License-Identifier: Apache-2.0
# Completion of hired for zsh. Written by tools/cli_pages.py from the help of the binary.
_hired() {{
  local -a commands
  commands=(
{described}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
  help) _describe command commands ;;
{chr(10).join(cases)}
  esac
}}
_hired "$@"
'''


def main(binary, to):
    commands = parse_commands(ask(binary))
    helps = {name: ask(binary, name) for name, _ in commands}
    options = parse_options(ask(binary, 'config'))
    version = re.match(r'hired (\S+)', subprocess.run([binary, 'version'], check=True, stdout=subprocess.PIPE, encoding='utf-8').stdout).group(1)
    verbs = {name: parse_verbs(name, text) for name, text in helps.items()}
    flags = {name: parse_flags(name, text) for name, text in helps.items()}
    for _, _, _, _, flag, value in options:
        flags['serve'][flag] = value
    os.makedirs(to, exist_ok=True)
    pages = {'hired.1': command_page(commands, helps, version), 'hired.ini.5': options_page(options, version),
             'hired.bash': bash(commands, verbs, flags), '_hired': zsh(commands, verbs, flags)}
    for name, text in pages.items():
        with open(os.path.join(to, name), 'w', encoding='utf-8') as f:
            f.write(text)


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
