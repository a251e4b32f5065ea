"""Connections that the database ends, as a restart or a failover does, and what threads leave behind."""

from __future__ import annotations

import gc
import os
import socket
import sys
import threading

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler

from config.settings import postgresql
from designer.store.connection import Session, mend_connection, release_thread, writing

pytestmark = pytest.mark.django_db(transaction=True)
ends_connections = pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite ends no connections")


def _end_connection() -> None:
    """Somebody else ends this thread's connection while it is idle."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [Session().row("SELECT pg_backend_pid()")[0]])
    other.close()


def _stand_still() -> None:
    """In a transaction, until the database has ended this thread's connection."""
    with writing() as session, connection.copy().cursor() as other:
        process = session.row("SELECT pg_backend_pid()")[0]
        session.run("SET idle_in_transaction_session_timeout = 1")
        there = True
        while there:
            other.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [process])
            there = bool(other.fetchone()[0])
        other.db.close()
        session.row("SELECT 1")


@ends_connections
def test_a_read_after_the_database_ended_the_connection_takes_a_new_one() -> None:
    _end_connection()
    assert Session().row("SELECT 1")[0] == 1


@ends_connections
def test_who_stands_still_in_a_transaction_keeps_its_locks_for_a_minute_only() -> None:
    assert Session().row("SHOW idle_in_transaction_session_timeout")[0] == "1min"
    # Why, or only that: what the server says last may be lost with the connection.
    with pytest.raises(psycopg.Error, match=r"idle-in-transaction|server closed the connection"):
        _stand_still()
    assert Session().row("SELECT 1")[0] == 1


@ends_connections
def test_a_write_after_the_database_ended_the_connection_takes_a_new_one() -> None:
    _end_connection()
    with writing() as session:
        assert session.row("SELECT 1")[0] == 1


@ends_connections
def test_a_connection_that_was_found_dead_by_a_query_is_not_kept() -> None:
    session = Session()
    _end_connection()
    with pytest.raises(Exception, match=r"terminat|closed|lost"):
        session.row("SELECT 1")
    assert Session().row("SELECT 1")[0] == 1


@ends_connections
def test_djangos_own_cursors_have_a_good_connection_after_mending() -> None:
    _end_connection()
    mend_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are counted in /proc")
def test_a_thread_that_wrote_leaves_no_descriptor_behind() -> None:
    def write() -> None:
        with writing() as session:
            session.run("SELECT 1")
        release_thread()

    def in_threads(count: int) -> None:
        for _ in range(count):
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()

    in_threads(1)  # what is opened once for all threads
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    in_threads(5)
    assert len(os.listdir("/proc/self/fd")) <= before


def test_a_database_that_says_nothing_keeps_nobody_waiting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/name"
        assert postgresql(f"{address}?connect_timeout=60")["OPTIONS"]["connect_timeout"] == 60
        handler = ConnectionHandler({"default": {}, "silent": postgresql(address)})
        with pytest.raises(OperationalError, match="timeout"):
            handler["silent"].ensure_connection()
