"""Charges the amount of an order; fails with CardDeclined when the order says so ({"card": "declined"})."""


class CardDeclined(Exception):
    pass


def handler(order, context):
    if order.get("card") == "declined":
        raise CardDeclined(f"the card does not cover {order['amount']}")
    print(f"charged {order['amount']} for {order['order']}")
    return {"id": f"payment-{order['order']}", "amount": order["amount"]}
