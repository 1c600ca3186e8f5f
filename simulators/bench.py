"""The bench: the simulated devices of one hall and the one way to do something with them by hand."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

Verb = Callable[..., object]
"""What a person can do to a device: keyword arguments of JSON types, a docstring, a JSON result (None for nothing).

Called on the control port's thread (or a test's); the device guards its own state.
"""


class VerbError(ValueError):
    """What was asked makes no sense now (unknown verb, bad argument, no such card); says what would."""


class SimulatedDevice(Protocol):
    """One device: a machine (state, no bytes), a wire (bytes) and a hand (verbs), served by a link."""

    @property
    def name(self) -> str:
        """The device's name on the bench, such as `id_card`."""
        ...

    def start(self) -> None:
        """Open the link and serve it on threads of its own. `OSError` when the link cannot be opened."""
        ...

    def stop(self) -> None:
        """Close the link and join every thread; no descriptor stays. May be called twice."""
        ...

    def endpoint(self) -> str:
        """The URL that goes into the product's configuration; valid once started."""
        ...

    def verbs(self) -> Mapping[str, Verb]:
        """All verbs by name; the same mapping at any time."""
        ...


class Bench:
    """A set of devices that start and stop together. Start and stop on one thread; `do` on any."""

    def __init__(self, devices: Iterable[SimulatedDevice]) -> None:
        self._devices: dict[str, SimulatedDevice] = {}
        for device in devices:
            if device.name in self._devices:
                raise ValueError(f"two devices are called {device.name!r}")
            self._devices[device.name] = device
        self._started: list[SimulatedDevice] = []

    def start(self) -> None:
        """Start all; when one fails, those already running are stopped again and its error is raised."""
        try:
            for device in self._devices.values():
                device.start()
                self._started.append(device)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all in reverse order."""
        while self._started:
            self._started.pop().stop()

    def names(self) -> tuple[str, ...]:
        """Names of the devices, in the order in which they were given."""
        return tuple(self._devices)

    def endpoints(self) -> dict[str, str]:
        """Endpoint URL of every device."""
        return {name: device.endpoint() for name, device in self._devices.items()}

    def device(self, name: str) -> SimulatedDevice:
        """The device called `name`; `VerbError` when there is none."""
        try:
            return self._devices[name]
        except KeyError:
            raise VerbError(f"no device {name!r} on the bench; there are: {', '.join(self._devices)}") from None

    def do(self, device: str, verb: str, arguments: Mapping[str, object]) -> object:
        """Do one verb and return its result; `VerbError` for a wrong device, verb or argument."""
        verbs = self.device(device).verbs()
        if verb not in verbs:
            raise VerbError(f"{device} cannot {verb!r}; it can: {', '.join(sorted(verbs))}")
        return call_verb(f"{device} {verb}", verbs[verb], arguments)

    def describe(self) -> dict[str, dict[str, str]]:
        """For every device, its verbs written as `verb(argument: type = default)` with their docstrings."""
        return {
            name: {usage(verb, call): inspect.getdoc(call) or "" for verb, call in sorted(device.verbs().items())}
            for name, device in self._devices.items()
        }


def usage(name: str, verb: Verb) -> str:
    """How a verb is called: `press(level: int)`."""
    parameters = [parameter.replace() for parameter in inspect.signature(verb).parameters.values()]
    return f"{name}({', '.join(str(parameter).replace(chr(39), '') for parameter in parameters)})"


def call_verb(title: str, verb: Verb, arguments: Mapping[str, object]) -> object:
    """Check `arguments` against the verb's signature, then call it; `VerbError` names the wrong argument."""
    signature = inspect.signature(verb)
    try:
        bound = signature.bind(**arguments)
    except TypeError as error:
        raise VerbError(f"{title}: {error}; it is called as {usage(title, verb)}") from None
    hints = inspect.get_annotations(inspect.unwrap(verb), eval_str=True)
    for name, value in bound.arguments.items():
        wanted = hints.get(name)
        if isinstance(wanted, type) and not _fits(value, wanted):
            raise VerbError(f"{title}: {name} must be {wanted.__name__}, not {value!r}")
    return verb(**arguments)


def _fits(value: object, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, wanted)
