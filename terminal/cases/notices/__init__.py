"""Notices (受理通知书 and its sisters) as PDF/A-2b from Typst templates."""
