"""An office on PostgreSQL for each of many tests: a copy, made by the server, of one in which everything is sealed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from engine.library import Library
from engine.office import Office
from engine.store.database import open_database
from tests.conftest import opened_office


@pytest.fixture(scope="module")
def first_office_there(postgres_url: str, shelf: Library) -> Iterator[Office]:
    """An installation on PostgreSQL that no test works in: copies are made of it."""
    name = f"first_{secrets.token_hex(6)}"
    with server(postgres_url) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # a name of our own making
        yield opened_office(postgres_url.replace("@/postgres", f"@/{name}"), shelf)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def office_there(first_office_there: Office, postgres_url: str) -> Iterator[Office]:
    """An installation on a PostgreSQL database that this test alone has."""
    first = first_office_there.database.url.partition("@/")[2].partition("?")[0]
    name = f"t_{secrets.token_hex(6)}"
    with server(postgres_url) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {first} STRATEGY FILE_COPY")
        database = open_database(postgres_url.replace("@/postgres", f"@/{name}"))
        yield replace(first_office_there, database=database)
        database.close()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_office(request: pytest.FixtureRequest) -> Office:
    """An installation, once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue({"sqlite": "office", "postgresql": "office_there"}[request.param])


def server(url: str) -> psycopg.Connection:
    return psycopg.connect(host=url.partition("?host=")[2], user="redress", dbname="postgres", autocommit=True)
