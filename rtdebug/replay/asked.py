"""Whether a client asks for the model that the recording has. Pure."""

from rtdebug.replay.mismatch import Mismatch
from rtdebug.replay.policy import Policy
from rtdebug.replay.script import model_in
from rtdebug.replay.steps import Script


def is_model_of(script: Script, target: str) -> bool:
    """Say whether a request's target names what the recorded one did, or the model that the server said it was."""
    asked = model_in(target)
    return bool(asked) and asked in (model_in(script.target), script.model)


def other_model(script: Script, target: str, policy: Policy) -> Mismatch | None:
    """Tell of a target that names another model than the recording has; None where it names none.

    What Azure calls a deployment is a name as well: what model is behind it cannot be told from it.
    """
    asked, recorded = model_in(target), model_in(script.target) or script.model
    if not asked or is_model_of(script, target):
        return None
    if policy.strictness == "loose" or policy.ignores_field("model"):
        return None
    if not recorded and policy.strictness != "strict":
        return None
    what = f"the client asked for {asked}; the recording has {recorded or 'no model'}"
    return Mismatch("connection", f"{what}. If it may be another, ignore `model`")
