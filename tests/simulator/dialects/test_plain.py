import pytest

from rtdebug.simulator.dialects import dialect
from rtdebug.simulator.dialects.azure import Azure
from rtdebug.simulator.dialects.beta import Beta
from rtdebug.simulator.dialects.plain import Plain
from rtdebug.simulator.dialects.xai import Xai
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.options import Manner


def test_openai_is_told_as_it_is() -> None:
    plain, event = Plain(Ids(1)), {"type": "anything"}
    assert plain.read(event) is event
    assert plain.tell(event) == [event]
    assert plain.said("ping")["event_id"].startswith("event_")


@pytest.mark.parametrize(
    ("manner", "kind"),
    [
        (Manner(), Plain),
        (Manner(shape="beta"), Beta),
        (Manner("azure", "beta"), Beta),
        (Manner("azure"), Azure),
        (Manner("xai"), Xai),
    ],
)
def test_each_manner_has_its_dialect(manner: Manner, kind: type) -> None:
    assert type(dialect(manner, Ids(1))) is kind
