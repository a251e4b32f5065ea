"""The AWS Step Functions API: JSON 1.0 at ``POST /``, for boto3, the AWS CLI, Terraform and whatever else speaks it."""
