"""`yichuang-doctor`: what works, what does not, and what to do about it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from drivers.base.clock import SystemClock
from terminal.config import ConfigError, load
from terminal.diagnostics import devices_cli, trace_cli
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.check_texts import said
from terminal.diagnostics.doctor import NoSuchCheck, Report, examine
from terminal.diagnostics.language import Shown
from terminal.diagnostics.person import here

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(devices_cli.devices)
app.command()(trace_cli.trace)

_LOOKS = {
    Outcome.WORKS: ("✓", "正常", "works", "green"),
    Outcome.WARNING: ("!", "注意", "note", "yellow"),
    Outcome.BROKEN: ("✗", "故障", "broken", "bold red"),
    Outcome.NOT_EXAMINED: ("?", "未检查", "not examined", "yellow"),
    Outcome.NOT_CONFIGURED: ("-", "未配置", "not configured", "dim"),
}
_INDENT = 8


@app.callback(invoke_without_command=True)
def doctor(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", help="the terminal's configuration file 终端配置文件")
    ] = None,
    level: Annotated[
        Level,
        typer.Option(help="how deep, see above; each contains the ones before 检查深度"),
    ] = Level.INTERNAL,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="only this device (its id), or keys, store, font, hub, verifier; repeatable 只检查这一项，可重复"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object for programs 供程序读取")] = False,
    language: Annotated[Shown, typer.Option(help="language of the report 报告语言")] = Shown.ZH,
) -> None:
    """Examine this terminal: every configured device, keys, store, fonts, the ways to the hub and to the verifier.

    检查本终端：逐个打开已配置的设备并询问状态，再看密钥、办件库、字体、中心连接和核验服务；每项一句话说明情况与处理办法。

    --level internal: only asks; nothing moves, nobody is needed. 只询问。

    --level external: a slip is printed, a page taken, the pad shows, blinks and speaks. 让设备动一动。

    --level interactive: you lay and insert cards, press keys and scan a code when told to, 30 s each. 请人动手。

    A device that the running terminal holds is "not examined": look at it in the terminal, or end that first. So is a
    scanner that types like a keyboard, before somebody has scanned with it.

    Exit status 0: everything required works; with --only, everything named.

    Exit status 1: something required does not work, or could not be examined.

    Exit status 2: the configuration cannot be used.
    """
    if context.invoked_subcommand is not None:
        return
    if config is None:
        typer.echo("请用 --config 给出终端配置文件。 Give the terminal's configuration file with --config.", err=True)
        raise typer.Exit(code=2)
    try:
        settings = load(config)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(code=2) from error

    english = language is Shown.EN
    try:
        report = examine(settings, level, SystemClock(), here(english=english), only or ())
    except NoSuchCheck as error:
        typer.echo(
            f"没有 {error.name} 可检查；有：{'、'.join(error.there_are)}。 There is no such device or check.", err=True
        )
        raise typer.Exit(code=2) from error
    if as_json:
        typer.echo(as_text(report))
    else:
        show(report, language, Console())
    raise typer.Exit(code=0 if report.ready else 1)


def as_text(report: Report) -> str:
    """The report as JSON."""
    document = {
        "ready": report.ready,
        "terminal_runs": report.terminal_runs,
        "findings": [dataclasses.asdict(finding) for finding in report.findings],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def show(report: Report, language: Shown, console: Console) -> None:
    """The report for people: a line and a sentence for each finding, one closing sentence."""
    english = language is Shown.EN
    for finding in report.findings:
        mark, zh, en, style = _LOOKS[finding.outcome]
        line = Text(f"{mark} {en if english else zh}  ", style)
        line.append(finding.subject if finding.kind else finding.check, "bold default")
        line.append("".join(f"  {word}" for word in _about(finding, english=english) if word), "dim default")
        console.print(line, soft_wrap=True)
        sentence = Text(finding.en if english else finding.zh)
        if finding.detail:
            sentence.append(f"\n{finding.detail}", "dim")
        sentence.overflow = "fold"  # a Chinese sentence has no blanks to be broken at
        console.print(Padding(sentence, (0, 0, 0, _INDENT)))
    console.print(_closing(report, english=english))


def _about(finding: Finding, *, english: bool) -> tuple[str, ...]:
    """What stands beside the name: what it is, what was tried, its state and where it is."""
    if not finding.kind:
        name = said(f"check.{finding.check}")[english]
        return name if name != finding.check else "", finding.subject
    kind = said(f"kind.{finding.kind}")[english]
    tried = "" if finding.level is Level.INTERNAL else said(f"check.{finding.check}")[english]
    return f"{kind} · {tried}" if tried else kind, finding.state, finding.endpoint


def _closing(report: Report, *, english: bool) -> Text:
    bad = [finding for finding in report.findings if finding.stands_in_the_way]
    if report.ready and report.chosen:
        return Text("Everything examined works." if english else "检查的各项都正常。", "green")
    if report.ready:
        return Text("Everything required works." if english else "必需的各项都正常。", "green")
    names = dict.fromkeys(finding.subject if finding.kind else finding.check for finding in bad)
    return Text(f"Not ready: {', '.join(names)}." if english else f"尚不能正常使用：{'、'.join(names)}。", "bold red")


def main() -> None:
    """Entry point."""
    app()
