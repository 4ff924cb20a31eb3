"""What readers must know of cells that are told in words."""

IN_WORDS = (
    "In italics, the cell in words: what further heads of the same model see of nucleus, "
    "chromatin, granules and cytoplasm. An attribute is named where its answer is more likely than "
    "not, which is not calibrated; of a cell unlike those whose attributes it was taught the line "
    "is a guess. It is not why the class was called."
)
