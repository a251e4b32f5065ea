"""The compensation of ChargeCard. Refunding twice is refunding once: it names the payment."""


def handler(payment, context):
    print(f"gave {payment['amount']} back")
    return {"refunded": payment["id"], "amount": payment["amount"]}
