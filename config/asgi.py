"""HTTP and sockets, as uvicorn serves them."""

from __future__ import annotations

import os
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

# Before anything imports models.
_django = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - Django must be set up first

from designer.sockets.routing import sockets  # noqa: E402 - Django must be set up first
from designer.web.aws import AwsApi  # noqa: E402
from designer.web.fast import FastStart  # noqa: E402
from designer.web.layers import App, BoundedBodies, ReusedThreads  # noqa: E402

application = ProtocolTypeRouter(
    {"http": BoundedBodies(AwsApi(ReusedThreads(FastStart(cast(App, _django))))), "websocket": sockets}
)
