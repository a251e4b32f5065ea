"""Korean, by English template. Words of the language (Choice, ResultPath) stay as the definition spells them."""

from __future__ import annotations

from typing import Final

from designer.api.words.korean import conversion, definitions, queries, requests, samples, trials

SENTENCES: Final[dict[str, str]] = {
    **definitions.SENTENCES,
    **queries.SENTENCES,
    **conversion.SENTENCES,
    **trials.SENTENCES,
    **requests.SENTENCES,
    **samples.SENTENCES,
}
