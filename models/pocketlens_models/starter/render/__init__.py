"""Synthetic documents, cards and screenshots: what people look for most and photo collections lack."""
