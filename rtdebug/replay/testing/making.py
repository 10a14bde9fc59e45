"""The call of a test recorded, by the proxy in a thread of its own, on its way to a real upstream."""

from collections.abc import Sequence
from pathlib import Path

from rtdebug.errors import RecordingError, UsageError
from rtdebug.protocol.event import Event
from rtdebug.proxy.service import ProxyOptions, RunningProxy, running_proxy
from rtdebug.recording.library import find
from rtdebug.recording.reader import RecordingReader, is_live
from rtdebug.replay.testing.judging import Judgement
from rtdebug.replay.testing.placing import check, keep
from rtdebug.replay.testing.reading import told
from rtdebug.replay.testing.thread import Held, moments
from rtdebug.replay.verdict import Verdicts

_GRACE_S = 2.0
"""How long clients may take to leave."""
_SETTLED_S = 0.3
"""How long nothing has to be written before all of it is: recorders write every 100 ms, the first time after 150."""


class Making:
    """A recorder between a test and its upstream.

    Raises UsageError for an upstream that is none, RecordingError for a place that takes no recording.
    """

    recording = True
    has_times = True
    verdicts = Verdicts()

    def __init__(
        self, places: Sequence[Path], upstream: str, out: Path, *, overwrite: bool, within: Path | None = None
    ) -> None:
        """`within`: the folder of all recordings, whose own name does not matter."""
        check(places, within)
        self._places = places
        self._within = within
        self._out = out
        self._overwrite = overwrite
        self._troubles: list[str] = []
        options = ProxyOptions(upstream=upstream, listen="127.0.0.1:0", out=out)
        self._held = Held(running_proxy(options, say=self._troubles.append), "the recorder")
        self._proxy: RunningProxy | None = None
        self._stopped = False
        self._carries: dict[Path, str] = {}
        """What each recording is of, once its first line says so."""

    def start(self) -> None:
        """Listen; raise UsageError."""
        self._proxy = self._held.enter()

    def stop(self) -> None:
        """End it, once what was recorded is on disk; raise RtdebugError where that does not come to an end."""
        self._held.leave()
        self._stopped = True

    @property
    def base_url(self) -> str:
        """What `OPENAI_BASE_URL` must be."""
        assert self._proxy is not None
        return self._proxy.base_url

    @property
    def ws_url(self) -> str:
        """Where WebSockets go."""
        return self.base_url.replace("http://", "ws://", 1) + "/realtime"

    @property
    def sent(self) -> list[Event]:
        """What clients sent, microphone audio left out."""
        return [event for folder in self._settled() for event in told(folder, has_times=True).sent]

    @property
    def audio_ms(self) -> float:
        """The microphone audio they sent."""
        return sum(told(folder, has_times=True).session.input.length_ms for folder in self._settled())

    def folders(self) -> list[Path]:
        """Return what was recorded; raise UsageError while a client is connected."""
        found = self._settled(gone=True)
        if not self._stopped and any(is_live(one) for one in found):
            raise UsageError("the client is still connected: the session is there once it has closed the connection")
        return found

    def _settled(self, *, gone: bool = False) -> list[Path]:
        """Wait until nothing more is written, with `gone` until clients have left as well; or for so long."""
        since, before = 0.0, self._sizes()
        for waited_s in moments():
            sizes = self._sizes()
            if sizes != before or (gone and any(is_live(one) for one in sizes)):
                since, before = waited_s, sizes
            if self._stopped or waited_s - since >= _SETTLED_S or waited_s > _GRACE_S:
                break
        return list(before)

    def _sizes(self) -> dict[Path, int]:
        return {folder: sum(file.stat().st_size for file in folder.iterdir()) for folder in self._calls()}

    def _calls(self) -> list[Path]:
        return [one for one in find(self._out) if self._what(one) != "http"]

    def _what(self, folder: Path) -> str:
        if folder not in self._carries:
            with RecordingReader(folder) as reader:
                if not reader.is_begun:
                    return ""
                self._carries[folder] = reader.header.carries
        return self._carries[folder]

    def judge(self, *, complete: bool | None = None) -> Judgement:
        """Nothing: what is recorded is what it was."""
        return Judgement()

    def keep(self) -> None:
        """Put what was recorded where it is to be; raise RecordingError, and then all is as before."""
        if self._proxy is not None and self._proxy.shortfall:
            raise RecordingError(f"not all was recorded: {'; '.join(self._troubles) or 'the disk did not take it'}")
        keep(self._out, self._places, overwrite=self._overwrite, within=self._within)
