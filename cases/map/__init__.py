"""The map of cases: tiles, legend with live counts, list and panel, all under the one filter of cases."""
