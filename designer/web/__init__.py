"""What surrounds the interfaces: the page, its content security policy, static files, the outermost ASGI layers."""
