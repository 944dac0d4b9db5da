"""Trace: what was told, round by round, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from decloak.identify.reflect import Narrative
from decloak.identify.sift import Removed
from decloak.llm import Usage

__all__ = ["Told"]


@dataclass(slots=True)
class Told:
    """All narratives of a document, and what was spent on it.

    Attributes:
        narratives: in the order of the text.
        refined: what became of the rewording, by template.
        usage: tokens spent on anything but the narratives.
        seconds: likewise.
    """

    narratives: list[Narrative] = field(default_factory=list)
    refined: dict[str, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0

    def add(self, narrative: Narrative) -> None:
        """Add the narrative of the next chunk."""
        self.narratives.append(narrative)

    def spend(self, usage: Usage, seconds: float) -> None:
        """Count what another kind of request has cost."""
        self.usage += usage
        self.seconds += seconds

    @property
    def cost(self) -> tuple[Usage, float]:
        """All tokens and seconds."""
        usage, seconds = self.usage, self.seconds
        for narrative in self.narratives:
            for each in narrative.rounds:
                usage += each.usage
                seconds += each.seconds
        return usage, seconds

    def output(self) -> dict[str, Any]:
        """Return the trace: ``template``, ``rounds`` and ``added``.

        A document told in several chunks has the rounds of all of them side by side: its second
        round holds the narratives as they stand after two rounds each.
        """
        length = max((len(each.rounds) for each in self.narratives), default=0)
        names = dict.fromkeys(each.template for each in self.narratives)
        return {
            "template": ", ".join(names),
            "rounds": [self._round(number) for number in range(length)],
            "added": [line for each in self.narratives for line in each.added],
        }

    def _round(self, number: int) -> dict[str, Any]:
        stories: list[str] = []
        removed: list[Removed] = []
        omissions: list[str] = []
        usage = Usage()
        for narrative in self.narratives:
            if not narrative.rounds:
                continue
            last = narrative.rounds[min(number, len(narrative.rounds) - 1)]
            stories.append(last.narrative)
            omissions += last.omissions
            if number < len(narrative.rounds):
                usage += last.usage
                removed += last.removed
        return {
            "narrative": "\n\n".join(stories),
            "removed": [
                {
                    "sentence": each.sentence,
                    "reason": each.reason,
                    "ungrounded": list(each.ungrounded),
                }
                for each in removed
            ],
            "omissions": omissions,
            "usage": {
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
            },
        }
