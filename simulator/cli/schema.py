"""`scalewall schema`: JSON Schema for editors."""

import json
import sys


def schema(kind: str | None = None, /) -> None:
    """Print the JSON Schema of a kind of spec file; without a kind, the kinds there are.

    Parameters
    ----------
    kind : str
        What `kind:` says in the file: training, accelerator, model, …
    """
    from simulator.catalogue.parts import KINDS
    from simulator.catalogue.schema import schema as schema_of

    if kind is None:
        for name, each in KINDS.items():
            print(f"{name:<12} {each.folder}/")
        return
    # ASCII only, since editors read the file that this is redirected to as they like.
    json.dump(schema_of(kind), sys.stdout, indent=2)
    print()
