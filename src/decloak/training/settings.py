"""Settings of a training run: everything that can change its outcome, as one frozen value."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Dropout", "Losses", "Masking", "TrainSettings"]


class Dropout(BaseModel):
    """Dropout rates in [0, 1): of attention weights, of hidden states, before the classifier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attention: float = Field(default=0.1, ge=0, lt=1)
    hidden: float = Field(default=0.1, ge=0, lt=1)
    classifier: float = Field(default=0.1, ge=0, lt=1)


class Losses(BaseModel):
    """Weights of the parts of the loss; see `decloak.training.losses`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cross_entropy: float = Field(default=0.5, ge=0, description="of the words' labels")
    crf: float = Field(default=0.5, ge=0, description="of the CRF's negative log-likelihood")
    clean: float = Field(default=1.0, ge=0, description="alpha: of the clean text")
    adversarial: float = Field(default=0.0, ge=0, description="beta: of the perturbed text")
    consistency: float = Field(default=0.0, ge=0, description="of the symmetric KL divergence")
    worst_of: int = Field(default=1, ge=1, description="perturbed variants the worst is taken of")
    fgm: float = Field(default=0.0, ge=0, description="length of the step in embedding space")


class Masking(BaseModel):
    """Gradient masking; see `decloak.training.masking`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: float = Field(
        default=0.0, ge=0, lt=1, description="of the parameters that is attenuated"
    )
    factor: float = Field(default=0.1, ge=0, le=1, description="what their step is multiplied by")
    memory: float = Field(default=0.99, ge=0, lt=1, description="of the moving average")
    every: int = Field(default=50, ge=1, description="steps after which the mask is made anew")


class TrainSettings(BaseModel):
    """Everything that can change a trained model. It travels with the weights.

    Raises:
        pydantic.ValidationError: on an unknown key or a value out of range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "robust"
    encoder: str = Field(default="all-MiniLM-L6-v2", description="name or path of an encoder")
    dropout: Dropout = Dropout()
    losses: Losses = Losses(adversarial=1.0, consistency=0.5)
    masking: Masking = Masking()
    learning_rate: float = Field(default=2e-5, gt=0)
    head_factor: float = Field(default=10.0, gt=0, description="learning rate of the new layers, x")
    weight_decay: float = Field(default=0.01, ge=0)
    warmup: float = Field(default=0.06, ge=0, lt=1, description="share of the steps")
    clip: float = Field(default=1.0, gt=0, description="largest norm of the gradient")
    epochs: float = Field(default=3.0, gt=0)
    batch_pieces: int = Field(
        default=8192, ge=64, description="pieces of a clean batch, padding in"
    )
    accumulate: int = Field(default=1, ge=1, description="batches of a step")
    precision: Literal["auto", "no", "bf16"] = Field(
        default="auto", description="auto: bf16 on GPU"
    )
    table_dropout: float = Field(
        default=0.3, ge=0, le=1, description="share of excerpts that do without the name tables"
    )
    evaluate_every: int = Field(default=500, ge=1, description="steps between validations")
    patience: int = Field(default=5, ge=1, description="validations without gain before the end")
    minutes: float | None = Field(default=None, gt=0, description="time budget of the steps")
    seed: int = 1

    @classmethod
    def baseline(cls, **changes: object) -> TrainSettings:
        """Return the settings of clean fine-tuning, the published comparison row."""
        return cls.model_validate({"name": "baseline", "losses": Losses(), **changes})
