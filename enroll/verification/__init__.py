"""The public page: is this document real?"""
