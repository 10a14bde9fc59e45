"""`rtdebug drive`: a recording plays the client, against any endpoint."""

import asyncio
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import rich_click as click

from rtdebug.cli.common import NumberRange, key_in, out_option, run_async, say, stop_on_signals
from rtdebug.cli.naming import RecordingPath
from rtdebug.cli.paths import existing_file
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from rtdebug.conform.endpoint import Endpoint
    from rtdebug.replay.client import Driver, Run
    from rtdebug.replay.load import Recorded
    from rtdebug.session.handshake import Refusal

_KEYS = {"openai": "OPENAI_API_KEY", "azure": "AZURE_OPENAI_API_KEY", "xai": "XAI_API_KEY"}
"""Variables whose key is sent to their own service unasked, and to no other."""


@click.command("drive")
@click.argument("recording", type=RecordingPath(one=True), metavar="REC")
@click.argument("url", metavar="URL")
@click.option("--runs", "-n", type=click.IntRange(1, 1000), default=1, show_default=True, help="How often to play it.")
@click.option(
    "--pace",
    default="recorded",
    show_default=True,
    metavar="recorded|fast|2x",
    help="Take the time the client took, none at all, or a part of it.",
)
@click.option("--model", "-m", metavar="M", help="Another model than in the recording or the URL.")
@click.option("--voice", metavar="VOICE", help="Another voice.")
@click.option(
    "--vad",
    metavar="WHAT",
    help="Another turn detection: none, semantic_vad, server_vad,silence_duration_ms=800; threshold=0.3 changes one "
    "field.",
)
@click.option("--instructions", metavar="TEXT|@FILE", help="Other instructions.")
@click.option(
    "--silence", multiple=True, metavar="MS@TIME", help="Put silence into the microphone's audio, such as 800ms@3.2s."
)
@click.option("--gain", metavar="DB", help="Make the microphone louder, or softer (-12).")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Another value of any setting, such as session.audio.output.speed=1.2; @FILE reads it from a file.",
)
@click.option(
    "--key-env",
    metavar="NAME",
    help="Variable that holds the key. Without it: OPENAI_API_KEY, AZURE_OPENAI_API_KEY or XAI_API_KEY, each for its "
    "own service only.",
)
@click.option(
    "--upstream-ca",
    type=existing_file(),
    help="Certificates to trust for the server, beside the system's (PEM).",
)
@click.option(
    "--beta/--no-beta", default=None, help="Ask for the beta shape. Without either: where the recorded client did."
)
@click.option(
    "--patience",
    type=NumberRange(min=0.1, max=86_400),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for what the server should say before a run is given up.",
)
@click.option("--yes", "-y", is_flag=True, help="Do not ask before several runs with a service that charges.")
@out_option("Folder that the runs are recorded into.")
@click.option("--diff", "with_diff", is_flag=True, help="Compare the runs with the recording when they are over.")
@click.option("--json", "as_json", is_flag=True, help="Print what came of the runs as JSON.")
@click.pass_context
def command(
    context: click.Context,
    recording: Path,
    url: str,
    runs: int,
    pace: str,
    model: str | None,
    voice: str | None,
    vad: str | None,
    instructions: str | None,
    silence: tuple[str, ...],
    gain: str | None,
    settings: tuple[str, ...],
    key_env: str | None,
    upstream_ca: Path | None,
    beta: bool | None,
    patience: float,
    yes: bool,
    out: Path,
    with_diff: bool,
    as_json: bool,
) -> None:
    """Play the client of a recorded call, against the real service or any other server, and record it anew.

    `rtdebug drive recordings/tool-call wss://api.openai.com --voice cedar -n 5 --diff`

    What the client sent is sent again: audio at its pace, events once the server has said what they answer to. Ids
    are those of the new call; tools are answered with what the recording has for the same function, and the most
    similar arguments. Each run is recorded by a proxy, as any call is.

    URL is an address (`127.0.0.1:8080`, `https://host/v1`) or the whole endpoint
    (`wss://host/v1/realtime?model=M`); what it leaves open is as in the recording. A service that charges does so for
    each run: what that was for the recording is said first, and more than one run needs a yes, or `--yes`.

    Exit code 0: every run was played to its end, nothing was refused or failed that did not in the recording, and, with
    `--diff`, none differs; else 1.
    """
    from rtdebug.cli.agreeing import agree
    from rtdebug.cli.driven import told
    from rtdebug.cli.sessions import read
    from rtdebug.replay.client import Manner, driver
    from rtdebug.replay.destination import destination
    from rtdebug.replay.editing import edited
    from rtdebug.replay.edits import parse_edits
    from rtdebug.replay.load import load
    from rtdebug.replay.pace import parse_pace

    if with_diff and as_json:
        raise UsageError("--diff and --json: choose one of them; `rtdebug diff --json` compares afterwards")
    for option, name in (("--model", model), ("--key-env", key_env)):
        if name == "":
            raise UsageError(f"{option}: names nothing; leave it out for the usual one")
    options = {
        "voice": () if voice is None else (voice,),
        "instructions": () if instructions is None else (_text("--instructions", instructions),),
        "vad": () if vad is None else (vad,),
        "set": tuple(_setting(one) for one in settings),
        "silence": silence,
        "gain": () if gain is None else (gain,),
    }
    edits, speed = parse_edits(options), parse_pace(pace)
    report = read(recording)
    recorded = load(recording)
    _check(recorded, recording, report.session.refusal)
    endpoint = destination(url, recorded.script, model=model or "")
    endpoint = destination(url, recorded.script, model=model or "", key=_key(endpoint, key_env))
    changed = edited(recorded.script, edits)
    recorded.script = changed.script
    for note in (*changed.notes, *_notes(recorded, speed)):
        say(note)
    agree(endpoint, report, runs, yes=yes)
    asks_beta = report.dialect.startswith("beta") if beta is None else beta
    manner = Manner(pace=speed, patience_s=patience, gain_db=edits.gain_db, beta=asks_beta)
    making = driver(recorded, endpoint, manner, out, ca=upstream_ca, say=say)
    done = run_async(_drive(making, runs, as_json=as_json))
    recorded.close()
    folders = [run.folder for run in done if run.folder is not None and not run.outcome.is_refused]
    if as_json:
        print(orjson.dumps(told(recording, endpoint, done, runs), option=orjson.OPT_INDENT_2).decode())
    compared = _compare(context, recording, folders, run_it=with_diff) if folders and not as_json else 0
    if compared or len(done) < runs or not all(run.outcome.complete for run in done):
        sys.exit(max(1, compared))


