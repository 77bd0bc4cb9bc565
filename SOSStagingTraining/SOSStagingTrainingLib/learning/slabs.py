"""The slabs of a frozen dataset's cases, cut once and kept beside the study."""


class Slabs:
    """All cases' slabs."""
