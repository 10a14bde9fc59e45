from rtdebug.simulator.player import Player

MS = 1_000_000


def test_an_item_plays_from_its_first_audio_at_the_speed_of_speech() -> None:
    player = Player()
    assert player.played_ms(0) == 0
    player.receive("a", 500, 100 * MS)
    player.receive("a", 500, 110 * MS)
    assert (player.played_ms(400 * MS), player.is_playing(400 * MS)) == (300, True)
    assert (player.played_ms(2000 * MS), player.is_playing(2000 * MS)) == (1000, False)


def test_a_stopped_item_is_silent_and_the_next_one_is_not() -> None:
    player = Player(pace=2.0)
    player.receive("a", 1000, 0)
    assert player.played_ms(100 * MS) == 200
    player.stop()
    player.receive("a", 1000, 200 * MS)
    assert not player.is_playing(300 * MS)
    player.receive("b", 1000, 300 * MS)
    assert player.is_playing(400 * MS)
