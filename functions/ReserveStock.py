"""Reserves what an order wants; fails with OutOfStock when the order says so ({"stock": "empty"})."""


class OutOfStock(Exception):
    pass


def handler(order, context):
    if order.get("stock") == "empty":
        raise OutOfStock(f"nothing left for {order['order']}")
    print(f"reserved for {order['order']}")
    return {"id": f"reservation-{order['order']}"}
