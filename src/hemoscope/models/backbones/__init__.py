"""Backbones: an image goes in, feature maps of several sizes come out."""
