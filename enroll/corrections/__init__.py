"""Corrections 信息更正 of a verified identity: asked for with evidence, decided, and carried to every document that
states it."""
