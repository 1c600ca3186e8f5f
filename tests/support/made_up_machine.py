"""A made-up /sys and /dev: as the kernel lays them out, with relative links, below any folder."""

from __future__ import annotations

from pathlib import Path


class MadeUpMachine:
    """Plug things in by method; `root` is the folder to look below."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._numbers = 0
        for folder in ("sys/bus/usb/devices", "sys/class/tty", "sys/devices/pci0/usb1", "dev"):
            (root / folder).mkdir(parents=True)
        self._usb("usb1", "1d6b:0002", "Linux xHCI Host Controller", "09", ())

    def usb(
        self, place: str, usb: str, maker: str = "", classes: tuple[str, ...] = ("ff",), *, number: str = ""
    ) -> Path:
        """A USB device in socket `place`, with serial number `number` or without."""
        return self._usb(place, usb, maker, "00", classes, number)

    def serial(self, name: str, place: str, usb: str, maker: str = "", *, by_id: str = "", number: str = "") -> None:
        """A USB serial port. Twins without serial numbers share one by-id name: the later takes it over."""
        device = self.usb(place, usb, maker, ("02",), number=number)
        port = device / f"{place}:1.0" / "tty" / name
        self._class_entry("tty", port, name)
        (self.root / "dev" / name).touch()
        if by_id:
            self._link(f"serial/by-id/{by_id}", name)
        self._link(f"serial/by-path/pci-0:usb-0:{place}:1.0-port0", name)

    def board_port(self, name: str, *, uart: bool) -> None:
        """A port of the board, or only the kernel's name for one."""
        port = self.root / "sys/devices/platform/serial8250/tty" / name
        self._class_entry("tty", port, name)
        (port / "type").write_text("4\n" if uart else "0\n")
        (self.root / "dev" / name).touch()

    def hid(self, name: str, place: str, usb: str, *, number: str = "") -> None:
        """A HID device with its raw channel."""
        device = self.usb(place, usb, classes=("03",), number=number)
        self.hid_channel(name, device)

    def hid_channel(self, name: str, device: Path, interface: int = 0) -> None:
        """One raw channel of a USB device; some devices have several."""
        node = device / f"{device.name}:1.{interface}" / f"0003:{interface}" / "hidraw" / name
        self._class_entry("hidraw", node, name)
        (self.root / "dev" / name).touch()

    def camera(self, names: tuple[str, str], place: str, usb: str, maker: str, *, number: str = "") -> None:
        """A UVC camera: a node with pictures and one with metadata."""
        device = self.usb(place, usb, maker, ("0e",), number=number)
        for index, name in enumerate(names):
            node = device / f"{place}:1.0" / "video4linux" / name
            self._class_entry("video4linux", node, name)
            (node / "index").write_text(f"{index}\n")
            (self.root / "dev" / name).touch()
            self._link(f"v4l/by-id/usb-{maker.replace(' ', '_')}{number and f'_{number}'}-video-index{index}", name)
            self._link(f"v4l/by-path/pci-0:usb-0:{place}:1.0-video-index{index}", name)

    def _usb(self, place: str, usb: str, maker: str, kind: str, classes: tuple[str, ...], number: str = "") -> Path:
        self._numbers += 1
        device = self.root / "sys/devices/pci0/usb1" / place
        device.mkdir(parents=True)
        attributes = {
            "idVendor": usb[:4],
            "idProduct": usb[5:],
            "bDeviceClass": kind,
            "busnum": "1",
            "devnum": str(self._numbers),
            "product": maker,
        }
        if number:  # a device without one has no such file
            attributes["serial"] = number
        for name, value in attributes.items():
            (device / name).write_text(f"{value}\n")
        for index, one in enumerate(classes):
            interface = device / f"{place}:1.{index}"
            interface.mkdir()
            (interface / "bInterfaceClass").write_text(f"{one}\n")
        (self.root / "sys/bus/usb/devices" / place).symlink_to(f"../../../devices/pci0/usb1/{place}")
        return device

    def _class_entry(self, kind: str, target: Path, name: str) -> None:
        target.mkdir(parents=True)
        folder = self.root / "sys/class" / kind
        folder.mkdir(parents=True, exist_ok=True)
        relative = target.relative_to(self.root / "sys")
        (folder / name).symlink_to(Path("../..") / relative)

    def _link(self, link: str, name: str) -> None:
        path = self.root / "dev" / link
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(f"../../{name}")
