"""heat-api: the native REST API, version 1.

`routes` is the index of all operations; a responder gets the `Parts` it stands on and the `Ask`
it answers, and returns a `Reply`. `documents` turns what is stored into what clients parse.
"""

from hearth.api.heat.app import HeatApp, make_app
from hearth.api.heat.catalogue import Offers
from hearth.api.heat.parts import Language, Parts

__all__ = ["HeatApp", "Language", "Offers", "Parts", "make_app"]
