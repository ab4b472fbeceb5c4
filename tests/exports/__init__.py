"""Writers of each channel."""