async def _drive(making: "AbstractAsyncContextManager[Driver]", runs: int, *, as_json: bool) -> "list[Run]":
    """Play one run after the other, until all are over or Ctrl-C; return those that came to an end."""
    from rtdebug.cli.driven import print_run

    stopped = asyncio.Event()
    stop_on_signals(stopped.set)
    done: list[Run] = []
    async with making as one, asyncio.TaskGroup() as tasks:
        stopping = tasks.create_task(stopped.wait())
        for number in range(1, runs + 1):
            running = tasks.create_task(one.run())
            await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                running.cancel()
                await asyncio.wait([running])
                where = f"; what there is of it: {one.latest}" if one.latest else ""
                say(f"stopped in run {number} of {runs}{where}")
                break
            done.append(running.result())
            if not as_json:
                print_run(done[-1], number, runs)
            if done[-1].outcome.is_refused:
                break  # the others would be refused as well
        stopping.cancel()
    return done


# Before.


def _text(option: str, value: str) -> str:
    """Take a text as it is, or what a file says."""
    if not value.startswith("@"):
        return value
    try:
        return Path(value[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{option} {value}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _setting(text: str) -> str:
    path, mark, value = text.partition("=")
    return f"{path}={_text(f'--set {path}', value)}" if mark else text


def _check(recorded: "Recorded", path: Path, refusal: "Refusal | None") -> None:
    """Refuse a recording that has nothing to play; `refusal` is why it has no call."""
    from rtdebug.reports.words import refused

    if refusal is not None:
        raise UsageError(f"{path}: no call: {refused(refusal)}; there is nothing to play")
    if not recorded.script.steps:
        raise UsageError(f"{path}: nothing was said in this recording; there is nothing to play")


def _key(endpoint: "Endpoint", key_env: str | None) -> str:
    name = key_env or _KEYS.get(endpoint.vendor.partition(" ")[0], "")
    key = key_in(name) if name else ""
    if name and not key:
        hint = "" if key_env else f"; {endpoint.shown} asks for one. Another variable: --key-env NAME"
        raise UsageError(f"{f'--key-env {name}' if key_env else name}: the variable is not set{hint}")
    return key


def _notes(recorded: "Recorded", pace: float) -> list[str]:
    """Say what of the recording cannot be played as it was."""
    from rtdebug.protocol.secrets import REDACTED
    from rtdebug.replay.pace import FAST

    script = recorded.script
    notes = []
    if not script.has_times and pace != FAST:
        notes.append(f"{script.name}: the recording has no times; it is played at once")
    struck = [str(one.number) for one in script.commands if REDACTED.encode() in one.text]
    if struck:
        notes.append(f"step {', '.join(struck)}: the recording does not have its secrets; {REDACTED} is sent instead")
    return notes


def _compare(context: click.Context, recording: Path, folders: "Sequence[Path]", *, run_it: bool) -> int:
    """Print the command that compares the runs with the recording, or run it; return its status."""
    if not run_it:
        print(shlex.join(["rtdebug", "diff", str(recording), *map(str, folders)]))
        return 0
    from rtdebug.cli.diff import command as diff

    try:
        context.invoke(diff, first=recording, others=tuple(folders))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    return 0
