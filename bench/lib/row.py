# SPDX-License-Identifier: Apache-2.0
"""The rows of the table: what each measures, against what, and its bound."""
import dataclasses

ALL = []
CLIENT_LIMITS = 0.9  # a server that had less of its core than this waited: for the client, or for other programs


class Skipped(Exception):
    """The row cannot be measured here; the text says why."""


@dataclasses.dataclass
class Figure:
    """What a row found. value is compared with the bound; hired and other are texts for people."""
    value: float
    hired: str
    other: str = ''
    note: str = ''


@dataclasses.dataclass
class Row:
    name: str
    title: str
    against: str
    bound: float
    unit: str       # 'x' (at least the bound) or a unit (at most the bound)
    measure: object
    orientation: bool = False  # the bound is no target
    store: str = 'sqlite'      # the row belongs to bench/run --store

    def met(self, figure):
        return figure.value >= self.bound if self.unit == 'x' else figure.value <= self.bound

    def show(self, value):
        return f'{value:.2f}x' if self.unit == 'x' else f'{value:,.3g} {self.unit}' if value < 1000 else f'{value:,.0f} {self.unit}'

    def limit(self):
        return ('at least ' if self.unit == 'x' else 'at most ') + (
            f'{self.bound:g}x' if self.unit == 'x' else f'{self.bound:g} {self.unit}') + (
            ' (orientation)' if self.orientation else '')


def row(name, title, against, bound, unit='x', orientation=False, store='sqlite'):
    """Adds the function as a row. It takes the Setting and returns a Figure, or raises Skipped."""
    def add(function):
        ALL.append(Row(name, title, against, bound, unit, function, orientation, store))
        return function
    return add


def rate(run):
    return f'{run.rate:,.0f}/s'


def compare(ours, theirs):
    """The rates of two servers; where one of them was not busy with its core, what each request costs of the processor, because
    then the client or another program was the limit."""
    value, note = ours.rate / theirs.rate, ''
    if min(ours.share, theirs.share) < CLIENT_LIMITS:
        note = (f'of processor time for each request, because the servers had {ours.share:.0%} and {theirs.share:.0%} of their '
                f'core; the rates: {value:.2f}x')
        value = theirs.cpu / ours.cpu
    return Figure(value, f'{rate(ours)}, {ours.cpu:.1f} us', f'{rate(theirs)}, {theirs.cpu:.1f} us', note)
