"""How a session speaks to its client: the machine's own shape, and those it is retold in. Values only."""

from rtdebug.simulator.dialects.azure import Azure
from rtdebug.simulator.dialects.beta import Beta
from rtdebug.simulator.dialects.plain import Plain
from rtdebug.simulator.dialects.xai import Xai
from rtdebug.simulator.ids import Ids
from rtdebug.simulator.options import Manner


def dialect(manner: Manner, ids: Ids) -> Plain:
    """Return the dialect of a session held in that manner."""
    if manner.shape == "beta":
        return Beta(ids, transcribes=manner.transcribes)
    return {"openai": Plain, "azure": Azure, "xai": Xai}[manner.flavour](ids)
