# SPDX-License-Identifier: Apache-2.0
"""Fixtures for pytest: one server for the session, a tenant for each test."""
import pytest

from . import Hired


@pytest.fixture(scope='session')
def hired():
    with Hired.start() as server:
        yield server


@pytest.fixture
def hired_tenant(hired):
    tenant = hired.tenant()
    yield tenant
    tenant.remove()
