"""Movable Type's text export, which many Japanese services write too; in UTF-8, Shift_JIS or EUC-JP."""
