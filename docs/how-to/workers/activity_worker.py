"""A worker of an activity: python activity_worker.py ACTIVITY_ARN

Asks for tasks, does them, answers. Needs boto3 and the environment that `make run` prints.
"""

import json
import sys

import boto3
from botocore.config import Config

sfn = boto3.client("stepfunctions", config=Config(read_timeout=70))  # a poll is held for up to 60 seconds


def work(order):
    if order["count"] < 1:
        raise ValueError("nothing was ordered")
    return {"packed": [order["article"]] * order["count"]}


while True:
    task = sfn.get_activity_task(activityArn=sys.argv[1], workerName="python")
    if not task.get("taskToken"):
        continue  # nothing to do within 60 seconds
    try:
        output = work(json.loads(task["input"]))
        sfn.send_task_success(taskToken=task["taskToken"], output=json.dumps(output))
    except Exception as error:
        sfn.send_task_failure(taskToken=task["taskToken"], error=type(error).__name__, cause=str(error))
