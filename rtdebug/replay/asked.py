"""Whether a client asks for the model that the recording has. Pure."""

from rtdebug.replay.mismatch import Mismatch
from rtdebug.replay.policy import URL_MODEL, Policy
from rtdebug.replay.script import model_in
from rtdebug.replay.steps import Script


def is_model_of(script: Script, target: str) -> bool:
    """Say whether a request's target names what the recorded one did, or the model that the server said it was."""
    asked = model_in(target)
    return bool(asked) and asked in (model_in(script.target), script.model)


def other_model(script: Script, target: str, policy: Policy) -> Mismatch | None:
    """Tell of a target that names another model than the recorded one did; None where either names none.

    What Azure calls a deployment is a name as well: what model is behind it cannot be told from it.
    """
    recorded = model_in(script.target)
    if not recorded or not _is_minded(script, target, policy):
        return None
    what = f"the client asked for {model_in(target)}; the recording has {recorded}"
    return Mismatch("connection", f"{what}. If it may be another, ignore `{URL_MODEL}`")


def unknown_model(script: Script, target: str, policy: Policy) -> str:
    """Tell of a target that names a model where the recorded one named none; "" where there is nothing to tell.

    The model that the server said it was may be called otherwise by those who ask for it, so it is no difference.
    """
    if model_in(script.target) or not _is_minded(script, target, policy):
        return ""
    told = f"; its server said {script.model}" if script.model else ""
    return f"the client asked for {model_in(target)}; the recording does not tell what was asked for{told}"


def _is_minded(script: Script, target: str, policy: Policy) -> bool:
    """Say whether a target names a model that is not known as the recording's, and this matters."""
    is_known = not model_in(target) or is_model_of(script, target)
    return not (is_known or policy.strictness == "loose" or URL_MODEL in policy.ignored)
