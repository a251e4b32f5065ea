"""Names of machines and executions, by the rules of AWS Step Functions' CreateStateMachine and StartExecution."""

from __future__ import annotations

from designer.services.errors import InvalidName
from engine.sentences import say

MAX_LENGTH = 80
_FORBIDDEN = frozenset('<>{}[]?*"#%\\^|~`$&,;:/')


def check_name(name: str) -> str:
    """Returns the name; raises InvalidName with the reason."""
    if not name:
        raise InvalidName(name, say("is empty"))
    if len(name) > MAX_LENGTH:
        raise InvalidName(name, say("has more than {most} characters", most=MAX_LENGTH))
    for character in name:
        if character.isspace():
            raise InvalidName(name, say("has white space in it"))
        if character in _FORBIDDEN:
            raise InvalidName(name, say("has a {character} in it", character=character))
        if _is_control(ord(character)):
            raise InvalidName(name, say("has a control character in it"))
    return name


def _is_control(code: int) -> bool:
    # U+FFFE and U+FFFF are no characters; surrogates cannot be encoded.
    return code <= 0x1F or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code in {0xFFFE, 0xFFFF}
