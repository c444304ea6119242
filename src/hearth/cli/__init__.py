"""The command line: `heat`, a client of the REST API, and `hearth`, which runs the services.

Rule: heavy libraries are imported where they are first needed, so that `heat --help` answers at
once; everything that is shown goes through `output`, so that `--json` and pipes never differ.
"""
