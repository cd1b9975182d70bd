"""Make the drawings that ship with digitlab."""

from __future__ import annotations

import argparse

from digitlab.data import mnist


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sheet", metavar="FILE", help="only draw every form of the digits, as a PNG")


def run(options: argparse.Namespace) -> int:
    from digitlab.data import drawn
    from digitlab.handwriting import drawings, hands

    if options.sheet:
        hands.sheet().save(options.sheet, "PNG", optimize=True)
        print(options.sheet)
        return 0
    drawings.make(mnist.load())
    print(f"{drawn.FILE}: {drawn.FILE.stat().st_size / 1e6:.1f} MB")
    return 0
