"""Registry: every item by the name that the command line knows, in the order of the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from decloak.evaluation.reproduce.bench import Bench
from decloak.evaluation.reproduce.items.ablation import ablation
from decloak.evaluation.reproduce.items.checklist import table3
from decloak.evaluation.reproduce.items.cost import cost
from decloak.evaluation.reproduce.items.experiments import experiment1, experiment2
from decloak.evaluation.reproduce.items.experts import decoders
from decloak.evaluation.reproduce.items.models import llm
from decloak.evaluation.reproduce.items.narration import figure3, figure4, table1, table2
from decloak.evaluation.reproduce.items.prompting import prompting
from decloak.evaluation.reproduce.items.threshold import threshold
from decloak.evaluation.reproduce.outcome import Outcome

__all__ = ["ITEMS", "Item"]


class Item(NamedTuple):
    """One item of the publication.

    Attributes:
        title: of its page.
        question: that the page answers.
        measure: does it.
    """

    title: str
    question: str
    measure: Callable[[Bench], Outcome]


ITEMS: Mapping[str, Item] = {
    "table1": Item("Table 1", "Does narrating tool output make a tagger find more of it?", table1),
    "figure3": Item("Figure 3", "The same, drawn per source.", figure3),
    "table2": Item(
        "Table 2", "Is tagging narratives better than tagging raw text, over all sources?", table2
    ),
    "figure4": Item("Figure 4", "The same, drawn.", figure4),
    "table3": Item(
        "Table 3", "Is everything in the worked example found, and nothing else?", table3
    ),
    "experiment1": Item("Experiment 1", "What do changed characters cost?", experiment1),
    "experiment2": Item("Experiment 2", "What do obfuscated tokens cost?", experiment2),
    "decoders": Item(
        "Decoders", "Are three experts better than one, and is anything better than none?", decoders
    ),
    "prompting": Item(
        "Prompting", "Do dynamic prompts, examples, refinement and rounds help?", prompting
    ),
    "ablation": Item(
        "Ablation", "What is each part of the recipe, and of the pipeline, worth?", ablation
    ),
    "threshold": Item(
        "Threshold", "Is 0.85 the right confidence, and is the pattern veto right?", threshold
    ),
    "llm": Item("Language models", "What does a real language model add?", llm),
    "cost": Item("Cost", "What does a document cost in time, memory and money?", cost),
}
