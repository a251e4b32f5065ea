"""The compensation of ReserveStock. Releasing twice is releasing once: it names what is released."""


def handler(reservation, context):
    print(f"released {reservation['id']}")
    return {"released": reservation["id"]}
