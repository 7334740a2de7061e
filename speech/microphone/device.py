"""A real microphone, through PortAudio. The library is loaded only when somebody opens or lists devices."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from speech.errors import MicrophoneLost, MicrophoneMissing, SoundUnavailable
from speech.limits import SAMPLE_RATE
from speech.microphone.source import BLOCK_SAMPLES, Samples
from wenban.logs import facts

log = logging.getLogger(__name__)

_SILENT_S = 3.0  # a device that gives no sound for so long is gone, whatever it says of itself
_KEPT_BLOCKS = 300  # 18 s that a slow reader may be behind; then the oldest falls away

_HOW_TO_INSTALL = (
    "install PortAudio: Debian/Ubuntu `sudo apt install libportaudio2`, Fedora `sudo dnf install portaudio`, "
    "and the Python package sounddevice"
)


class Stream(Protocol):
    """The part of sounddevice.RawInputStream that is used here."""

    def start(self) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


class Sound(Protocol):
    """The part of the module sounddevice that is used here."""

    @property
    def PortAudioError(self) -> type[Exception]: ...  # noqa: N802
    @property
    def RawInputStream(self) -> Callable[..., Stream]: ...  # noqa: N802
    def query_devices(self, device: int | str | None = ..., kind: str | None = ...) -> Any: ...
    def check_input_settings(self, **settings: Any) -> None: ...
    def _terminate(self) -> None: ...
    def _initialize(self) -> None: ...


@dataclass(frozen=True)
class Device:
    """A sound device that can record; `number` or a part of `name` selects it."""

    number: int
    name: str
    channels: int
    rate: int
    default: bool


def load_sound() -> Sound:
    """The module sounddevice.

    Raises:
        SoundUnavailable: the package or the PortAudio library is missing; says what to install.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: the package is there, PortAudio is not
        raise SoundUnavailable(f"{error}; {_HOW_TO_INSTALL}") from error
    sound: Sound = sounddevice
    return sound


def list_devices(sound: Sound) -> list[Device]:
    """All devices that can record, as PortAudio numbers them."""
    try:
        default = int(sound.query_devices(None, "input")["index"])
    except (sound.PortAudioError, ValueError):
        default = -1
    return [
        Device(
            number=int(one["index"]),
            name=str(one["name"]),
            channels=int(one["max_input_channels"]),
            rate=int(one["default_samplerate"]),
            default=int(one["index"]) == default,
        )
        for one in sound.query_devices()
        if one["max_input_channels"] > 0
    ]


class DeviceMicrophone:
    """A sound device.

    Args:
        device: a number or a part of a name, as `list_devices` shows them; None: the system's default.
        sound: the module sounddevice, or what stands for it.
        silent_s: without a block for so long the device counts as lost.
    """

    said_all = False

    def __init__(self, device: int | str | None, sound: Sound, *, silent_s: float = _SILENT_S) -> None:
        self._device = device
        self._sound = sound
        self._silent_s = silent_s
        self._was_open = False
        self._ended = False

    def go_on(self) -> None:
        """People speak when they want to."""

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Opens the device, gives its sound for ever, and closes it; may be called again after an error.

        Raises:
            MicrophoneMissing: it cannot be opened.
            MicrophoneLost: no sound came for some seconds.
        """
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[bytes] = asyncio.Queue()

        def take(raw: bytes) -> None:
            if queue.qsize() >= _KEPT_BLOCKS:
                queue.get_nowait()
            queue.put_nowait(raw)

        def callback(data: Any, _frames: int, _time: Any, _status: Any) -> None:
            # In PortAudio's own thread; the loop may be closed already when the last block comes.
            if not loop.is_closed():
                loop.call_soon_threadsafe(take, bytes(data))

        rate, stream = self._open(callback)
        try:
            resample = _resampler(rate)
            rest = np.zeros(0, np.int16)
            while True:
                try:
                    async with asyncio.timeout(self._silent_s):
                        raw = await queue.get()
                except TimeoutError:
                    raise MicrophoneLost(f"no sound for {self._silent_s:g} s") from None
                rest = np.concatenate((rest, resample(np.frombuffer(raw, np.int16))))
                while len(rest) >= BLOCK_SAMPLES:
                    yield rest[:BLOCK_SAMPLES]
                    rest = rest[BLOCK_SAMPLES:]
        finally:
            try:
                stream.abort()
                stream.close()
            except self._sound.PortAudioError as error:
                log.info("closing a microphone", extra=facts(error=type(error).__name__))

    def _open(self, callback: Callable[..., None]) -> tuple[int, Stream]:
        sound = self._sound
        try:
            if self._was_open:
                # PortAudio knows only the devices that were there when it began. Where it could not begin
                # again it must not be ended twice: that fails, and the device would be lost for good.
                if not self._ended:
                    sound._terminate()
                    self._ended = True
                sound._initialize()
                self._ended = False
            self._was_open = True
            rate = self._rate()
            stream = sound.RawInputStream(
                device=self._device,
                samplerate=rate,
                channels=1,
                dtype="int16",
                blocksize=BLOCK_SAMPLES * rate // SAMPLE_RATE,
                callback=callback,
            )
            try:
                stream.start()
            except sound.PortAudioError:
                stream.close()  # what was opened would keep the device from the next try
                raise
        except (sound.PortAudioError, ValueError) as error:  # ValueError: no device of that name
            name = "default microphone" if self._device is None else f"microphone {self._device}"
            raise MicrophoneMissing(f"{name}: {error}; see wenban kiosk --list-devices") from error
        return rate, stream

    def _rate(self) -> int:
        """16 kHz where the device can, else what it does by itself."""
        try:
            self._sound.check_input_settings(
                device=self._device, channels=1, dtype="int16", samplerate=SAMPLE_RATE
            )
        except self._sound.PortAudioError:
            return int(self._sound.query_devices(self._device, "input")["default_samplerate"])
        return SAMPLE_RATE


def _resampler(rate: int) -> Callable[[Samples], Samples]:
    """A function from blocks at `rate` to samples at 16 kHz; it keeps its filter between blocks."""
    if rate == SAMPLE_RATE:
        return lambda samples: samples
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)

    def run(samples: Samples) -> Samples:
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        ready = [one.to_ndarray()[0] for one in resampler.resample(frame)]
        return np.concatenate([np.zeros(0, np.int16), *ready])

    return run
