"""Lets `python -m ormgen_codegen` be the `ormgen` command."""

from ormgen_codegen import main

if __name__ == "__main__":
    main()
