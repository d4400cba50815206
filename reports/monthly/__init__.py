"""The monthly report, as a workbook and as a document."""
