"""Whatever needs no account: what the plate on an asset tells whoever points a telephone at it."""
