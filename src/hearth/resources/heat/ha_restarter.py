"""OS::Heat::HARestarter."""

from hearth.resources.heat.none import NoneType
from hearth.schema import fading


class HARestarter(NoneType):
    """Restarted a server once; kept so that old templates can be read, without effect."""

    name = "OS::Heat::HARestarter"
    support = fading(deprecated="2015.1", hidden="10.0.0")
