// A worker of an activity: node activity_worker.mjs ACTIVITY_ARN
// Needs Node 20 and no packages: requests are signed here (AWS Signature Version 4). With @aws-sdk/client-sfn, `call` is one line.
import { createHash, createHmac } from "node:crypto";

const { AWS_ENDPOINT_URL_SFN, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
const hash = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

async function call(action, given) {
  const body = JSON.stringify(given);
  const { host } = new URL(AWS_ENDPOINT_URL_SFN);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const target = `AWSStepFunctions.${action}`;
  const names = "host;x-amz-date;x-amz-target";
  const request = `POST\n/\n\nhost:${host}\nx-amz-date:${time}\nx-amz-target:${target}\n\n${names}\n${hash(body)}`;
  const scope = [time.slice(0, 8), AWS_REGION, "states", "aws4_request"];
  const key = scope.reduce(hmac, `AWS4${AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope.join("/")}\n${hash(request)}`).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope.join("/")}, SignedHeaders=${names}, Signature=${signature}`;
  const headers = { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Date": time, "X-Amz-Target": target, Authorization: authorization };
  const answer = await fetch(AWS_ENDPOINT_URL_SFN, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

function work(order) {
  if (order.count < 1) throw new RangeError("nothing was ordered");
  return { packed: Array(order.count).fill(order.article) };
}

for (;;) {
  const { taskToken, input } = await call("GetActivityTask", { activityArn: process.argv[2], workerName: "node" });
  if (!taskToken) continue; // nothing to do within 60 seconds
  try {
    const output = JSON.stringify(work(JSON.parse(input)));
    await call("SendTaskSuccess", { taskToken, output });
  } catch (error) {
    await call("SendTaskFailure", { taskToken, error: error.name, cause: error.message });
  }
}
