"""`rtdebug rule`: what the rules of `lint` see, why that matters, and what to do about it."""

import rich_click as click

from rtdebug.errors import UsageError


@click.command("rule")
@click.argument("wanted", required=False, metavar="[CODE]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a rule.")
def command(wanted: str | None, as_json: bool) -> None:
    """List the rules of `rtdebug lint`, or explain one.

    CODE is a code, the beginning of codes, a rule's name, or a family:

    `rtdebug rule RT120`, `rtdebug rule echo`, `rtdebug rule tools`
    """
    from rtdebug.cli.drawing import draw
    from rtdebug.diagnosis.rules import RULES
    from rtdebug.diagnosis.selecting import hint, matching
    from rtdebug.reports.findings.page import page, table

    rules = matching(RULES, wanted) if wanted is not None else list(RULES)
    if not rules:
        raise UsageError(f"no rule is called {wanted}. {hint(RULES, wanted or '')}")
    if as_json:
        import orjson

        from rtdebug.reports.findings.values import rule_values

        for rule in rules:
            print(orjson.dumps(rule_values(rule)).decode())
    else:
        draw(page(rules[0]) if len(rules) == 1 else table(rules))
