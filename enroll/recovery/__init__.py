"""Learners without phone and e-mail get back in: two people recognise them, and the old address can object."""
