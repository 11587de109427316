"""`python -m bench` lists the benchmarks, `python -m bench NAME` runs one; exit 1 if an aim is missed."""

import sys

from bench.catalog import BENCHES
from bench.figures import print_figures


def main(arguments: list[str]) -> int:
    """List or run; 0 if every aim is met, 1 if one is missed, 2 for an unknown name."""
    if not arguments:
        for name, bench in BENCHES.items():
            print(f"{name:<8} {bench.__doc__.splitlines()[0]}")
        return 0
    name, *options = arguments
    if name not in BENCHES:
        print(f"There is no benchmark {name!r}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    return print_figures(BENCHES[name](options))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
