"""tag: candidates with a label from each proposer."""

from __future__ import annotations

from decloak.tag.artifacts import Artifacts
from decloak.tag.base import PROPOSERS, Proposer, Scene
from decloak.tag.colon import Colon
from decloak.tag.dotted import Dotted
from decloak.tag.identifiers import Identifiers
from decloak.tag.judge import TaggerJudge, judge_of
from decloak.tag.locators import Locators
from decloak.tag.modes import Reader, reader_of
from decloak.tag.paths import Paths
from decloak.tag.products import Products
from decloak.tag.ranges import Ranges
from decloak.tag.wording import Wording

__all__ = ["PROPOSERS", "Proposer", "Reader", "Scene", "TaggerJudge", "judge_of", "reader_of"]

PROPOSERS.add(Locators())
PROPOSERS.add(Dotted())
PROPOSERS.add(Colon())
PROPOSERS.add(Identifiers())
PROPOSERS.add(Paths())
PROPOSERS.add(Products())
PROPOSERS.add(Ranges())
PROPOSERS.add(Wording())
PROPOSERS.add(Artifacts())
