"""Async doors to sync work: one hop into a thread, and none of it held while somebody waits."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from designer.api.authentication import SessionCookieAuthentication, bearer_token
from designer.api.preconditions import wait_seconds
from designer.api.problems import problem, problem_response
from designer.api.words import spoken
from designer.models import Execution, ExecutionStatus
from designer.services import runtime
from designer.services.tokens import find_owner
from engine.sentences import say

AsyncView = Callable[..., Coroutine[Any, Any, HttpResponseBase]]
SyncView = Callable[..., HttpResponseBase]


def authenticated_id(request: HttpRequest) -> int:
    """The user's id, found as the API's authentication classes do it, CSRF check included, without DRF around it.

    Raises NotAuthenticated, AuthenticationFailed, PermissionDenied.
    """
    token = bearer_token(request.META.get("HTTP_AUTHORIZATION", ""))
    if token is not None:
        owner = find_owner(token)
        if owner is None:
            raise AuthenticationFailed(spoken(say("This token is not known.")))
        return owner
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        raise NotAuthenticated
    SessionCookieAuthentication().enforce_csrf(cast("Request", request))  # it reads only what Django's has too
    return cast("int", user.pk)


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
        user_id = authenticated_id(request)
    except (NotAuthenticated, AuthenticationFailed):
        return False
    rows = Execution.objects.filter(pk=execution_id, machine__owner=user_id, status=ExecutionStatus.RUNNING)
    return rows.exists()


def described_by(view: type[APIView]) -> Callable[[AsyncView], AsyncView]:
    """Where drf-spectacular looks for the class of a route; and like DRF's views it is exempt from the middleware's
    CSRF check, since ``authenticated`` does it where a cookie is what signs in.
    """

    def mark(answer: AsyncView) -> AsyncView:
        answer.cls, answer.initkwargs = view, {}  # type: ignore[attr-defined]
        return csrf_exempt(answer)

    return mark
