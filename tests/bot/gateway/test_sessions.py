"""Tokens that cannot be forged, and turns that do not overtake each other."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.applications.errors import KeyUnusable
from bot.gateway.errors import SessionUnknown, TooMany, TurnPending
from bot.gateway.limits import Limits
from bot.gateway.sessions import Sessions, load_session_key

KEY = bytes(range(32))


def test_a_token_is_known_again_after_a_restart() -> None:
    token = Sessions(KEY, Limits()).create("a")
    assert Sessions(KEY, Limits()).check(token) == token.partition(".")[0]


def test_the_id_alone_opens_nothing() -> None:
    sessions = Sessions(KEY, Limits())
    session_id = sessions.check(sessions.create("a"))
    for forged in (session_id, session_id + ".", f"{session_id}.{session_id}"):
        with pytest.raises(SessionUnknown):
            sessions.check(forged)


@given(st.text(max_size=200))
def test_no_other_text_is_a_session(token: str) -> None:
    with pytest.raises(SessionUnknown):
        Sessions(KEY, Limits()).check(token)


def test_a_token_of_another_key_or_too_old_is_unknown() -> None:
    token = Sessions(KEY, Limits()).create("a")
    with pytest.raises(SessionUnknown):
        Sessions(bytes(32), Limits()).check(token)
    with pytest.raises(SessionUnknown):
        Sessions(KEY, Limits(session_age_s=-1.0)).check(token)


def test_one_address_cannot_open_sessions_without_end() -> None:
    sessions = Sessions(KEY, Limits(sessions_burst=2, sessions_per_s=0.0))
    assert sessions.create("a") != sessions.create("a")
    with pytest.raises(TooMany):
        sessions.create("a")
    assert sessions.create("b")


def test_live_sessions_are_bounded_and_idle_ones_make_room() -> None:
    full = Sessions(KEY, Limits(sessions=1))
    full.create("a")
    with pytest.raises(TooMany):
        full.create("b")
    idle = Sessions(KEY, Limits(sessions=1, session_idle_s=-1.0))
    idle.create("a")
    assert idle.create("b")
    assert idle.live == 1


async def test_turns_of_a_session_follow_each_other_and_others_do_not_wait() -> None:
    sessions = Sessions(KEY, Limits())
    order: list[str] = []
    first_in, leave = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with sessions.turn("s"):
            first_in.set()
            await leave.wait()
            order.append("first")

    async def second() -> None:
        async with sessions.turn("s"):
            order.append("second")

    running = asyncio.create_task(first())
    await first_in.wait()
    waiting = asyncio.create_task(second())
    async with sessions.turn("other"):
        order.append("other")
    leave.set()
    await asyncio.gather(running, waiting)
    assert order == ["other", "first", "second"]


async def test_the_queue_of_a_session_is_bounded() -> None:
    sessions = Sessions(KEY, Limits(turns_waiting=0))
    async with sessions.turn("s"):
        with pytest.raises(TurnPending):
            async with sessions.turn("s"):
                raise AssertionError("entered")
    async with sessions.turn("s"):
        pass


async def test_turns_in_flight_are_bounded() -> None:
    sessions = Sessions(KEY, Limits(turns_in_flight=1))
    async with sessions.turn("a"):
        with pytest.raises(TooMany):
            async with sessions.turn("b"):
                raise AssertionError("entered")


def test_the_key_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    key = load_session_key(tmp_path / "home")
    assert load_session_key(tmp_path / "home") == key
    assert stat.S_IMODE((tmp_path / "home" / "session.key").stat().st_mode) == 0o600


def test_a_spoilt_key_is_told_to_the_operator(tmp_path: Path) -> None:
    load_session_key(tmp_path)
    (tmp_path / "session.key").write_text("not a key")
    with pytest.raises(KeyUnusable):
        load_session_key(tmp_path)
