"""The report of a job that has succeeded."""


def handler(job, context):
    print(f"final status of {job['id']}")
    return {"id": job["id"], "status": "SUCCEEDED"}
