"""HTTP and sockets, as uvicorn serves them."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

# Before anything imports models.
_django = get_asgi_application()

from channels.routing import ProtocolTypeRouter

from designer.sockets.routing import sockets
from designer.web.fast import FastStart
from designer.web.layers import BoundedBodies, ReusedThreads

application = ProtocolTypeRouter({"http": BoundedBodies(ReusedThreads(FastStart(_django))), "websocket": sockets})
