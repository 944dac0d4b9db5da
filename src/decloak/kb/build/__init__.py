"""Build: the packs from pinned packages, by ``python -m decloak.kb.build``.

Only this reads the packages of the extra ``kb``; what is installed reads the packs. The same packages give the
same rows, in the same order, so that ``--check`` can tell whether the packs are what the manifest says.
"""
