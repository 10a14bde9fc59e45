from rtdebug.diagnosis.finding import Hit
from rtdebug.diagnosis.linting import diagnose
from rtdebug.diagnosis.subject import Subject
from rtdebug.protocol.dialects import Dialect
from tests.diagnosis.made_up import made_up
from tests.session.telling import MS, Call, events_of, folded, told


def subject(*, lacks: tuple[str, ...] = ()) -> Subject:
    call = Call()
    for _ in range(5):
        call.server("session.updated", session={})
    events = events_of(told(call.lines))
    return Subject(folded(events), events, Dialect(), lacks=lacks)


def test_findings_stand_in_the_order_of_the_call() -> None:
    rules = [made_up("RT120", "b", Hit(5, "late"), Hit(3, "early")), made_up("RT110", "a", Hit(3, "first"))]
    found = diagnose(subject(), rules).findings
    assert [(one.code, one.seqs[0], one.message) for one in found] == [
        ("RT110", 3, "first"),
        ("RT120", 3, "early"),
        ("RT120", 5, "late"),
    ]
    assert found[0].at_ns == 20 * MS


def test_a_hit_may_be_graver_or_less_sure_than_its_rule() -> None:
    hits = [Hit(2, "as it is", (4,)), Hit(3, "graver", severity="error", confidence="low")]
    told = diagnose(subject(), [made_up("RT120", "b", *hits)])
    assert [(one.severity, one.confidence, one.seqs) for one in told.findings] == [
        ("warning", "high", (2, 4)),
        ("error", "low", (3,)),
    ]
    assert [one.message for one in told.at_least("error")] == ["graver"]
    assert len(told.at_least("warning")) == 2


def test_a_rule_that_breaks_is_named_and_the_others_go_on() -> None:
    told = diagnose(subject(), [made_up("RT110", "a", breaks="oh"), made_up("RT120", "b", Hit(2, "there"))])
    assert [(rule.code, how) for rule, how in told.failed] == [("RT110", "ValueError: oh")]
    assert [one.code for one in told.findings] == ["RT120"]


def test_a_rule_that_lacks_something_says_what() -> None:
    rules = [
        made_up("RT110", "a", lacks="nobody spoke"),
        made_up("RT111", "b", Hit(2, "never"), needs=("times", "client audio")),
    ]
    told = diagnose(subject(lacks=("times", "audio")), rules)
    assert told.findings == []
    assert [(rule.code, why) for rule, why in told.not_evaluated] == [
        ("RT110", "nobody spoke"),
        ("RT111", "the recording has no times and the recording has no audio of the client's"),
    ]
