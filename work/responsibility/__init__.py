"""Responsibility (包挂): who answers for what, since when, with which gaps; handing over; in and out as a workbook."""
