"""Async doors to sync work: one hop into a thread, and none of it held while somebody waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.views import APIView

from designer.api.authentication import bearer_token
from designer.api.preconditions import wait_seconds
from designer.api.problems import problem, problem_response
from designer.models import Execution, ExecutionStatus
from designer.services import runtime
from designer.services.tokens import find_token

if TYPE_CHECKING:
    from django.contrib.auth.models import User

AsyncView = Callable[..., Awaitable[HttpResponseBase]]
SyncView = Callable[..., HttpResponseBase]


def authenticated(request: HttpRequest) -> User:
    """As the API's authentication classes do it, without DRF's request around it. (CSRF is the middleware's.)

    Raises NotAuthenticated, AuthenticationFailed.
    """
    token = bearer_token(request.META.get("HTTP_AUTHORIZATION", ""))
    if token is not None:
        row = find_token(token)
        if row is None:
            raise AuthenticationFailed("This token is not known.")
        return row.user
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        raise NotAuthenticated
    return cast("User", user)


def answers_problems(view: AsyncView) -> AsyncView:
    """Turn what the table of problems knows into answers; the rest is a bug and goes on to Django."""

    @wraps(view)
    async def answer(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return await view(request, **kwargs)
        except Exception as error:
            found = problem(error)
            if found is None:
                raise
            return problem_response(found)

    return answer


def answers_when_ended(view: SyncView) -> AsyncView:
    """Honour ``Prefer: wait`` in front of a view of an execution, which then answers whatever there is to say."""
    called = sync_to_async(view)
    running = sync_to_async(_runs)

    @wraps(view)
    async def answer(request: HttpRequest, execution_id: str, **kwargs: Any) -> HttpResponseBase:
        seconds = wait_seconds(request.headers.get("Prefer"))
        if seconds and request.method == "GET" and await running(request, execution_id):
            await runtime.wait_until_ended(execution_id, seconds)
        return await called(request, execution_id=execution_id, **kwargs)

    return answer


def _runs(request: HttpRequest, execution_id: str) -> bool:
    """Whether it is the asker's and still runs; the view behind says why not."""
    try:
        user = authenticated(request)
    except (NotAuthenticated, AuthenticationFailed):
        return False
    rows = Execution.objects.filter(pk=execution_id, machine__owner=user, status=ExecutionStatus.RUNNING)
    return rows.exists()


def described_by(view: type[APIView]) -> Callable[[AsyncView], AsyncView]:
    """Where drf-spectacular looks for the class of a route. Not csrf_exempt, unlike DRF's own views: for cookies
    Django's middleware does the check here.
    """

    def mark(answer: AsyncView) -> AsyncView:
        answer.cls, answer.initkwargs = view, {}  # type: ignore[attr-defined]
        return answer

    return mark
