"""Answers the messages of an SQS queue: python queue_worker.py QUEUE_URL

A message carries a task token; the state that sent it waits for our answer. Needs boto3 and two environments: that of
the AWS where the queue is (AWS_ENDPOINT_URL_SQS) and that of Treadle (AWS_ENDPOINT_URL_SFN).
"""

import json
import sys

import boto3

sqs, sfn = boto3.client("sqs"), boto3.client("stepfunctions")

while True:
    for message in sqs.receive_message(QueueUrl=sys.argv[1], WaitTimeSeconds=10).get("Messages", []):
        given = json.loads(message["Body"])
        answer = {"order": given["order"], "status": "PACKED"}
        sfn.send_task_success(taskToken=given["token"], output=json.dumps(answer))
        sqs.delete_message(QueueUrl=sys.argv[1], ReceiptHandle=message["ReceiptHandle"])
