"""hearth: orchestration for OpenStack, compatible with Heat on every wire it has.

Start with ARCHITECTURE.md; then read any package's docstring.
"""

__version__ = "0.1.0"
