"""Card: what a reader must know of a model before trusting it, from its record alone."""

from __future__ import annotations

from typing import Any

__all__ = ["card"]

_TEXT = """\
---
license: apache-2.0
language: [en]
pipeline_tag: token-classification
tags: [security, named-entity-recognition, threat-intelligence, nmap, whois, dns]
---

# {name}

A tagger of security entities in tool output and threat reports, also where they are disguised:
`{encoder}` with a token-classification head and a linear-chain CRF. It proposes; patterns, grammars
and the decision table of decloak decide.

* **Reads** English text and the output of Nmap, dig, WHOIS, RDAP and Shodan, after decoding. One
  label per word; windows of {max_pieces} pieces.
* **Labels**: {names}.
* **Weights**: {weights}, {size:.1f} MB; SHA-256 of the graph `{digest}`.
* **Calibration**: temperature {temperature}; expected calibration error on the validation part
  {ece}.
* **F1 on the validation part** (exact spans of words): {f1}.

## Trained on

{words} words of clean text and as many in disguise (mix `{mix}`, seed {seed}): {excerpts}.{written}

The tool output comes from a laboratory's own servers and zones (CC0-1.0); `threats` are sentences
from templates. Where `cyner` and `banner` are named: sentences of CyNER (MIT, copyright 2022
aiforsec) and service banners of Recog (BSD-2-Clause, copyright Rapid7, Inc.) of the protocols that
`decloak.evaluation.halves` gives to training; what they do not label was unknown, not outside.

## How

{losses}. Code version {code_version}; batches of about {batch} pieces.
{stages}

## Limits

* Threat reports are few and English. Names it has never seen are found by context, less surely.
* TECHNIQUE is trained on templates alone.
* Its confidence is calibrated on text like its own; elsewhere it is an estimate.
* Disguises that nobody prepared for cost recall: see docs/results/tagger.md.
"""


def card(record: dict[str, Any]) -> str:
    """Return a model card in Markdown.

    Args:
        record: as in model.json.
    """
    trained, settings = record["trained_on"], record["settings"]
    names = [label[2:] for label in record["labels"] if label.startswith("B-")]
    excerpts, written = trained.get("excerpts") or {}, trained.get("written") or 0
    ece = record["ece"]
    return _TEXT.format(
        name=record["name"],
        encoder=record["encoder"],
        max_pieces=record["max_pieces"],
        names=", ".join(names),
        weights="eight bits" if record["quantised"] else "float32",
        size=sum(each["bytes"] for each in record["files"].values()) / 1e6,
        digest=record["files"]["model.onnx"]["sha256"][:16],
        temperature=record["temperature"],
        ece=f"{ece['before']} before, {ece['after']} after" if ece else "not measured",
        f1=", ".join(f"{key} {value}" for key, value in record["f1"].items()),
        words=f"{trained.get('words') or 0:,}",
        mix=trained.get("mix"),
        seed=trained.get("seed"),
        excerpts=", ".join(f"{name} {count:,}" for name, count in sorted(excerpts.items())),
        written=f"\n{written:,} of the disguised excerpts were written by language models."
        if written
        else "",
        losses=_losses(settings),
        code_version=record["code_version"],
        stages=_stages(record),
        batch=settings["batch_pieces"],
    )


def _stages(record: dict[str, Any]) -> str:
    """Return a line for each stage: a run may have been cut short and gone on at another rate."""
    settings = record["settings"]
    whole = {
        "steps": record["steps"],
        "learning_rate": settings["learning_rate"],
        "worst_of": settings["losses"].get("worst_of", 1),
    }
    return "\n".join(
        f"* {stage['steps']} steps of AdamW from {stage['learning_rate']}, linear decay"
        + (f", {stage['pieces']:,} pieces of clean text" if "pieces" in stage else "")
        + (f", the worst of {worst} variants" if (worst := stage.get("worst_of", 1)) > 1 else "")
        + (" (cut short by its time budget)" if stage.get("cut_short") else "")
        for stage in record.get("stages") or [whole]
    )


def _losses(settings: dict[str, Any]) -> str:
    losses = settings["losses"]
    parts = [
        f"cross-entropy x {losses['cross_entropy']} + CRF x {losses['crf']}",
        f"clean x {losses['clean']}",
    ]
    others = ("adversarial", "consistency", "fgm")
    parts += [f"{name} x {losses[name]}" for name in others if losses[name]]
    if settings["masking"]["share"]:
        parts.append(f"steps of {settings['masking']['share']:.0%} of the parameters attenuated")
    return "Loss: " + ", ".join(parts)
