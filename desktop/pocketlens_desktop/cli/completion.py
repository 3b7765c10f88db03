"""``pocketlens completion``: it prints the script and leaves the person's start-up files alone."""

from __future__ import annotations

import sys
from typing import Literal


def completion(shell: Literal["bash", "zsh", "fish", "powershell"], /) -> None:
    """Print a shell's completion script.

    Parameters
    ----------
    shell
        For bash: pocketlens completion bash > ~/.local/share/bash-completion/completions/pocketlens
    """
    from pocketlens_desktop.cli.app import application

    sys.stdout.write(application().generate_completion(shell=shell))
