"""Faults, by what they are about, and the list of them all."""

from benchmarks.corpus.faults import (
    answers,
    configuration,
    disorder,
    interruption,
    latency,
    microphone,
    money,
    order,
    responses,
    session,
    tools,
    truncation,
    vocabulary,
)

PLANTERS = (
    *answers.PLANTERS,
    *interruption.PLANTERS,
    *responses.PLANTERS,
    *tools.PLANTERS,
    *microphone.PLANTERS,
    *truncation.PLANTERS,
    *money.PLANTERS,
    *order.PLANTERS,
    *latency.PLANTERS,
    *session.PLANTERS,
    *configuration.PLANTERS,
    *vocabulary.PLANTERS,
    *disorder.PLANTERS,
)
