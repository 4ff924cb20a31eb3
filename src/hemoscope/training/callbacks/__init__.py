"""What happens beside the training loop: history, progress, averaged weights."""
