"""The real command in a process of its own, and what it leaves in a folder."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

DAY = "2026-11-24"
COMMAND = Path(sys.executable).with_name("lookback")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def lookback(*arguments, cwd=None, timeout=120, before=(), **environment):
    """Run the command until it ends, perhaps by another; ``environment`` is added to ours."""
    return subprocess.run(
        [*before, COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


def tree(folder):
    """A digest of every file under a folder, locks aside: they are left behind and hold nothing."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }
