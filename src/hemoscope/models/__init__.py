"""Models: a convolutional backbone, a token encoder over its maps, fusion, a linear head.

`zoo` and `config` are plain data and load no torch; everything else here does. Import the
module you need (`hemoscope.models.zoo`, `.build`, `.store`, `.freezing`, `.counts`).
"""
