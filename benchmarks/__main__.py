"""Print every figure: `make bench`, or `python -m benchmarks NAME` for one of them."""

import sys

from benchmarks import command, objects, platform

BENCHMARKS = {"command": command.run, "platform": platform.run, "objects": objects.run}


def main() -> None:
    """Run the benchmarks named, or all."""
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"\n## {name}\n")
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
