"""All faults at once, at moments and on messages that a seed chooses."""

import random
import time
from collections.abc import Callable

from django.db import connection

from core.delivery.hints import hint
from tests.faults.poison import KILLS, RAISES
from tests.faults.processes import whole
from tests.faults.stage import Stage
from tests.faults.world import Briefed, World, insist

# Shares of the transactions; the rest is taken, after the usual delay.
CHANCES = {
    "mail 451": 0.01,
    "mail 550": 0.003,
    "mail 421": 0.003,
    "rcpt 450": 0.03,
    "rcpt 550": 0.01,
    "rcpt drop": 0.01,
    "data 451": 0.01,
    "data drop": 0.006,
    "dot 451": 0.03,
    "dot 554": 0.01,
    "dot drop kept": 0.006,
    "dot drop lost": 0.006,
    "dot garbage": 0.003,
    "dot hang": 0.002,
    "dot slow": 0.03,
}
CALM: dict[str, float] = {}


class Storm:
    """One run: `size` mails in four publications, every kind of fault in an order of the seed's."""

    def __init__(self, stage: Stage, world: World, *, seed: int, size: int, pause: float) -> None:
        self.stage, self.world, self.pause = stage, world, pause
        self.dice = random.Random(seed)
        self.name = f"storm{seed}"
        stage.sink.order(seed=str(seed), chances=CHANCES, delay=0.02)
        tenth = size // 10
        poison = [f"{RAISES}-{seed}@firm.example", f"{KILLS}-{seed}@firm.example"]
        few = [f"{self.name}-c-{n}@firm.example" for n in range(tenth - 2)]
        self.many = world.people(f"{self.name}-a", size - 5 * tenth)
        self.some = world.people(f"{self.name}-b", 3 * tenth)
        self.few = world.people(f"{self.name}-c", addresses=few + poison)
        self.gone: list[tuple[Briefed, object]] = []

    def blow(self) -> None:
        """Publish everything and do every kind of fault at least once; then the sky clears."""
        self.world.publish(self.many)
        acts = self._acts()
        self.dice.shuffle(acts)
        publish_at = {len(acts) // 5: self.few, len(acts) // 3: self.some, 2 * len(acts) // 3: self.few}
        for number, act in enumerate(acts):
            if number in publish_at:
                self.world.publish(publish_at[number])
            act()
            self.stage.revive()
            time.sleep(self.pause * self.dice.uniform(0.3, 1.7))
        self._clear_up()

    def _acts(self) -> list[Callable[[], None]]:
        stage, dice = self.stage, self.dice
        acts = [
            *[self._kill_child] * 5, self._kill_worker, self._pause_child,
            self._pause_worker, stage.flush_redis, self._lose_redis, self._flood, self._kill_beat,
            self._leave, self._leave, self._return, self._return, self._confirm, self._confirm,
            lambda: stage.mail_server_away(dice.uniform(0.2, 1)),
        ]  # fmt: skip
        return acts + ([self._crash_database] if stage.cluster else [])

    def _kill_child(self) -> None:
        if victim := self.stage.random_child(self.dice):
            self.stage.kill(victim)

    def _kill_worker(self) -> None:
        self.stage.kill_worker(self.dice.choice(sorted(self.stage.workers)))

    def _kill_beat(self) -> None:
        self.stage.kill_beat(self.dice.choice(sorted(self.stage.beats)))

    def _pause_child(self) -> None:
        if victim := self.stage.random_child(self.dice):
            self._pause(victim)

    def _pause_worker(self) -> None:
        self._pause(whole(self.stage.workers[max(self.stage.workers)].pid))

    def _pause(self, pids: list[int]) -> None:
        self.stage.pause(pids)
        if not self.stage.can_write():
            self.stage.go_on(pids)

    def _lose_redis(self) -> None:
        self.stage.restart_redis(self.dice.uniform(0.1, 1))

    def _crash_database(self) -> None:
        connection.close()
        self.stage.crash_database(self.dice.uniform(0, 1))

    def _flood(self) -> None:
        with self.stage.fault("duplicate hints"):
            for number in range(100):
                hint("briefings.delivery", repeat=number % 3 == 0)

    def _leave(self) -> None:
        for briefed in (self.many, self.some):
            for person in self.dice.sample(briefed.people, min(4, len(briefed.people))):
                if not any(person is one for _team, one in self.gone):
                    self.world.leave(briefed, person)
                    self.gone.append((briefed, person))

    def _return(self) -> None:
        self.dice.shuffle(self.gone)
        half = len(self.gone) // 2
        back, self.gone = self.gone[:half], self.gone[half:]
        for briefed, person in back:
            self.world.come_back(briefed, person)

    def _confirm(self) -> None:
        for briefed in (self.many, self.some, self.few):
            away = {person.pk for _team, person in self.gone}
            there = [person for person in briefed.people if person.pk not in away]
            if briefed.version:
                for person in self.dice.sample(there, min(5, len(there))):
                    self.world.confirm(briefed, person)

    def _clear_up(self) -> None:
        """Everything runs again; paused workers wake up past their leases."""
        self.stage.sink.order(chances=CALM, delay=0)
        self.stage.revive()
        time.sleep(self.pause)
        self.stage.go_on()
        insist(connection.close)
