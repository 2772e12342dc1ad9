"""Text from tables, as data inside an HTML page: JSON that no parser on its way can take for anything else."""

from __future__ import annotations

import json
import re
from typing import Any

_RISKY = re.compile("[<>&\u2028\u2029\u007f-\u009f\ud800-\udfff]")


def island(content: dict[str, Any]) -> str:
    """
    The content as one ``<script type="application/json">`` with the id ``data``.

    ``<``, ``>`` and ``&`` cannot end the element or start another; line separators, the control characters that JSON
    leaves alone and lone surrogates are escaped too, so that the text arrives as it was given and any file can hold it.

    References
    ----------
    https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    escaped = _RISKY.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return f'<script type="application/json" id="data">{escaped}</script>'
