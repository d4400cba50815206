"""The register of sites, which comes before any round: list, files in and out."""
