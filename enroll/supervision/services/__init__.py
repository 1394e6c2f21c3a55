"""Asking and answering, contacts, nudges and what is sent by itself."""
