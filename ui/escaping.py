"""The one place where text becomes HTML or script: cells of an upload are data, whatever they contain."""

from __future__ import annotations

import html
import json

# Inside a script these would end it, or end its line, whatever the string around them says.
_SCRIPT_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def esc(text: object) -> str:
    """Return text for an HTML body, an attribute or a JavaScript template literal: no markup, no ` and no ${."""
    return html.escape(str(text), quote=True).replace("`", "&#96;").replace("${", "&#36;{")


def script_json(value: object) -> str:
    """Return a value as a JSON literal for a script element: nothing in it can close the element."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_SCRIPT_ESCAPES)
