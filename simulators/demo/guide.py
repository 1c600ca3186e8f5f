"""The guided demonstration on somebody's own display: the person works the windows, or lets the guide do a step."""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

from rich.console import Console

from simulators.demo.hall import Hall
from simulators.demo.hands import Hands
from simulators.demo.screen_map import NotThere, ScreenMap, connect
from simulators.demo.stage import Stage
from simulators.demo.story import STORY, Chapter

_LOOK_EVERY_S = 0.3


def guide(out: Path) -> int:
    """Start the hall on this display and go through the story; the window's exit code."""
    console = Console(highlight=False)
    hall = Hall(out, {})
    out.mkdir(parents=True, exist_ok=True)
    try:
        hall.start()
        eyes = connect(hall.inspector, within_s=30)
        try:
            stage = Stage(hall, Hands(os.environ), eyes, None, out / "pictures")
            console.print("[bold]一窗 演示[/bold]：两个窗口已打开，所有设备均为模拟。关闭窗口即结束。")
            console.print("Two windows are open, all devices are simulated. Close the window to end.", style="dim")
            for chapter in STORY:
                if not _chapter(console, hall, eyes, stage, chapter):
                    return hall.wait_window() if hall.window_runs() else 0
            _closing(console, hall)
            return hall.wait_window()
        finally:
            eyes.close()
    except KeyboardInterrupt:
        return 0
    finally:
        hall.stop()


def _chapter(console: Console, hall: Hall, eyes: ScreenMap, stage: Stage, chapter: Chapter) -> bool:
    """Wait until the chapter is over, by the person or by the guide; False when the window is gone."""
    console.print(f"\n[bold]{chapter.zh}[/bold] {chapter.en}：{chapter.hint}")
    choices = "Enter = 由向导完成 / let the guide do it"
    if chapter.device is not None:
        choices += "；d + Enter = 只做设备动作 / only the device's part"
    console.print(choices, style="dim")
    while hall.window_runs():
        try:
            if _over(eyes, chapter):
                return True
            asked = _typed()
            if asked is None:
                continue
            if asked == "d" and chapter.device is not None:
                chapter.device(stage)
            elif not asked:
                chapter.play(stage)
                return True
        except (NotThere, OSError, ValueError) as trouble:
            if not hall.window_runs():
                return False
            console.print(f"[yellow]请在窗口中完成这一步 / please do this step in the window[/yellow] ({trouble})")
    return False


def _over(eyes: ScreenMap, chapter: Chapter) -> bool:
    screen = eyes.screen()
    if chapter.name == "sign_in":
        return bool(screen.facts.get("signed_in"))
    if chapter.name == "hand_over":
        states = screen.facts.get("hub_states")
        return isinstance(states, dict) and "complete" in states.values()
    return screen.step == chapter.ends_at


def _typed() -> str | None:
    """A line from the keyboard of the console, if one comes within a moment."""
    ready, _, _ = select.select([sys.stdin], [], [], _LOOK_EVERY_S)
    if not ready:
        return None
    line = sys.stdin.readline()
    return line.strip().lower() if line else None


def _closing(console: Console, hall: Hall) -> None:
    console.print("\n[bold green]办件已完整到达中心。[/bold green]可继续办理下一件，或关闭窗口结束。")
    console.print("The case lies at the hub. Take another one, or close the window.", style="dim")
    console.print(f"模拟设备 / simulated devices: yichuang-sim verbs --dir {hall.folder / 'devices'}", soft_wrap=True)
