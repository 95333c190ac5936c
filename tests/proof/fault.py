"""What is done to a world, and which alerts must come of it."""

import dataclasses
from collections.abc import Callable


async def nothing(world):
    pass


@dataclasses.dataclass
class Fault:
    name: str
    alerts: dict  # that must come, each with labels that it must have
    induce: Callable  # coroutine functions of the world
    mend: Callable
    also: frozenset = (
        frozenset()
    )  # alerts that are right too, since the one fault shows in several ways
    world: dict = dataclasses.field(default_factory=dict)  # of World's constructor
    prepare: Callable = nothing  # before it starts
    is_there_before: bool = False  # the fault is in the history
    warm: str = "6m"  # healthy for so long, uncompressed, before the fault
    within: str = (
        "30m"  # in which all alerts must come, and in which all must be over again, uncompressed
    )
    detected: str = ""  # a bound on the time until each alert has come, uncompressed; none if empty
    real: float = (
        0  # seconds that are added to both, for what is not compressed: the program's own timers
    )
    history: list = dataclasses.field(default_factory=list)  # weeks before, of history.History
    is_of_all: bool = False  # its alert is about all servers together
    is_quick: bool = False  # part of the short form
    how: str = "real"  # or what is played
