"""What readers must know of cells that are told in words."""

IN_WORDS = (
    "In italics, the cell in words: what further heads of the same model see of nucleus, "
    "chromatin, granules and cytoplasm. An attribute is named where its answer is more likely than "
    "not; that is not calibrated, and the line is not why the class was called."
)
