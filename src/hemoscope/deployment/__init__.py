"""A run folder becomes a bundle that scores without torch.

Import the module you need (`hemoscope.deployment.export`); everything here
but `install` needs the train extra.
"""
