"""The finance office: what is due, recording what arrives, giving back, reconciling."""
