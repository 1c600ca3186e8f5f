"""`yichuang-hub`: serve, show, open, init."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from types import FrameType
from typing import Annotated

import msgspec
import typer

from sync.hub.bind import BindRefused, check_bind
from sync.hub.keys import HubKeys
from sync.hub.ledger import Archive, Ledger, LedgerGap, NoSuchItem
from sync.hub.pairing import Register
from sync.hub.parent import end_with_parent
from sync.private_file import NotPrivate
from sync.protocol.sealing import CannotOpen

app = typer.Typer(
    help="The county hub: takes sealed cases and reviews from the terminals. 县级中心：接收终端封存的办件与评价。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Data = Annotated[Path, typer.Option("--data", help="the hub's data folder", file_okay=False)]


@app.command()
def init(data: Data) -> None:
    """Make the hub's keys and database (`serve` does it by itself)."""
    keys = _keys(data)
    Archive(data).close()
    Register(data)
    typer.echo(f"hub ready in {data}; signing key {keys.signing_kid}, document key {keys.kem_kid}")


@app.command()
def serve(
    data: Data,
    host: Annotated[str, typer.Option(help="loopback only, until there is enrolment")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0: any free port", min=0, max=65535)] = 8443,
    with_parent: Annotated[bool, typer.Option(help="end when the starting program ends")] = False,
) -> None:
    """Serve until SIGINT or SIGTERM. Prints `yichuang-hub ready https://HOST:PORT` once it listens."""
    if with_parent:
        end_with_parent()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        check_bind(host, enrolled=False)
    except BindRefused as refusal:
        raise _failed(str(refusal)) from refusal
    _keys(data)
    # Only here: the other commands need no web server.
    from sync.hub.server import serve as run_server

    # Uvicorn finishes its requests, then gives the signal on: end by the way that closes the database.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    shown = f"[{host}]" if ":" in host else host
    run_server(data, host, port, lambda bound: typer.echo(f"yichuang-hub ready https://{shown}:{bound}"))


@app.command()
def show(
    data: Data,
    case: Annotated[str, typer.Argument(help="item id or project number")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """List what the hub holds: items, whether they are complete, receipts, evidence."""
    archive = _archive(data)
    try:
        ledger = archive.ledger(case)
    finally:
        archive.close()
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(ledger), indent=2).decode())
    else:
        _print(ledger)
    if case and not ledger.items:
        raise _failed(f"没有 {case} / nothing under {case}")


@app.command(name="open")
def open_item(
    data: Data,
    item_id: Annotated[str, typer.Argument(help="the case's item id")],
    out: Annotated[Path, typer.Option("--out", help="folder for the decrypted documents", file_okay=False)],
) -> None:
    """Decrypt the documents of a case, for an officer of the county."""
    archive = _archive(data)
    try:
        for path in archive.open_documents(item_id, out):
            typer.echo(str(path))
        for gap in (gap for item in archive.ledger(item_id).items for gap in item.gaps):
            typer.echo(_said(gap), err=True)
    except (NoSuchItem, CannotOpen) as error:
        raise _failed(str(error)) from error
    finally:
        archive.close()


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _archive(data: Path) -> Archive:
    if not HubKeys.exist(data):
        raise _failed(f"{data} 不是中心的数据目录 / is no hub's data folder")
    _keys(data)
    return Archive(data)


def _keys(data: Path) -> HubKeys:
    try:
        return HubKeys.open_or_create(data)
    except NotPrivate as error:
        raise _failed(f"密钥文件可被他人读取，已停止 / others may read the key file, stopped: {error}") from error
    except ValueError as error:
        raise _failed(f"{data} 中的密钥文件已损坏 / the key file in {data} is damaged") from error


def _print(ledger: Ledger) -> None:
    for item in ledger.items:
        subject = f"{item.project_number} {item.item_name} {item.decision}" if item.project_number else item.service_id
        code = f" {item.code}" if item.code else ""
        typer.echo(f"{item.terminal} {item.epoch}/{item.seq} {item.kind} {item.id} {item.state}{code} {subject}")
        for document in item.documents:
            mark = "✓" if document.at_hub else "…"
            again = "  决定后重新扫描 / scanned again after the decision" if document.name in item.rescanned else ""
            typer.echo(f"    {mark} {document.role} {document.name} {document.size} B{again}")
        for gap in item.gaps:
            typer.echo(f"    {_said(gap)}")
    for entry in ledger.evidence:
        typer.echo(f"{entry.terminal} evidence {entry.code} {entry.id} {entry.detail}")
    complete = sum(item.state == "complete" for item in ledger.items)
    typer.echo(f"{len(ledger.items)} items, {complete} complete, {len(ledger.evidence)} kept as evidence")


def _said(gap: LedgerGap) -> str:
    return f"✗ {gap.role} {gap.name} 缺失 / missing ({gap.cause})：{gap.reason}，{gap.by} 核准 / allowed {gap.at}"


def _failed(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(code=1)


def main() -> None:
    """Entry point."""
    app()
