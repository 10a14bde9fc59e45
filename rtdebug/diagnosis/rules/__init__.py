"""The rules, one function and one code each, by what they are about; and the list of them all.

A rule reads a `Subject` and yields a `Hit` for each place where something is wrong. It keeps nothing, changes
nothing and prints nothing; figures in its words are written by `rtdebug.units`.
"""

from typing import Final

from rtdebug.diagnosis.finding import Rule
from rtdebug.diagnosis.rules import (
    admission,
    appending,
    arriving,
    barge_in,
    codec,
    configuration,
    conformance,
    connection,
    delivery,
    echo,
    endings,
    hygiene,
    interruption,
    latency,
    microphone,
    money,
    order,
    recorder,
    repeating,
    responses,
    supply,
    tool_order,
    tools,
    transcripts,
    truncation,
    turn_settings,
    vocabulary,
    waiting,
)

RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (
            *responses.RULES,
            *barge_in.RULES,
            *endings.RULES,
            *interruption.RULES,
            *tool_order.RULES,
            *tools.RULES,
            *truncation.RULES,
            *waiting.RULES,
            *appending.RULES,
            *arriving.RULES,
            *codec.RULES,
            *delivery.RULES,
            *echo.RULES,
            *microphone.RULES,
            *repeating.RULES,
            *admission.RULES,
            *configuration.RULES,
            *conformance.RULES,
            *connection.RULES,
            *hygiene.RULES,
            *latency.RULES,
            *money.RULES,
            *order.RULES,
            *recorder.RULES,
            *supply.RULES,
            *transcripts.RULES,
            *turn_settings.RULES,
            *vocabulary.RULES,
        ),
        key=lambda one: one.code,
    ),
)
"""Every rule, by its code."""
