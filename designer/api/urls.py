"""Routes of the REST interface (docs/reference/rest-api.md)."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

import designer.keys  # noqa: F401 - makes "key" known
from designer.api.lane import answers_when_ended
from designer.api.views import (
    access_keys,
    catalogue,
    connections,
    conversion,
    editing,
    executions,
    machines,
    map_runs,
    revisions,
    session,
    sharing,
    start,
    trying,
    versions,
)
from designer.api.views.docs import Docs
from designer.api.views.missing import missing

_one = "machines/<key:machine_id>/"
_run = "executions/<key:execution_id>/"

urlpatterns = [
    path("session/", session.Session.as_view()),
    path("tokens/", session.Tokens.as_view()),
    path("tokens/<key:token_id>/", session.OneToken.as_view()),
    path("access-keys/", access_keys.AccessKeys.as_view()),
    path("access-keys/<key:key_id>/", access_keys.OneAccessKey.as_view()),
    path("machines/", machines.Machines.as_view()),
    path("machines/import/", machines.MachineImport.as_view()),
    path(_one, machines.OneMachine.as_view()),
    path(f"{_one}deletion/", machines.MachineDeletion.as_view()),
    path(f"{_one}draft/", revisions.OneDraft.as_view()),
    path(f"{_one}inputs/", machines.MachineInputs.as_view()),
    path(f"{_one}conversion/", conversion.Conversion.as_view()),
    path(f"{_one}revisions/", revisions.Revisions.as_view()),
    path(f"{_one}revisions/<int:number>/", revisions.OneRevision.as_view()),
    path(f"{_one}versions/", versions.Versions.as_view()),
    path(f"{_one}versions/<int:number>/", versions.OneVersion.as_view()),
    path(f"{_one}aliases/", versions.Aliases.as_view()),
    path(f"{_one}aliases/<key:name>/", versions.OneAlias.as_view()),
    path(f"{_one}export/", revisions.Export.as_view()),
    path(f"{_one}bundle/", revisions.Bundle.as_view()),
    path(f"{_one}graph.svg", revisions.MachineSvg.as_view()),
    path(f"{_one}graph.png", revisions.MachinePng.as_view()),
    path(f"{_one}shares/", sharing.Shares.as_view()),
    path(f"{_one}shares/<key:share_id>/", sharing.OneShare.as_view()),
    path(f"{_one}executions/", start.start),
    path("validate/", editing.Validate.as_view()),
    path("simulate/", trying.Simulate.as_view()),
    path("test-state/", trying.TestState.as_view()),
    path("functions/", editing.Functions.as_view()),
    path("connections/", connections.Connections.as_view()),
    path("connections/<key:connection_id>/", connections.OneConnection.as_view()),
    path("integrations/", catalogue.Catalogue.as_view()),
    path("integrations/aws-sdk/", catalogue.SdkServices.as_view()),
    path("integrations/aws-sdk/<key:service>/", catalogue.SdkActions.as_view()),
    path("integrations/aws-sdk/<key:service>/<key:action>/", catalogue.SdkAction.as_view()),
    path("integrations/aws-sdk-actions/", catalogue.SdkSearch.as_view()),
    path("activities/", catalogue.Activities.as_view()),
    path("integrations/celery/", catalogue.CeleryTasks.as_view()),
    path("samples/", editing.Samples.as_view()),
    path("shared/<key:token>/", sharing.Shared.as_view()),
    path("shared/<key:token>/graph.svg", sharing.SharedSvg.as_view()),
    path("shared/<key:token>/copy/", sharing.SharedCopy.as_view()),
    path("executions/", executions.Executions.as_view()),
    path(_run, answers_when_ended(executions.OneExecution.as_view())),
    path(f"{_run}stop/", executions.StopExecution.as_view()),
    path(f"{_run}redrive/", executions.RedriveExecution.as_view()),
    path(f"{_run}retry/", executions.RetryExecution.as_view()),
    path(f"{_run}history/", executions.History.as_view()),
    path(f"{_run}tasks/", executions.Tasks.as_view()),
    path(f"{_run}map-runs/", map_runs.MapRuns.as_view()),
    path("map-runs/<key:map_run_id>/", map_runs.OneMapRun.as_view()),
    path(f"{_run}definition/", executions.ExecutionDefinition.as_view()),
    path(f"{_run}graph.svg", executions.ExecutionSvg.as_view()),
    path(f"{_run}graph.png", executions.ExecutionPng.as_view()),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    path("<path:rest>", missing),
]
