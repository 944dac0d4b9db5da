"""A double of a model's server, and real models where they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from model_double import KEY, double


@pytest.fixture
def server(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with double() as running:
        yield running


@pytest.fixture(scope="session")
def gguf():
    """The path of a small real model; fetched once into the user's cache."""
    fetch = Path(__file__).parents[3] / "shared" / "tools" / "fetch-gguf"
    if not os.access(fetch, os.X_OK):
        pytest.skip("needs a real model: ../shared/tools/fetch-gguf is not there")
    made = subprocess.run([fetch, "0.5b"], capture_output=True, text=True, check=False, timeout=900)
    if made.returncode:
        pytest.skip(f"needs a real model: fetch-gguf failed: {made.stderr[-200:]}")
    return Path(made.stdout.strip())
