"""Looks at single blood cells: what each one is, how sure it is, when a person must look.

The way through the house is the way of a cell: `cells` reads images, `training` makes a
model, `inference` turns images into `Predictions`, and every later room (`evaluation`,
`reports`) opens onto that one table. Importing this package loads none of them.

hemoscope is a research tool. It is not a medical device.
"""

__version__ = "0.1.0"
