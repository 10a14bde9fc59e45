"""Plain HTTP is recorded, in one recording a run, without its secrets."""

import gzip

from .meeting import OK, Meeting, get, post

SECRETS = gzip.compress(
    b'{"value":"ek_68af296e8e408191a1120ab6383263c2","expires_at":1756310470,"session":{"id":"sess_1"}}'
)


async def test_exchanges_are_recorded_without_their_secrets(meeting: Meeting) -> None:
    body = b'{"session":{"type":"realtime"},"authorization":"Bearer hidden-in-body"}'
    secret = ("Authorization: Bearer sk-proj-abcdefgh", "Cookie: a=crumbs-of-mine", "Content-Type: application/json")
    await meeting.asks(post(meeting.stand.host, body, *secret))
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    )
    answer = answer % len(SECRETS) + SECRETS
    await meeting.answers(answer)
    await meeting.client_gets(answer)
    form = b'--b\r\nContent-Disposition: form-data; name="sdp"\r\n\r\nv=0\r\n--b--\r\n'
    await meeting.asks(
        post(meeting.stand.host, form, "Content-Type: multipart/form-data; boundary=b", target="/v1/calls")
    )
    await meeting.answers(OK)
    await meeting.client_gets(answer + OK)
    await meeting.asks(get(meeting.stand.host, "/v1/x?api-key=in-the-query"))
    meeting.server.hangs_up()
    await meeting.client.ended()
    meeting.stand.stop()
    await meeting.stand.recorded()
    recording = meeting.stand.recording("http")
    first, second, third = recording.of_kind("http")
    assert first["request"]["body"]["text"].startswith('{"session":{"type":"realtime"},"authorization":"[redacted]')
    assert '"value":"[redacted]","expires_at":1756310470' in first["response"]["body"]["text"]
    assert second["request"]["body"]["text"] == form.decode()
    assert second["response"]["body"]["text"] == "ok"
    assert "without an answer" in third["error"]
    assert "response" not in third
    assert recording.verdict().clean
    for word in (b"sk-proj", b"crumbs", b"hidden-in-body", b"ek_68", b"in-the-query", SECRETS):
        assert word not in recording.bytes()
