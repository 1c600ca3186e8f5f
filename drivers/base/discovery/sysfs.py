"""Reading /sys and /dev below any root, so that a made-up tree is as good as the machine's. Pure but for reading."""

from __future__ import annotations

from pathlib import Path


def text_of(file: Path) -> str:
    """The content of an attribute, stripped; empty when it is not there or cannot be read."""
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def entries(folder: Path) -> list[Path]:
    """What lies in `folder`, by name; nothing when there is no such folder."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def usb_device_of(entry: Path, root: Path) -> Path | None:
    """The USB device above a class entry (`/sys/class/tty/ttyUSB0`); None for what hangs on no USB."""
    top = (root / "sys").resolve()
    folder = entry.resolve()
    while folder != top and folder.is_relative_to(top):
        if (folder / "idVendor").is_file():
            return folder
        folder = folder.parent
    return None


def vid_pid(device: Path) -> str:
    """`0400:c35a` of a USB device."""
    return f"{text_of(device / 'idVendor')}:{text_of(device / 'idProduct')}".lower()


def serial_of(device: Path) -> str:
    """The serial number that a USB device says of itself; empty when it says none."""
    return text_of(device / "serial")


def usb_folders(root: Path) -> list[Path]:
    """The folders of all USB devices, hubs too."""
    found = (entry.resolve() for entry in entries(root / "sys/bus/usb/devices"))
    return [folder for folder in found if (folder / "idVendor").is_file()]


def maker_of(device: Path) -> str:
    """What a USB device says of itself."""
    return " ".join(said for name in ("manufacturer", "product") if (said := text_of(device / name)))


def names_for(root: Path, folder: str) -> dict[str, str]:
    """Symbolic links of /dev/`folder` as {kernel name: link}; of several links to one device the first by name."""
    links: dict[str, str] = {}
    for link in entries(root / "dev" / folder):
        if link.is_symlink():
            links.setdefault(link.readlink().name, f"/dev/{folder}/{link.name}")
    return links
