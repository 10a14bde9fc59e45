"""Both ends of a call see the same bytes and the same endings with and without the proxy between them."""

from pathlib import Path

import pytest

from .programme import CLOSINGS, COMPRESSED, EARLY, ILLEGAL
from .scenes import SCENES, Scene, perform
from .stand import LOOPS, proxy_before
from .wiretap import listening_upstream


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("scene", [*SCENES, *COMPRESSED, *EARLY, *CLOSINGS, *ILLEGAL], ids=lambda scene: scene.name)
async def test_a_call_is_the_same_call_with_and_without_the_proxy(scene: Scene, loop: str, tmp_path: Path) -> None:
    with listening_upstream() as upstream:
        direct, _, _ = await perform(scene, upstream, upstream.port)
        with proxy_before(upstream.url, tmp_path, loop=loop) as stand:
            through, client, server = await perform(scene, upstream, stand.port)
    assert through == direct
    recording = stand.recording()
    for sender, end in (("client", client), ("server", server)):
        assert recording.said(sender) == end.said
    verdict = recording.verdict()
    assert verdict.clean != scene.gap, verdict.problems
    assert verdict.exact == verdict.messages == sum(kind == "message" for kind, _ in client.said + server.said)
